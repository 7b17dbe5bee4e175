"""Fillers of a line-up: who fits beside a suspect, in what order they are proposed, and the photos as shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image, decode
from biometrics.imaging.lineup_photo import (
    brightness,
    filled,
    is_grey,
    lineup_photo,
    lineup_png,
    pixels_sha256,
    portrait_box,
)
from biometrics.kernel.errors import LineupRefused, NothingToCompare, UndecodableImage, UnknownSample
from biometrics.kernel.people.particulars import TRAITS
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.types import Template
from biometrics.lineups.eligibility import EligibilityReader, Portrait, has_seen_mark
from biometrics.lineups.model import Band, Lineup, LineupMember, Look
from biometrics.matching.channel import Channel
from biometrics.matching.ports import GroupRecogniser
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.enrolled_face import enrolled_faces

SAME: Final = 30.0  # decibans from which a filler may be the suspect: as alike as 1 in 1,000 strangers
NEAREST: Final = 0.25  # share of those who fit that are the most alike, and the least
DIM: Final = 40  # by how much the brightness of one photo may differ from all others
FILLED: Final = 0.1  # share of a picture that may lie outside the original photo

_PREFERRED: Final = (Band.MIDDLE, Band.NEAR, Band.FAR)
_random = SystemRandom()


@dataclass(frozen=True)
class Filler:
    """Somebody who may be a filler, how alike they are to the suspect, and the traits that both are known to share."""

    portrait: Portrait
    band: Band
    template: Template

    @property
    def record_id(self) -> str:
        """The id of the record."""
        return self.portrait.record_id

    @property
    def shared(self) -> tuple[str, ...]:
        """The traits."""
        return self.portrait.shared


def stands_out(lineup: Lineup, people: Mapping[str, Person]) -> list[str]:
    """Return in what the suspect is the only one of a line-up, by names of traits and of faults of photos.

    `people` are those of the members by record id; what is not known of somebody says nothing.
    """
    differences: list[str] = []
    suspect = people.get(lineup.suspect.record_id)
    appearances = [
        people[filler.record_id].particulars.appearance for filler in lineup.fillers if filler.record_id in people
    ]
    if suspect is not None:
        appearance = suspect.particulars.appearance
        for name in TRAITS:
            value = getattr(appearance, name)
            if value is not None and all(getattr(other, name) != value for other in appearances):
                differences.append(name)
        if has_seen_mark(appearance) and not any(map(has_seen_mark, appearances)):
            differences.append("marks")
    look, looks = lineup.suspect.look, [filler.look for filler in lineup.fillers]
    if not lineup.greyscale and all(other.is_grey is not look.is_grey for other in looks):
        differences.append("grey_photo")
    if all(abs(other.brightness - look.brightness) > DIM for other in looks):
        differences.append("brightness")
    if look.filled > FILLED and all(other.filled <= FILLED for other in looks):
        differences.append("narrow_photo")
    if all(filler.band is Band.FAR for filler in lineup.fillers):
        differences.append("unlike_fillers")
    return differences


def lineup_picture(store: RecordStore, lineup: Lineup, member: LineupMember) -> NDArray[np.uint8]:
    """Return the pixels of a member's photo as they are shown.

    Raises:
        LineupRefused: the sample was destroyed, or does not give the same pixels any more.
    """
    image = _image(store, member.sample_id)
    pixels = lineup_photo(image, member.box, lineup.greyscale)
    if pixels_sha256(pixels) != member.photo_sha256:
        raise LineupRefused("A photo of this line-up does not give the same picture as before; make a new line-up.")
    return pixels


def lineup_png_of(store: RecordStore, lineup: Lineup, member: LineupMember) -> bytes:
    """Return a member's photo as a PNG file; raises as `lineup_picture` does."""
    return lineup_png(lineup_picture(store, lineup, member))


def eligibility(engine: Engine) -> tuple[EligibilityReader, Channel]:
    """Return the reader of who may be in a line-up, and the channel of photos of faces."""
    act = engine.store.act
    assert act is not None, "a line-up is made by an officer"
    for modality, channel in engine.channels.items():
        if modality.traits.has_views and isinstance(channel.recogniser, GroupRecogniser):
            return EligibilityReader(engine.store.database, act, modality), channel
    raise LineupRefused("This installation recognises no faces, so that no line-up can be made.")


