"""The papers of a photo line-up: its record as each witness saw it, and for the court the key of who is who."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from api.localisation.languages import Language, language
from api.localisation.lineup_labels import (
    ALL_AT_ONCE,
    BANDS,
    CHOICES,
    INSTRUCTIONS,
    NO_PARADE,
    ONE_BY_ONE,
    PRESENTATIONS,
    UNSIGNED,
)
from api.pdf.fonts import FOLDER
from api.pdf.paper import HashedFile, Locale, Paper, Signature, Translate, WrittenPaper
from api.pdf.people import UnitLabels
from biometrics.accounts.display_names import Names, names_of
from biometrics.lineups.model import Lineup, Presentation, Viewing
from biometrics.storage.database.engine import Database
from biometrics.use_cases.casework.lineup import LineupPaper

_WIDE: Final = 54.0  # millimetres of a photo
_TALL: Final = 67.5
_GAP: Final = 6.0
_CAPTION: Final = 5.0
_ACROSS: Final = 3
_MOST_PRESENT: Final = 6  # signature blocks of people who were present

Pictures = Sequence[tuple[str, NDArray[np.uint8] | None]]  # what each is called; None of one that was destroyed


def lineup_pdf(
    database: Database, content: LineupPaper, wished: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the record of a closed line-up, or its key where the content has the people."""
    locale = Locale.writable(wished, zone, folder)
    _, lineup = locale.translate, content.lineup
    title = _("Photo line-up {number}, FIR {fir}").format(number=lineup.id, fir=lineup.fir_number)
    assert lineup.closed_at is not None, "only a closed line-up has papers"
    paper = Paper(title, lineup.closed_at, locale, folder)
    names = names_of(database, [lineup.owner, *(viewing.operator for viewing in lineup.viewings)])
    key = content.people is not None
    paper.heading(_("Key of a photo line-up, for the court") if key else _("Record of a photo line-up"), 15)
    paper.text(_(NO_PARADE))
    paper.facts(_facts(lineup, locale, names, UnitLabels(database, locale)))
    if key:
        _write_key(paper, content)
    else:
        for viewing in lineup.viewings:
            _write_viewing(paper, content, viewing, names)
        if not lineup.viewings:
            paper.text(_("No witness was shown this line-up."))
    paper.heading(_("Seal"))
    paper.text(
        _("The audit log holds this SHA-256 of the closed line-up, in a chain that cannot be changed unnoticed.")
    )
    paper.text(lineup.seal or "", 8)
    paper.heading(_("Signatures"))
    signing = [Signature(names[lineup.owner], _("Officer who made the line-up"))]
    if not key:
        shown_by = dict.fromkeys(viewing.operator for viewing in lineup.viewings)
        signing += [Signature(names[operator], _("Officer who showed it")) for operator in shown_by]
        present = _present(lineup, frozenset(signature.name for signature in signing))
        signing += [Signature(name, _("Person who was present"), has_seal=False) for name in present]
        paper.text(_(UNSIGNED))
    paper.signatures(signing)
    return paper.finished(_files(lineup, locale))


def _files(lineup: Lineup, locale: Locale) -> Iterator[HashedFile]:
    """Yield the photos as they were shown, and the seal over all that was recorded."""
    _ = locale.translate
    for member in lineup.members:
        yield HashedFile(_("Photo {number}, its pixels as shown").format(number=member.ordinal), member.photo_sha256)
    yield HashedFile(_("Line-up {number}, sealed record").format(number=lineup.id), lineup.seal or "")


def _facts(lineup: Lineup, locale: Locale, names: Names, units: UnitLabels) -> Iterator[tuple[str, str]]:
    _ = locale.translate
    yield _("FIR"), lineup.fir_number
    yield _("Unit"), units.label(lineup.unit.path)
    yield _("Made"), f"{locale.second(lineup.created_at)}, {names[lineup.owner]}"
    yield _("Description by the witness"), lineup.description
    yield _("Presentation"), _(PRESENTATIONS[lineup.presentation])
    yield _("Photos"), _("in greyscale") if lineup.greyscale else _("as taken, cut and scaled alike")
    if lineup.ready_at is not None:
        yield _("Photos fixed"), f"{locale.second(lineup.ready_at)}, SHA-256 {lineup.commitment}"
    if lineup.closed_at is not None:
        yield _("Closed"), f"{locale.second(lineup.closed_at)} {lineup.closed_because or ''}"


