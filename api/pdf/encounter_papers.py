"""The papers of a station about an arrest or event: fingerprint slip, and receipt with photo and thumbprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image as Pillow

from api.localisation.languages import Language
from api.localisation.value_labels import word
from api.pdf.charted import PrintedImage, drawn, scale_text
from api.pdf.fonts import FOLDER
from api.pdf.paper import HashedFile, Locale, Paper, Signature, WrittenPaper
from api.pdf.people import UnitLabels, encounter_facts, family_facts, person_facts
from biometrics.accounts.display_names import names_of
from biometrics.imaging.image import Image
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.record import StoredEncounter, StoredSample
from biometrics.kernel.people.retention_rules import UNDER_THE_ACT, YEARS_KEPT, years_after
from biometrics.kernel.recognition.capture import FingerPosition, Impression, PhotoView, finger_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.database.engine import Database
from biometrics.use_cases.retention.encounter_papers import EncounterFile

_ROLLED: Final = (Impression.ROLLED_LIVE_SCAN, Impression.ROLLED_NONLIVE)
_RIGHT: Final = tuple(FingerPosition(number) for number in range(1, 6))
_LEFT: Final = tuple(FingerPosition(number) for number in range(6, 11))
_BOX: Final = 51.0  # height of a box of the slip in millimetres: 40 for a rolled print, as wide as high, and the text
_HEAD: Final = 8.4  # of which its text takes
_ASSUMED: Final = 500.0  # pixels an inch of a print that states none; the workbench and the matcher assume the same
_PHOTO: Final = 45.0  # width of the photo on a receipt
_THUMBS: Final = (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)

Prints = Mapping[FingerPosition, StoredSample]


def slip_samples(encounter: StoredEncounter) -> list[StoredSample]:
    """Return what a slip shows: of each finger the best rolled print and the best plain one, and a photo."""
    prints = [*_prints(encounter, rolled=True).values(), *_prints(encounter, rolled=False).values()]
    return [*prints, *filter(None, [_photo(encounter)])]


def receipt_samples(encounter: StoredEncounter) -> list[StoredSample]:
    """Return what a receipt shows: a photo, the frontal one if there is one, and the print of a thumb."""
    return [sample for sample in (_photo(encounter), _thumb(encounter)) if sample is not None]


def fingerprint_slip_pdf(
    database: Database, file: EncounterFile, language: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the slip of ten fingers: particulars and signatures, then rolled and plain prints at life size."""
    paper = _begun(file, language, zone, folder, slip=True)
    _, locale, units = paper.locale.translate, paper.locale, UnitLabels(database, paper.locale)
    encounter = file.encounter.encounter
    eyes = tuple(finger for finger in encounter.missing_fingers if not Modality.of(finger.position).traits.has_fingers)
    event = replace(encounter, missing_fingers=eyes)  # of fingers, their boxes say so
    facts = [*person_facts(file.record.person, locale), *family_facts(file.record.person, locale)]
    _write_beside_photo(paper, file, [*facts, *encounter_facts(event, units, locale)], thumb=False)
    _write_signatures(paper, file)
    for rolled, title in ((True, _("Rolled prints")), (False, _("Plain prints"))):
        prints = _prints(file.encounter, rolled=rolled)
        paper.new_page(across=True)
        paper.heading(title)
        for hand in (_RIGHT, _LEFT):
            _write_boxes(paper, file, hand, prints)
        paper.text(
            _(
                "Every print is at life size if printed on A4 without scaling. What is larger than its box is cut, "
                "never reduced."
            ),
            8,
        )
    return paper.finished(_files(paper, file))


