"""The tables of cases: the question, and what each examiner did about it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from biometrics.kernel.access import ACTOR_LENGTH, UNIT_LENGTH
from biometrics.kernel.casework.annotations import IMAGE_LENGTH
from biometrics.kernel.casework.cases import NUMBER_LENGTH
from biometrics.kernel.technique.text import CODE_LENGTH
from biometrics.storage.tables.base import ID_LENGTH, WORD_LENGTH, UtcDateTime, metadata

# What is due after a case, in its column `due`.
MERGE = "merge"  # due after two records proved to be of one person
FOLLOW_UP = "follow_up"  # the same, left to a user who may see both records

KEY_LENGTH = 120  # of a question: its kind and two UUIDs

# The ids of records, searches and standing searches are no foreign keys: what was decided outlives them.
cases: Final = Table(
    "cases",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("number", String(NUMBER_LENGTH), nullable=False, index=True, unique=True),
    Column("asked", String(KEY_LENGTH), unique=True),  # the question, which is asked once; NULL where it may be again
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("outcome", String(WORD_LENGTH)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("candidate_id", String(ID_LENGTH), nullable=False, index=True),  # "" where it is about no record
    Column("candidate_search_id", String(ID_LENGTH), index=True),  # of another latent
    Column("record_id", String(ID_LENGTH), index=True),
    Column("encounter_id", String(ID_LENGTH)),
    Column("search_id", String(ID_LENGTH), index=True),
    Column("standing_id", String(ID_LENGTH), index=True),
    Column("owner", String(ACTOR_LENGTH), nullable=False),
    Column("state_code", String(2), nullable=False),
    Column("district_code", String(CODE_LENGTH), nullable=False),
    Column("station_code", String(CODE_LENGTH), nullable=False),
    Column("score", Double, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("hint", String(WORD_LENGTH), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("verified", String(100), nullable=False),  # conclusions, parted by commas
    Column("due", String(WORD_LENGTH), index=True),  # what must still follow from the outcome
    Column("withdrawn_by", String(ACTOR_LENGTH)),
    Column("withdrawn_because", Text),
    Column("version", Integer, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    Index(None, "created_at", "id"),
    Index(None, "state", "created_at", "id"),
)

# One part a person, and one person a part in a case: the keys refuse the later of two inserts.
case_parts: Final = Table(
    "case_parts",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("part", String(WORD_LENGTH), primary_key=True),
    Column("actor", String(ACTOR_LENGTH), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("informed", Boolean, nullable=False),  # had read the search result before
    UniqueConstraint("case_id", "actor"),
)

# Who was given a case to examine, and by whom; it stays when they release it.
case_allocations: Final = Table(
    "case_allocations",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("examiner", String(ACTOR_LENGTH), nullable=False),
    Column("assigned_by", String(ACTOR_LENGTH), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

case_comments: Final = Table(
    "case_comments",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("actor", String(ACTOR_LENGTH), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("is_blind", Boolean, nullable=False),  # its author knew no score, image or opinion of the case
)

case_analyses: Final = Table(
    "case_analyses",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("actor", String(ACTOR_LENGTH), nullable=False),
    Column("of_value", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("marks", JSON(none_as_null=True)),  # as in `ProbeMark`; NULL once erased
    Column("pattern", String(2)),  # a code of ANSI/NIST-ITL; NULL where none is stated
    Column("drawings", JSON(none_as_null=True)),  # on the probe, as in `Drawing`; NULL once erased
)

case_looks: Final = Table(
    "case_looks",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("actor", String(ACTOR_LENGTH), nullable=False),
    Column("side", String(WORD_LENGTH), nullable=False),
    Column("image", String(IMAGE_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

case_opinions: Final = Table(
    "case_opinions",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("actor", String(ACTOR_LENGTH), nullable=False),
    Column("part", String(WORD_LENGTH), nullable=False),
    Column("conclusion", String(WORD_LENGTH), nullable=False),
    Column("notes", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("looked_at", JSON, nullable=False),
    Column("because", Text, nullable=False),
    Column("unit", String(UNIT_LENGTH), nullable=False),  # the path of the author's unit
    Column("probe", String(IMAGE_LENGTH), nullable=False),  # the images that it rests on; "" where it names none
    Column("candidate", String(IMAGE_LENGTH), nullable=False),
    Column("marks", JSON(none_as_null=True)),  # as in `CaseMark`; NULL once erased
    Column("against_ratio", Boolean, nullable=False),  # it contradicts the automatic comparison
    Column("grounds", Text, nullable=False),  # of a supervisor for that
    Column("unmarked_because", Text, nullable=False),  # of an identification of prints without correspondences
    Column("basis", JSON(none_as_null=True)),  # the grounds in fields, as in `Basis`; NULL once erased
    Column("adjustments", JSON, nullable=False),  # of how images were displayed, as in `Adjustment`
    Column("drawings", JSON(none_as_null=True)),  # on the pair, as in `Drawing`; NULL once erased
)

# The marks of an examiner at work, which nobody else reads; they go with the opinion, or when the case is given up.
case_working_marks: Final = Table(
    "case_working_marks",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("actor", String(ACTOR_LENGTH), primary_key=True),
    Column("version", Integer, nullable=False),  # of the case when they were stored
    Column("marks", JSON, nullable=False),  # by pair of images, as in `PairMarks`
    Column("adjustments", JSON, nullable=False),  # as in an opinion
    Column("drawings", JSON, nullable=False),  # as in an opinion, on all images
    Column("at", UtcDateTime, nullable=False),
)
