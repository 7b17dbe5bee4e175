"""Labels of the domain's values on the pages, in English; the catalogues translate them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from api.localisation.access_labels import ACTIONS, CHANGES, SCOPES
from api.localisation.translatable import N_
from biometrics.access import court_details
from biometrics.accounts.changes import ChangeKind
from biometrics.clearances import model as clearances
from biometrics.kernel.access import Purpose, Role, Scope
from biometrics.kernel.casework import cases as case_values
from biometrics.kernel.casework import opinions
from biometrics.kernel.people import court, encounter, particulars, retention_rules
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import LinkKind
from biometrics.kernel.recognition import body_marks
from biometrics.kernel.recognition.capture import Impression, PhotoView, Position
from biometrics.kernel.recognition.evidence import Strength
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import QualityFault
from biometrics.notifications.model import NotificationKind
from biometrics.reporting import report
from biometrics.storage.audit.log import Action
from biometrics.use_cases.search.candidates import Hint
from biometrics.use_cases.search.reconcile import Contradiction
from biometrics.watchlist import model as watchlist


def _in_order(kind: type[Enum], *words: str) -> tuple[type[Enum], dict[Enum, str]]:
    """Give each member of a kind, in its order, its word."""
    return kind, dict(zip(kind, words, strict=True))


def _from_table(kind: type[Enum], words: Mapping[Any, str]) -> tuple[type[Enum], dict[Enum, str]]:
    """Take the words of a kind that has them in a table of their own."""
    return kind, dict(words)


WORDS: Final[dict[type[Enum], dict[Enum, str]]] = dict(
    (
        _from_table(Scope, SCOPES),
        _from_table(Action, ACTIONS),
        _from_table(ChangeKind, CHANGES),
        _in_order(
            Role,
            N_("Station officer"),
            N_("Examiner"),
            N_("Supervisor"),
            N_("Records clerk"),
            N_("Auditor"),
            N_("Administrator"),
            N_("Machine client"),
            N_("ABIS integration"),
            N_("National index"),
        ),
        _in_order(
            Purpose,
            N_("Investigation of an offence"),
            N_("Arrest"),
            N_("Custody"),
            N_("Wanted person"),
            N_("Missing person"),
            N_("Unidentified body"),
            N_("Order of a court"),
            N_("Clearance certificate"),
            N_("Test of the system"),
        ),
        _in_order(
            Strength,
            N_("no support"),
            N_("weak support"),
            N_("moderate support"),
            N_("moderately strong support"),
            N_("strong support"),
            N_("very strong support"),
            N_("extremely strong support"),
        ),
        _in_order(Hint, N_("Likely"), N_("Inspect"), N_("No more than chance")),
        _in_order(
            case_values.CaseKind,
            N_("Duplicate at enrolment"),
            N_("Search hit"),
            N_("Search hit, latent or unknown finger"),
            N_("Standing search hit"),
            N_("Link between two latents"),
        ),
        _in_order(
            case_values.CaseState,
            N_("New"),
            N_("Taken"),
            N_("First opinion given"),
            N_("In verification"),
            N_("In conflict"),
            N_("Closed"),
            N_("Withdrawn"),
            N_("Waiting"),
            N_("With another unit's examiners"),
        ),
        _in_order(
            clearances.ClearanceState,
            N_("Waits for a decision"),
            N_("Issued"),
            N_("Refused"),
            N_("Withdrawn"),
            N_("Revoked"),
        ),
        _in_order(
            clearances.ClearanceOutcome,
            N_("No record that may be disclosed"),
            N_("A record, with details"),
            N_("Refuse: no certificate"),
        ),
        _in_order(
            case_values.Conclusion,
            N_("Identification"),
            N_("Exclusion"),
            N_("Inconclusive"),
            N_("No value for comparison"),
        ),
        _in_order(
            case_values.Dispute,
            N_("The examiners came to different conclusions."),
            N_("A conclusion goes against the automatic comparison."),
            N_("The analyses contradict each other: the examiners saw different patterns on the probe."),
            N_("The examiners identified on pairs of images that they did not both open."),
            N_("Only one of the examiners marked a feature in both prints."),
        ),
        _in_order(
            case_values.PatternClass,
            N_("Arch"),
            N_("Plain arch"),
            N_("Tented arch"),
            N_("Right slant loop"),
            N_("Left slant loop"),
            N_("Whorl"),
            N_("Plain whorl"),
            N_("Central pocket loop"),
            N_("Double loop"),
            N_("Accidental whorl"),
            N_("Unable to classify"),
        ),
        _in_order(opinions.Agreement, N_("agrees"), N_("differs"), N_("not visible")),
        _in_order(opinions.Differences, N_("none"), N_("explained"), N_("not explained")),
        _in_order(
            opinions.QualityLimit,
            N_("small area"),
            N_("low clarity"),
            N_("distortion"),
            N_("background"),
            N_("another print over it"),
            N_("scars"),
        ),
        _in_order(case_values.Part, N_("First examiner"), N_("Second examiner"), N_("Supervisor (conflict)")),
        _in_order(case_values.Side, N_("Probe"), N_("Candidate")),
        _in_order(
            encounter.EncounterKind,
            N_("Arrest"),
            N_("Surrender in court"),
            N_("Conviction"),
            N_("Missing person"),
            N_("Unidentified body"),
            N_("Wanted person"),
        ),
        _in_order(
            encounter.LegalBasis,
            N_("Identification Act 2022: convicted"),
            N_("Identification Act 2022: security for good behaviour or peace"),
            N_("Identification Act 2022: arrested or detained"),
            N_("Identification Act 2022: order of a magistrate"),
            N_("Identification of Prisoners Act 1920"),
            N_("CrPC: inquest"),
            N_("BNSS: inquest"),
            N_("CrPC: order of a magistrate"),
            N_("BNSS: order of a magistrate"),
            N_("Consent"),
            N_("Not stated"),
        ),
        _in_order(encounter.MissingReason, N_("Amputated"), N_("Bandaged"), N_("Damaged"), N_("Could not be taken")),
        _in_order(Sex, N_("Male"), N_("Female"), N_("Transgender"), N_("Sex not known")),
        _in_order(
            Impression,
            N_("Plain, live scan"),
            N_("Rolled, live scan"),
            N_("Plain, inked"),
            N_("Rolled, inked"),
            N_("Latent: impression"),
            N_("Latent: tracing"),
            N_("Latent: photo"),
            N_("Latent: lift"),
            N_("Swipe, live scan"),
            N_("Another impression"),
            N_("Impression not known"),
        ),
        _in_order(PhotoView, N_("Front"), N_("Left profile"), N_("Right profile"), N_("Turned at an angle")),
        _in_order(
            QualityFault,
            N_("There is no print here"),
            N_("Too little of the finger shows"),
            N_("Too dry"),
            N_("Too wet"),
            N_("Too little contrast"),
            N_("The finger moved"),
            N_("Blurred"),
            N_("Too dark"),
            N_("Too bright"),
            N_("Too far away"),
            N_("Turned aside"),
            N_("Profile"),
            N_("Looks up or down"),
            N_("The eyes are covered"),
            N_("The background is busy"),
            N_("It is not certain that this is a face"),
            N_("A picture of a picture"),
            N_("The mark is small in the photo"),
            N_("The mark is blurred"),
            N_("The mark is faint"),
            N_("Lids, lashes or glints cover the iris"),
            N_("The iris hardly differs from the white of the eye"),
            N_("The pupil hardly differs from the iris"),
            N_("The pupil is very wide or very small"),
            N_("The iris is blurred"),
            N_("The iris is cut off"),
            N_("The eye looks aside"),
            N_("The iris is small in the photo"),
            N_("Too little of the palm shows"),
            N_("The ridges of the palm are not clear"),
            N_("There may be two prints"),
        ),
        _in_order(
            watchlist.StandingKind,
            N_("Latent"),
            N_("Unsolved offence"),
            N_("Missing person"),
            N_("Unidentified body"),
            N_("Wanted person"),
        ),
        _in_order(
            court_details.DeviceKind,
            N_("Computer / Storage media"),
            N_("DVR"),
            N_("Mobile"),
            N_("Flash drive"),
            N_("CD/DVD"),
            N_("Server"),
            N_("Cloud"),
            N_("Other"),
        ),
        _in_order(court_details.Control, N_("Owned"), N_("Maintained"), N_("Managed"), N_("Operated")),
        _in_order(Contradiction, N_("Sex"), N_("Age"), N_("Height"), N_("Found before the person was missing")),
        _in_order(
            NotificationKind,
            N_("A standing search has a hit"),
            N_("A wanted, missing or unidentified person was enrolled again"),
            N_("A case was closed"),
            N_("A case was assigned to you"),
            N_("Another unit's case is about one of your unit's records"),
            N_("Another unit's case about one of your unit's records was closed"),
            N_("An administrator reset your password"),
            N_("An administrator reset your phone"),
            N_("Stored templates cannot be read"),
            N_("A person you subscribe to was booked"),
            N_("A search found a person you subscribe to"),
            N_("A person you subscribe to was identified"),
            N_("Another unsolved latent may be of the same finger"),
            N_("A person was identified in a linked latent"),
            N_("An administrator proposed a sign-in by a provider"),
        ),
        _in_order(
            report.Dimension,
            N_("State"),
            N_("District"),
            N_("Station"),
            N_("Year"),
            N_("Month"),
            N_("Sex"),
            N_("Age"),
            N_("Kind of event"),
            N_("Act"),
            N_("Section"),
        ),
        _in_order(
            retention_rules.OrderKind,
            N_("Hold: nothing is destroyed"),
            N_("Release of a hold"),
            N_("Close: the period begins"),
            N_("Destroy"),
        ),
        _in_order(LinkKind, N_("Follows"), N_("Is of the same case as"), N_("Says who it is in")),
        _in_order(court.Verdict, N_("Released without trial"), N_("Discharged"), N_("Acquitted"), N_("Convicted")),
        _in_order(
            court.CourtEvent,
            N_("Decision"),
            N_("Appeal filed"),
            N_("Appeal decided"),
            N_("No further appeal"),
        ),
        _in_order(
            particulars.Relation,
            N_("Father"),
            N_("Mother"),
            N_("Husband"),
            N_("Wife"),
            N_("Guardian"),
            N_("Another relative"),
        ),
        _in_order(
            particulars.DocumentKind,
            N_("Aadhaar"),
            N_("Passport"),
            N_("Voter card"),
            N_("Driving licence"),
            N_("PAN"),
            N_("Ration card"),
            N_("Arms licence"),
            N_("Another document"),
        ),
        _in_order(particulars.FacialHair, N_("Clean-shaven"), N_("Moustache"), N_("Beard")),
        _in_order(particulars.Glasses, N_("Wears glasses"), N_("No glasses")),
        _in_order(particulars.Headgear, N_("Turban"), N_("Other headgear"), N_("Bareheaded")),
        _in_order(particulars.Build, N_("Thin"), N_("Medium"), N_("Strong"), N_("Heavy")),
        _in_order(particulars.Complexion, N_("Fair"), N_("Wheatish"), N_("Dusky"), N_("Dark")),
        _in_order(
            particulars.Hair,
            N_("Black"),
            N_("Brown"),
            N_("Red"),
            N_("Blond"),
            N_("Grey"),
            N_("White"),
            N_("Dyed"),
            N_("Bald"),
        ),
        _in_order(particulars.Eyes, N_("Black"), N_("Brown"), N_("Blue"), N_("Green"), N_("Grey"), N_("Two colours")),
        _in_order(
            body_marks.BodyMarkKind,
            N_("Scar"),
            N_("Tattoo"),
            N_("Mole"),
            N_("Birthmark"),
            N_("Burn"),
            N_("Amputation"),
            N_("Deformity"),
            N_("Another mark"),
        ),
        _in_order(
            body_marks.BodyPart,
            N_("Head"),
            N_("Part of the face"),
            N_("Forehead"),
            N_("Eye"),
            N_("Ear"),
            N_("Nose"),
            N_("Cheek"),
            N_("Mouth"),
            N_("Chin"),
            N_("Neck"),
            N_("Shoulder"),
            N_("Chest"),
            N_("Breast"),
            N_("Back"),
            N_("Abdomen"),
            N_("Arm"),
            N_("Elbow"),
            N_("Forearm"),
            N_("Wrist"),
            N_("Hand"),
            N_("Finger"),
            N_("Hip"),
            N_("Buttock"),
            N_("Groin"),
            N_("Genitals"),
            N_("Thigh"),
            N_("Leg"),
            N_("Knee"),
            N_("Calf"),
            N_("Ankle"),
            N_("Foot"),
            N_("Toe"),
            N_("Another part of the body"),
        ),
        _in_order(
            body_marks.MarkColour,
            N_("Black"),
            N_("Brown"),
            N_("Grey"),
            N_("Blue"),
            N_("Green"),
            N_("Orange"),
            N_("Purple"),
            N_("Red"),
            N_("Yellow"),
            N_("White"),
            N_("Several colours"),
            N_("Outline only"),
        ),
        _in_order(
            body_marks.TattooClass,
            N_("Person"),
            N_("Animal"),
            N_("Plant"),
            N_("Flag"),
            N_("Object"),
            N_("Pattern"),
            N_("Symbol"),
            N_("Another design"),
        ),
        _in_order(body_marks.BodySide, N_("Left"), N_("Right"), N_("Neither side")),
    )
)


def sample_word(modality: Modality, position: Position | None) -> str:
    """Return what a sample shows, in English, to be translated."""
    return modality.traits.caption if position is None else word(position)


def word(value: Enum | Modality) -> str:
    """Return what a value is called in English, to be translated."""
    if isinstance(value, Modality):
        return value.traits.label
    if isinstance(value, Position):
        return value.word
    return WORDS[type(value)][value]