def _write_viewing(paper: Paper, content: LineupPaper, viewing: Viewing, names: Names) -> None:
    locale, lineup = paper.locale, content.lineup
    _ = locale.translate
    if viewing is not lineup.viewings[0]:
        paper.new_page()
    paper.heading(_("Viewing {number}: witness {witness}").format(number=viewing.number, witness=viewing.witness), 13)
    ended = locale.second(viewing.ended_at) if viewing.ended_at else ""
    lasted = _duration((viewing.ended_at - viewing.started_at).total_seconds(), _) if viewing.ended_at else ""
    spoken = language(viewing.language)
    paper.facts(
        (
            (_("Shown by"), names[viewing.operator]),
            (_("Present"), viewing.present),
            (_("Begun"), locale.second(viewing.started_at)),
            (_("Ended"), ended),
            (_("Duration"), lasted),
            (_("Order fixed before"), f"SHA-256 {viewing.commitment}"),
            (_("Sealed"), f"SHA-256 {viewing.seal or ''}"),
            (_("Remarks"), viewing.remarks),
        )
    )
    paper.heading(_("Photos in the order in which they were shown"))
    photos = [(str(position), content.photos.get(ordinal)) for position, ordinal in enumerate(viewing.order, start=1)]
    _write_pictures(paper, photos)
    paper.heading(_("What the witness said"))
    head = (_("Time"), _("Photo"), _("Answer"), _("In the words of the witness"), _("How sure, in their words"))
    rows, before = [], viewing.started_at
    for answer in viewing.answers:
        second = f" ({_('seen again')})" if lineup.presentation is Presentation.SEQUENTIAL and answer.lap > 1 else ""
        photo = _("none of them") if answer.position is None else f"{answer.position}{second}"
        taken = _duration((answer.at - before).total_seconds(), _)
        before = answer.at
        rows.append(
            (
                f"{locale.second(answer.at)}\n{_('after {duration}').format(duration=taken)}",
                photo,
                _(CHOICES[answer.choice]),
                answer.words,
                answer.confidence,
            )
        )
    paper.table(head, rows, (30, 18, 28, 62, 40))
    if not viewing.is_complete(lineup.presentation):
        paper.text(_("The viewing ended before the witness had answered about all photos."))
    paper.heading(_("Instructions that were read to the witness, and understood"))
    speak = Locale.writable(spoken, locale.zone).translate
    how = ONE_BY_ONE if lineup.presentation is Presentation.SEQUENTIAL else ALL_AT_ONCE
    for number, text in enumerate((*INSTRUCTIONS, how), start=1):
        paper.text(f"{number}. {speak(text)}")
    paper.heading(_("Declaration of the officer who showed it"))
    paper.text(
        _(
            "{name} declared before the first photo: I have read the instructions to the witness, who has understood "
            "them. I do not know who the suspect is. The service shows no photo to a witness without this declaration, "
            "nor if the officer was shown the suspect's record."
        ).format(name=names[viewing.operator])
    )
    paper.heading(_("Recording"))
    paper.text(_("Was the viewing recorded on video or audio? By whom, on what, and where is the recording kept?"))
    paper.blank(_("Recording"))


def _present(lineup: Lineup, officers: Collection[str]) -> list[str]:
    """Return who was present by the lines that were entered, each once, besides the officers who sign anyway."""
    lines = [line.strip(" ,") for viewing in lineup.viewings for line in re.split(r"[\n;]", viewing.present)]
    return [name for name in dict.fromkeys(lines) if name and name not in officers][:_MOST_PRESENT]


def _duration(seconds: float, _: Translate) -> str:
    """Write how long something took."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


def _write_key(paper: Paper, content: LineupPaper) -> None:
    lineup, people = content.lineup, content.people or {}
    _ = paper.locale.translate
    paper.heading(_("Who is who"))
    titles = {member.ordinal: _("Suspect") if member.is_suspect else _("Filler") for member in lineup.members}
    _write_pictures(
        paper,
        [
            (f"{member.ordinal}: {titles[member.ordinal]}", content.photos.get(member.ordinal))
            for member in lineup.members
        ],
    )
    rows = []
    for lineup_member in lineup.members:
        person = people.get(lineup_member.record_id)
        name = (
            _("record destroyed, or of another unit") if person is None else f"{person.name}, {person.national_number}"
        )
        alike = _(BANDS[lineup_member.band]) if lineup_member.band else ""
        rows.append(
            (str(lineup_member.ordinal), titles[lineup_member.ordinal], name, alike, lineup_member.photo_sha256)
        )
    paper.table(
        (_("Number"), _("Part"), _("Person"), _("Likeness"), _("SHA-256 of the photo")), rows, (20, 20, 46, 38, 54)
    )
    paper.heading(_("Order for each witness"))
    for viewing in lineup.viewings:
        order = ", ".join(f"{position}: {titles[ordinal]}" for position, ordinal in enumerate(viewing.order, start=1))
        paper.facts(
            (
                (_("Witness"), viewing.witness),
                (_("Positions"), order),
                (_("Chosen"), _chosen(viewing, titles, paper.locale)),
                (_("Seed"), viewing.seed),
                (_("Order fixed before"), f"SHA-256 {viewing.commitment}"),
            )
        )
    paper.text(
        _("The order is that of the SHA-256 of the seed followed by the SHA-256 of each photo, as hexadecimal text."), 8
    )


def _chosen(viewing: Viewing, titles: Mapping[int, str], locale: Locale) -> str:
    _ = locale.translate
    chosen = [answer for answer in viewing.answers if answer.position is not None and answer.choice != "no"]
    lines = [
        f"{answer.position} ({titles[viewing.order[answer.position - 1]]}): {_(CHOICES[answer.choice])}"
        for answer in chosen
        if answer.position is not None
    ]
    return "; ".join(lines) or _("nobody")


def _write_pictures(paper: Paper, pictures: Pictures) -> None:
    """Write pictures three in a row, each under what it is called."""
    pdf, _ = paper.pdf, paper.locale.translate
    for index in range(0, len(pictures), _ACROSS):
        paper.room(_TALL + _CAPTION + 2)
        top = pdf.get_y()
        for column, (title, pixels) in enumerate(pictures[index : index + _ACROSS]):
            left = pdf.l_margin + column * (_WIDE + _GAP)
            pdf.set_xy(left, top)
            paper.fonts.use(9, bold=True)
            pdf.cell(_WIDE, _CAPTION, paper.fonts.fitting(title, _WIDE))
            if pixels is None:
                pdf.set_xy(left, top + _CAPTION)
                paper.fonts.use(8)
                pdf.cell(_WIDE, _CAPTION, paper.fonts.fitting(_("not there any more"), _WIDE))
            else:
                pdf.image(Pillow.fromarray(pixels), left, top + _CAPTION, _WIDE, _TALL)
        pdf.set_xy(pdf.l_margin, top + _TALL + _CAPTION + 2)
