"""The chain of migrations."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from biometrics.storage.database.migrate import MIGRATIONS, migrate, newest


def upgrade(connection: Connection, revision: str) -> None:
    """Make the tables as they were at a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_the_files_of_migrations_are_named_in_the_order_of_one_chain() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    files = sorted(path.name.partition("_")[0] for path in Path(MIGRATIONS, "versions").glob("[0-9]*.py"))
    assert chain == files
    assert newest() == scripts.get_current_head()


@pytest.mark.no_tables
def test_cases_from_before_they_had_numbers_are_numbered_in_their_order(database_url: str) -> None:
    """Each unit and year has its own sequence, and the counters go on from there."""
    engine = create_engine(database_url)
    units = [("27", "519", "27519004"), ("27", "519", "27519004"), ("27", "", ""), ("", "", "")]
    with engine.begin() as connection:
        upgrade(connection, "0035")
        for place, (state, district, station) in enumerate(units):
            connection.execute(
                text(
                    "INSERT INTO cases (id, kind, state, created_at, candidate_id, owner, state_code, district_code, "
                    "station_code, score, rank, hint, detail, verified, version) VALUES (:id, 'duplicate', 'new', :at, "
                    "'c', '', :state, :district, :station, 0, 1, '', '{}', '', 1)"
                ),
                {
                    "id": f"case {4 - place}",
                    "at": f"2025-12-{30 - place} 12:00:00+00:00",
                    "state": state,
                    "district": district,
                    "station": station,
                },
            )
    with engine.begin() as connection:
        migrate(connection)
        numbers = dict(connection.execute(text("SELECT id, number FROM cases")).all())
        counted = dict(connection.execute(text("SELECT name, value FROM counters WHERE name LIKE 'case%'")).all())
    engine.dispose()
    assert numbers == {
        "case 4": "27519004-2025-0002",
        "case 3": "27519004-2025-0001",
        "case 2": "27-2025-0001",
        "case 1": "NATIONAL-2025-0001",
    }
    assert counted == {
        "case": 4,
        "case number 27519004-2025": 2,
        "case number 27-2025": 1,
        "case number NATIONAL-2025": 1,
    }


@pytest.mark.no_tables
def test_records_of_before_are_found_by_their_marks(database_url: str) -> None:
    engine = create_engine(database_url)
    described = '{"appearance": {"marks": [{"kind": "scar", "part": "chin", "side": "none", "description": "a cut"}]}}'
    shown = '{"kind": "tattoo", "part": "arm", "side": "left", "colours": ["red"]}'
    with engine.begin() as connection:
        upgrade(connection, "0055")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # rows without those they refer to
        else:
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        for number, particulars in enumerate((described, None)):
            connection.execute(
                text(
                    "INSERT INTO records (id, national_number, name, sex, created_at, version, particulars) "
                    "VALUES (:id, :number, 'Asha', 'female', '2025-12-30 12:00:00+00:00', 1, :particulars)"
                ),
                {"id": f"record {number}", "number": f"270000000{number}", "particulars": particulars},
            )
            connection.execute(
                text(
                    "INSERT INTO samples (id, encounter_id, modality, media_type, width, height, image_sha256, "
                    "image_bytes, filename, mark) VALUES (:id, 'e', 'mark', 'image/png', 1, 1, '', 1, '', :mark)"
                ),
                {"id": number + 1, "mark": None if number else shown},
            )
    with engine.begin() as connection:
        migrate(connection)
        photographed = connection.execute(text("SELECT sample_id, term FROM mark_terms ORDER BY term")).all()
        of_form = connection.execute(text("SELECT record_id, ordinal, term FROM described_mark_terms")).all()
    engine.dispose()
    assert [tuple(row) for row in photographed] == [
        (1, term) for term in ("colour=red", "kind=tattoo", "part=arm", "side=left")
    ]
    assert {(row.record_id, row.ordinal) for row in of_form} == {("record 0", 0)}
    assert {"kind=scar", "part=chin", "word=kut"} <= {row.term for row in of_form}