def ranked(engine: Engine, channel: Channel, suspect: Portrait, people: Sequence[Portrait]) -> list[Filler]:
    """Return the fillers who fit, in the order in which they are proposed.

    The middle of the ranks comes first: fillers who are too unlike are passed over at once, and those who are too alike
    make an honest witness choose wrongly. Within a band those come first who share more traits, else by lot.
    """
    ids = [suspect.record_id, *(person.record_id for person in people)]
    templates = engine.store.templates.of_records(ids, [channel.recogniser.model])
    suspect_template = _of_sample(templates.get(suspect.record_id, ()), suspect.sample_id)
    if suspect_template is None:
        raise LineupRefused("The suspect's photo cannot be compared with others; take another photo.")
    pairs = [(person, _of_sample(templates.get(person.record_id, ()), person.sample_id)) for person in people]
    comparable = [(person, template) for person, template in pairs if template is not None]
    raws = channel.recogniser.compare(suspect_template.template, [template.template for _, template in comparable])
    scored = sorted(zip(raws, comparable, strict=True), key=lambda pair: (-float(pair[0]), pair[1][0].record_id))
    different_people = [pair for raw, pair in scored if not channel.is_same(float(raw), SAME)]
    near, far = (
        math.ceil(NEAREST * len(different_people)),
        len(different_people) - math.floor(NEAREST * len(different_people)),
    )
    bands = [
        Band.NEAR if rank < near else Band.FAR if rank >= far else Band.MIDDLE for rank in range(len(different_people))
    ]
    fillers = [
        Filler(person, band, stored.template) for (person, stored), band in zip(different_people, bands, strict=True)
    ]
    lots = {filler.record_id: _random.random() for filler in fillers}
    return sorted(fillers, key=lambda each: (_PREFERRED.index(each.band), -len(each.shared), lots[each.record_id]))


def is_another(channel: Channel, filler: Filler, other_fillers: Sequence[Filler]) -> bool:
    """Say whether a filler is no other one under a second record."""
    raws = channel.recogniser.compare(filler.template, [other.template for other in other_fillers])
    return not any(channel.is_same(float(raw), SAME) for raw in raws)


def _of_sample(templates: Sequence[StoredTemplate], sample_id: int) -> StoredTemplate | None:
    return next((template for template in templates if template.sample_id == sample_id), None)


def member_of(engine: Engine, channel: Channel, portrait: Portrait, band: Band | None, greyscale: bool) -> LineupMember:
    """Return a member with the place of the face in the photo; the ordinal follows."""
    image = _image(engine.store, portrait.sample_id)
    box = portrait_box(_face_in(engine, channel, portrait, image))
    pixels = lineup_photo(image, box, greyscale)
    look = Look(is_grey(image), brightness(pixels), filled(image, box))
    fields = (0, portrait.record_id, portrait.sample_id, band is None)
    return LineupMember(*fields, box=box, photo_sha256=pixels_sha256(pixels), look=look, band=band)


def _face_in(engine: Engine, channel: Channel, portrait: Portrait, image: Image) -> tuple[float, float, float, float]:
    """Return the box of the enrolled face in a photo: x, y, width and height; of several the most similar one.

    Raises:
        LineupRefused: it is not found again, or another face would be seen beside it.
    """
    try:
        boxes = enrolled_faces(engine, channel, portrait.record_id, portrait.sample_id, image)
    except NothingToCompare as error:
        raise LineupRefused(error.message) from error
    frame = portrait_box(boxes[0])
    for left, top, width, height in boxes[1:]:
        x, y = left + width / 2, top + height / 2
        if frame.left <= x < frame.right and frame.top <= y < frame.bottom:
            raise LineupRefused("Another face is seen in the photo; take another photo.")
    return boxes[0]


def _image(store: RecordStore, sample_id: int) -> Image:
    """Return a sample's photo; the entries about the line-up say that it was used."""
    try:
        content = store.as_system("shows the photos of a line-up").samples.image(sample_id)
        return decode(content)
    except (UnknownSample, UndecodableImage) as error:
        raise LineupRefused("A photo of this line-up is not there any more; it may have been destroyed.") from error