def receipt_pdf(
    database: Database, file: EncounterFile, language: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the receipt of an arrest or event, with photo and thumbprint, what was taken, and how long it is kept."""
    paper = _begun(file, language, zone, folder, slip=False)
    _, locale, units = paper.locale.translate, paper.locale, UnitLabels(database, paper.locale)
    encounter = file.encounter.encounter
    accounts = [sample.enrolled_by for sample in file.encounter.samples if sample.enrolled_by]
    by = f", {names_of(database, accounts)[accounts[0]]}" if accounts else ""
    sample_names = [
        _(word(sample.modality if sample.position is None else sample.position)) for sample in file.encounter.samples
    ]
    event = replace(encounter, missing_fingers=())  # with those that were not taken, below
    facts = [
        *person_facts(file.record.person, locale),
        *family_facts(file.record.person, locale),
        *encounter_facts(event, units, locale),
        (_("Recorded"), f"{locale.second(file.encounter.created_at)}{by}"),
        (_("Prints and photos"), ", ".join(dict.fromkeys(sample_names))),
        (_("Fingers not taken"), "; ".join(_not_taken(file, paper.locale))),
    ]
    _write_beside_photo(paper, file, facts, thumb=True)
    paper.heading(_("How long they are kept, and your rights"))
    paper.text("\n".join(_rights(encounter, locale)))
    _write_signatures(paper, file)
    return paper.finished(_files(paper, file))


def _not_taken(file: EncounterFile, locale: Locale) -> Iterator[str]:
    """Yield each finger of which there is no print, with the reason that was entered."""
    _ = locale.translate
    taken = {finger_of(sample.position) for sample in file.encounter.samples if sample.position is not None}
    why = {missing.position: missing.reason for missing in file.encounter.encounter.missing_fingers}
    for finger in (*_RIGHT, *_LEFT):
        if finger not in taken:
            yield f"{_(word(finger))}: {_(word(why[finger])) if finger in why else _('no reason entered')}"


def _rights(encounter: Encounter, locale: Locale) -> Iterator[str]:
    """Yield until when prints and photos are kept, under which law, and what the person may ask for."""
    _ = locale.translate
    until = locale.language.day(years_after(encounter.date, YEARS_KEPT))
    if encounter.kind in UNDER_THE_ACT:
        yield _(
            "Prints and photos are kept for 75 years from their collection, until {until}: Criminal Procedure "
            "(Identification) Act 2022, section 4(2)."
        ).format(until=until)
        yield _(
            "They are destroyed earlier if you had not been convicted before and are released without trial, "
            "discharged or acquitted, and no further appeal is possible, unless a court or magistrate directs "
            "otherwise. Show this station the court's order."
        )
    else:
        yield _("Prints and photos are kept until the matter is closed, and until {until} at the longest.").format(
            until=until
        )
    yield _("You get this receipt. You may ask this station which prints and photos of you it keeps, and why.")


def _write_signatures(paper: Paper, file: EncounterFile) -> None:
    """Write places for the person's thumb impressions, and for the signatures of officer, person and witness."""
    _ = paper.locale.translate
    paper.room(114)
    paper.heading(_("Signatures"))
    paper.thumb_boxes([_("Left thumb impression"), _("Right thumb impression")])
    paper.signatures(
        [
            Signature(file.encounter.encounter.officer, _("Officer")),
            Signature(file.record.person.name, _("Person"), has_seal=False),
            Signature("", _("Witness"), has_seal=False),
        ]
    )


def _write_beside_photo(paper: Paper, file: EncounterFile, facts: Sequence[tuple[str, str]], *, thumb: bool) -> None:
    """Write facts on the left, and on the right the photo, with the print of a thumb below it if `thumb`."""
    pdf = paper.pdf
    top, left = pdf.get_y(), pdf.w - pdf.r_margin - _PHOTO
    bottom = _write_photo_and_thumb(paper, file, left, top, thumb=thumb)
    pdf.set_y(top)
    first = pdf.page
    paper.facts(facts, pdf.epw - _PHOTO - 6 if bottom > top else None)
    if pdf.page == first:
        pdf.set_y(max(bottom, pdf.get_y()))


def _begun(file: EncounterFile, language: Language, zone: str, folder: Path, *, slip: bool) -> Paper:
    """Begin a paper with its heading."""
    locale = Locale.writable(language, zone, folder)
    _, encounter = locale.translate, file.encounter.encounter
    name = _("Fingerprint slip") if slip else _("Receipt: {event}").format(event=_(word(encounter.kind)))
    title = f"{name}, {file.record.national_number}, {_('FIR')} {encounter.fir_number}"
    paper = Paper(title, file.encounter.created_at, locale, folder)
    paper.heading(name, 16)
    return paper


def _prints(encounter: StoredEncounter, *, rolled: bool) -> Prints:
    """Return the best print of each finger that was rolled, or that was not."""
    worst_first = sorted(encounter.samples, key=lambda sample: sample.quality or 0)
    fingers = [
        (finger_of(sample.position), sample) for sample in worst_first if (sample.impression in _ROLLED) is rolled
    ]
    return {finger: sample for finger, sample in fingers if finger.is_known}


def _photo(encounter: StoredEncounter) -> StoredSample | None:
    """Return the first photo of the face that is not marked as a side view, else the first."""
    photos = [sample for sample in encounter.samples if sample.modality.traits.has_views]
    return next((sample for sample in photos if sample.view in (None, PhotoView.FRONTAL)), next(iter(photos), None))


def _thumb(encounter: StoredEncounter) -> StoredSample | None:
    """Return the print of a thumb: the right one's before the left one's, a plain one before a rolled one."""
    plain, rolled = (_prints(encounter, rolled=is_rolled) for is_rolled in (False, True))
    return next((prints[thumb] for thumb in _THUMBS for prints in (plain, rolled) if thumb in prints), None)


def _write_boxes(paper: Paper, file: EncounterFile, hand: Sequence[FingerPosition], prints: Prints) -> None:
    """Write the five boxes of a hand in a row, each with its print at life size, cut if the box is smaller."""
    pdf, _ = paper.pdf, paper.locale.translate
    width, top = pdf.epw / len(hand), pdf.get_y()
    why = {missing.position: missing.reason for missing in file.encounter.encounter.missing_fingers}
    for index, finger in enumerate(hand):
        left = pdf.l_margin + index * width
        pdf.set_draw_color(90)
        pdf.set_line_width(0.2)
        pdf.rect(left, top, width, _BOX)
        sample = prints.get(finger)
        image = file.images.get(sample.id) if sample else None
        lines = [_(word(finger)), _(word(why[finger])) if finger in why else ""]
        if image is not None:
            printed = _cut(image, width - 2, _BOX - _HEAD - 1)
            lines[1] = lines[1] or scale_text(paper, printed, printed.life_width, short=True)
            drawn(paper, printed, left + (width - printed.life_width) / 2, top + _HEAD, printed.life_width)
        elif sample is not None:
            lines[1] = _("Minutiae only")
        for number, line in enumerate(lines):
            paper.fonts.use(7, bold=number == 0)
            pdf.set_xy(left + 1, top + 0.8 + 3.5 * number)
            pdf.cell(width - 2, 3.5, paper.fonts.fitting(line, width - 2))
    pdf.set_xy(pdf.l_margin, top + _BOX)


def _cut(image: Image, width: float, height: float) -> PrintedImage:
    """Return a print at life size, its middle if it is larger than a width and a height in millimetres."""
    ppi = image.ppi or _ASSUMED
    across, down = min(image.width, int(width / 25.4 * ppi)), min(image.height, int(height / 25.4 * ppi))
    left, top = (image.width - across) // 2, (image.height - down) // 2
    picture = Pillow.fromarray(image.pixels[top : top + down, left : left + across])
    return PrintedImage("", picture, ppi, has_stated_ppi=image.ppi is not None)


def _fitted(image: PrintedImage, width: float, height: float) -> float:
    """Return the width in millimetres at which an image has its life size, or fits into a box if that is smaller."""
    return min(image.life_width, width, height * image.picture.width / image.picture.height)


def _write_photo_and_thumb(paper: Paper, file: EncounterFile, left: float, top: float, *, thumb: bool) -> float:
    """Write the photo, and the print of a thumb below it if `thumb`; return where they end."""
    _, pdf = paper.locale.translate, paper.pdf
    for sample, image in _receipt_images(file):
        is_print = sample.modality.traits.has_fingers
        if is_print and not thumb:
            continue
        printed = _cut(image, _PHOTO, 60.0) if is_print else PrintedImage("", Pillow.fromarray(image.pixels), None)
        picture, width = printed.picture, _fitted(printed, _PHOTO, 60.0)
        drawn(paper, printed, left, top, width)
        top += width * picture.height / picture.width + 1
        caption = _(word(finger_of(sample.position))) if is_print else _("Photo")
        if is_print:
            caption = f"{caption}\n{scale_text(paper, printed, width, short=True)}"
        paper.fonts.use(7.5)
        pdf.set_xy(left, top)
        pdf.multi_cell(_PHOTO, 3.8, paper.fonts.writable(caption), align="L", new_x="LEFT", new_y="NEXT")
        top = pdf.get_y() + 3
    return top


def _receipt_images(file: EncounterFile) -> Iterator[tuple[StoredSample, Image]]:
    for sample in receipt_samples(file.encounter):
        if sample.id in file.images:
            yield sample, file.images[sample.id]


def _files(paper: Paper, file: EncounterFile) -> Iterator[HashedFile]:
    """Yield the files of the images that a paper shows."""
    _ = paper.locale.translate
    for sample in file.encounter.samples:
        if sample.id in file.images:
            name = _(word(sample.modality if sample.position is None else sample.position))
            impression = f", {_(word(sample.impression))}" if sample.impression is not None else ""
            yield HashedFile(f"{name}{impression}", sample.image_sha256)