@pytest.mark.no_tables
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("possible_alteration", None),
        ("too_wet,possible_alteration", "too_wet"),
        ("too_small,possible_alteration,moved", "too_small,moved"),
        ("too_dry", "too_dry"),
        (None, None),
    ],
)
def test_the_withdrawn_finding_of_altered_prints_is_taken_out_of_stored_samples(
    database_url: str, before: str | None, after: str | None
) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        upgrade(connection, "0042")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # a sample without an encounter
        connection.execute(
            text(
                "INSERT INTO samples (id, encounter_id, modality, media_type, width, height, quality_faults, "
                "image_sha256, image_bytes, filename) VALUES (1, 'e', 'fingerprint', 'image/png', 1, 1, :faults, '', "
                "0, '')"
            ),
            {"faults": before},
        )
    with engine.begin() as connection:
        migrate(connection)
        assert connection.execute(text("SELECT quality_faults FROM samples")).scalar() == after
    engine.dispose()


@pytest.mark.no_tables
def test_webhooks_of_before_keep_the_number_of_their_last_notification(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        upgrade(connection, "0038")
        connection.execute(
            text(
                "INSERT INTO webhooks (id, owner, url, events, secret, told, created_at) "
                "VALUES ('w', 'o', 'https://example.org', '[]', '', 7, '2026-11-28 12:00:00+00:00')"
            )
        )
    with engine.begin() as connection:
        migrate(connection)
        number = connection.execute(text("SELECT last_notification FROM webhooks")).scalar()
    engine.dispose()
    assert number == 7


@pytest.mark.no_tables
def test_scores_that_were_shown_before_they_had_rows_are_taken_from_the_audit_log(database_url: str) -> None:
    engine = create_engine(database_url)
    digest = "7" * 64
    entries = [
        ("search.make", "S1", '{"probes":1}'),
        ("search.make", "", f'{{"files":["{digest}"],"records":[]}}'),
        ("record.searches", "R1", '{"searches":["S2","S3"]}'),
        ("verification.make", "R1", f'{{"files":["{digest}"]}}'),
        ("case.list", "", '{"cases":["C1"],"records":[],"scored":true}'),
        ("case.read", "C2", '{"records":[],"scored":true}'),
        ("case.read", "C3", '{"records":[],"scored":false}'),
        ("record.read", "R1", "{}"),
    ]
    with engine.begin() as connection:
        upgrade(connection, "0043")
        for number, (action, subject, detail) in enumerate(entries):
            connection.execute(
                text(
                    "INSERT INTO audit_entries (number, at, actor_id, unit, address, request_id, purpose, case_number, "
                    "action, subject_id, detail, previous, hash) VALUES (:number, '', 'me', '', '', '', '', '', "
                    ":action, :subject, :detail, '', '')"
                ),
                {"number": number, "action": action, "subject": subject, "detail": detail},
            )
    with engine.begin() as connection:
        migrate(connection)
        rows = connection.execute(text("SELECT number, kind, about FROM score_views WHERE actor_id = 'me'")).all()
    engine.dispose()
    assert sorted(map(tuple, rows)) == [
        (0, "search", "S1"),
        (1, "file", digest),
        (2, "search", "S2"),
        (2, "search", "S3"),
        (3, "file", digest),
        (4, "case", "C1"),
        (5, "case", "C2"),
    ]


@pytest.mark.no_tables
def test_who_entered_an_encounter_is_taken_from_its_samples_if_they_leave_no_doubt(database_url: str) -> None:
    engine = create_engine(database_url)
    entered = {"one account": ["a", "a"], "two accounts": ["a", "b"], "partly unknown": ["a", None], "no samples": []}
    visit = (
        "INSERT INTO encounters (id, record_id, fir_number, station_code, district_code, state_code, date, officer, "
    )
    visit += "kind, created_at) VALUES (:id, 'r', '1/2026', '', '', '27', '2026-01-02', '', 'arrest', :at)"
    sample = "INSERT INTO samples (id, encounter_id, modality, media_type, width, height, image_sha256, image_bytes, "
    sample += "filename, enrolled_by) VALUES (:id, :encounter, 'face', 'image/png', 1, 1, '', 1, '', :who)"
    version = "INSERT INTO encounter_versions (encounter_id, number, content, changed_at, changed_by) "
    version += "VALUES ('replaced', 1, '{}', :at, 'b')"
    with engine.begin() as connection:
        upgrade(connection, "0060")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # rows without those they refer to
        else:
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        at = {"at": "2026-01-02 12:00:00+00:00"}
        number = 0
        for encounter_id, accounts in (entered | {"replaced": ["b"]}).items():
            connection.execute(text(visit), {"id": encounter_id} | at)
            for who in accounts:
                number += 1
                connection.execute(text(sample), {"id": number, "encounter": encounter_id, "who": who})
        connection.execute(text(version), at)
    with engine.begin() as connection:
        migrate(connection)
        found = connection.execute(text("SELECT id FROM encounters WHERE enrolled_by IS NOT NULL")).scalars().all()
        assert connection.execute(text("SELECT enrolled_by FROM encounters WHERE id = 'one account'")).scalar() == "a"
    engine.dispose()
    assert found == ["one account"]


@pytest.mark.no_tables
def test_a_release_of_before_ends_the_hold_of_its_order_or_the_only_one(database_url: str) -> None:
    """Where it is in doubt which hold it ended, none is: what is held is not destroyed."""
    engine = create_engine(database_url)
    insert = "INSERT INTO search_orders (id, search_id, kind, authority, reference, date, reason, created_at, "
    insert += "created_by) VALUES (:id, :search, :kind, 'JMFC', :reference, '2026-01-02', '', :at, '')"
    orders = [
        ("one", "hold", "7/2026"),
        ("one", "release", "8/2026"),
        ("one", "hold", "9/2026"),
        ("two", "hold", "7/2026"),
        ("two", "hold", "8/2026"),
        ("two", "release", "7/2026"),
        ("doubt", "hold", "7/2026"),
        ("doubt", "hold", "8/2026"),
        ("doubt", "release", "9/2026"),
    ]
    with engine.begin() as connection:
        upgrade(connection, "0066")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # rows without those they refer to
        for minute, (search, kind, reference) in enumerate(orders):
            row = {"id": f"{search} {kind} {reference}", "search": search, "kind": kind, "reference": reference}
            connection.execute(text(insert), row | {"at": f"2026-01-02 12:{minute:02}:00+00:00"})
    with engine.begin() as connection:
        migrate(connection)
        query = "SELECT id, hold_id FROM search_orders WHERE kind = 'release'"
        releases = dict(connection.execute(text(query)).all())
    engine.dispose()
    assert releases == {
        "one release 8/2026": "one hold 7/2026",
        "two release 7/2026": "two hold 7/2026",
        "doubt release 9/2026": None,
    }


@pytest.mark.no_tables
def test_records_that_were_emptied_before_are_those_of_the_encounters_that_they_had_last(database_url: str) -> None:
    """Of a merge, of all that it moved; not of those that had left before, and of no record that has one again."""
    engine = create_engine(database_url)
    moved = [
        ("m1", "e1", "r", 1, None),
        ("m2", "e2", "r", 2, "g"),
        ("m3", "e3", "r", 3, "g"),
        ("m4", "e4", "s", 4, None),
    ]
    with engine.begin() as connection:
        upgrade(connection, "0066")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))  # rows without those they refer to
        else:
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        for number, record_id in enumerate("rs"):
            connection.execute(
                text(
                    "INSERT INTO records (id, national_number, name, sex, created_at, version, bare_state) "
                    "VALUES (:id, :number, 'Asha', 'female', '2025-12-30 12:00:00+00:00', 1, :state)"
                ),
                {"id": record_id, "number": f"270000000{number}", "state": "27" if record_id == "r" else None},
            )
        connection.execute(
            text(
                "INSERT INTO encounters (id, record_id, fir_number, station_code, district_code, state_code, date, "
                "officer, kind, created_at) VALUES ('e5', 's', '1', '27519004', '519', '27', '2025-01-01', 'SI', "
                "'arrest', '2025-12-30 12:00:00+00:00')"
            )
        )
        for move_id, encounter_id, from_id, minute, merge_id in moved:
            connection.execute(
                text(
                    "INSERT INTO moves (id, encounter_id, from_id, to_id, merge_id, reason, created_at, created_by) "
                    "VALUES (:id, :encounter, :from, 's', :merge, '', :at, '')"
                ),
                {
                    "id": move_id,
                    "encounter": encounter_id,
                    "from": from_id,
                    "merge": merge_id,
                    "at": f"2025-12-31 12:0{minute}:00+00:00",
                },
            )
    with engine.begin() as connection:
        migrate(connection)
        emptied = connection.execute(text("SELECT id FROM moves WHERE emptied ORDER BY id")).scalars().all()
        states = connection.execute(text("SELECT id, bare_state FROM records ORDER BY id")).all()
    engine.dispose()
    assert emptied == ["m2", "m3"]
    assert [tuple(row) for row in states] == [("r", None), ("s", None)]
