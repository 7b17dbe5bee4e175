"""The shapes of OSIA's interface, strict as it is: nothing else, and no text for a number."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.standards.osia.vocabulary import (
    BiometricSubType,
    BiometricType,
    CompressionType,
    ImpressionType,
    Presence,
    Status,
)

MAX_ITEMS = 200  # of biometric data in a request
MAX_DEPTH = 50  # of data of any form
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _date_time(text: str) -> str:
    if _DATE_TIME.fullmatch(text):
        try:
            datetime.fromisoformat(text.upper())
        except ValueError:
            pass
        else:
            return text
    raise ValueError("this is not a date and time as in RFC 3339, such as 2026-01-15T12:00:00+05:30")


def _plain(value: object, depth: int = 0) -> object:
    """Refuse what JSON cannot say, or says in a nest too deep to keep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"this is nested in more than {MAX_DEPTH} levels")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("this is not a number of JSON")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _plain(inner, depth + 1)
    return value


DateTime = Annotated[str, AfterValidator(_date_time)]
Anything = Annotated[Any, AfterValidator(_plain)]
Whole = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]


class Shape(BaseModel):
    """Base of all: strict, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Error(Shape):
    """Why a request was refused. `code` is the HTTP status, `message` begins with this service's stable code."""

    code: int = Field(examples=[404])
    message: str = Field(examples=["unknown_record: There is no person 'P-1'; check the id."])


class Encryption(Shape):
    """An encrypted part of the data, which is refused here."""

    type: Literal["JWE", "PKCS7"]
    scope: str


class Integrity(Shape):
    """A hash and signature of a part of the data, kept and given back; not checked."""

    id: str | None = None
    type: Literal["NONE", "JWS", "PKCS7"] | None = None
    scope: str
    alg: str
    encrypted: bool | None = None
    followRef: bool | None = None  # noqa: N815 - the interface's names, here and below
    hash: str
    signature: str | None = None
    signatureRef: str | None = None  # noqa: N815


class Missing(Shape):
    """A finger that is not there to be captured."""

    biometricSubType: BiometricSubType | None = None  # noqa: N815
    presence: Presence | None = None


class BiometricData(Shape):
    """One image or template, or the reason why there is none."""

    biometricType: BiometricType  # noqa: N815
    biometricSubType: BiometricSubType | None = None  # noqa: N815
    instance: str | None = None
    encounterId: str | None = None  # noqa: N815
    image: str | None = Field(default=None, description="An image file in base64; raw pixels where compression is NONE")
    imageRef: str | None = Field(  # noqa: N815
        default=None, description="Where the image is fetched from, once; only from hosts that the operator allows"
    )
    captureDate: DateTime | None = None  # noqa: N815
    captureDevice: str | None = None  # noqa: N815
    impressionType: ImpressionType | None = None  # noqa: N815
    width: Whole | None = None
    height: Whole | None = None
    bitdepth: Whole | None = None
    mimeType: str | None = None  # noqa: N815
    resolution: Whole | None = None
    compression: CompressionType | None = None
    missing: list[Missing] | None = None
    metadata: str | None = None
    comment: str | None = None
    template: str | None = None
    templateRef: str | None = None  # noqa: N815
    templateFormat: str | None = None  # noqa: N815
    quality: Whole | None = None
    qualityFormat: str | None = None  # noqa: N815
    algorithm: str | None = None
    vendor: str | None = None
    encryption: Encryption | None = None
    integrity: list[Integrity] | None = None


Items = Annotated[list[BiometricData], Field(max_length=MAX_ITEMS)]


class OsiaEncounterIn(Shape):
    """An encounter to store. Contextual and biographic data may have any form, and are given back as they came."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {
                "status": "ACTIVE",
                "encounterType": "arrest",
                "galleries": ["CRIMINAL"],
                "contextualData": {"firNumber": "0123/2026", "date": "2026-01-15"},
                "biographicData": {"firstName": "Asha", "lastName": "Verma", "gender": "F", "yearOfBirth": 1988},
                "biometricData": [
                    {
                        "biometricType": "FINGER",
                        "biometricSubType": "RIGHT_THUMB",
                        "impressionType": "LIVE_SCAN_ROLLED",
                        "resolution": 500,
                        "compression": "WSQ",
                        "imageRef": "https://images.example/thumb.wsq",
                    }
                ],
            }
        },
    )

    encounterId: str | None = Field(default=None, description="Only what the path says too")  # noqa: N815
    status: Status
    encounterType: str  # noqa: N815
    createdDate: DateTime | None = Field(default=None, description="Not taken over")  # noqa: N815
    updatedDate: DateTime | None = Field(default=None, description="Not taken over")  # noqa: N815
    galleries: list[str] = Field(min_length=1, max_length=100)
    clientData: str | None = None  # noqa: N815
    contextualData: Anything = None  # noqa: N815
    biographicData: Anything = None  # noqa: N815
    biometricData: Items  # noqa: N815
    encryption: Encryption | None = None
    integrity: list[Integrity] | None = None


class OsiaEncounterOut(OsiaEncounterIn):
    """A stored encounter."""

    encounterId: str = ""  # noqa: N815


class PersonIds(Shape):
    """One encounter of a gallery."""

    personId: str  # noqa: N815
    encounterId: str  # noqa: N815


class StoredIds(PersonIds):
    """What an encounter was stored as."""

    others: dict[str, Any] | None = Field(default=None, description="Quality of each sample, notes, open cases")


class TaskId(Shape):
    """The task that carries out a call and sends what came of it to its callback."""

    taskId: str  # noqa: N815


class ComputedData(Shape):
    """A template of a stored sample."""

    biometricType: BiometricType  # noqa: N815
    biometricSubType: BiometricSubType | None = None  # noqa: N815
    instance: str | None = None
    template: str
    templateFormat: str | None = None  # noqa: N815
    quality: int | None = None
    qualityFormat: str | None = None  # noqa: N815
    algorithm: str | None = None
    vendor: str | None = None


class ScoreDetail(Shape):
    """How one sample matched, in decibans of false match."""

    score: float
    encounterId: str | None = None  # noqa: N815
    galleries: list[str] | None = None
    biometricType: BiometricType | None = None  # noqa: N815
    biometricSubType: BiometricSubType | None = None  # noqa: N815
    instance: str | None = None
    others: dict[str, Any] | None = None


class OsiaCandidate(Shape):
    """A candidate, with a score in decibans of false match."""

    personId: str  # noqa: N815
    rank: int
    score: float
    scores: list[ScoreDetail] | None = None
    others: dict[str, Any] | None = None


class Decision(Shape):
    """Whether samples are of one person."""

    decision: bool
    scores: list[ScoreDetail] | None = None


Filter = dict[str, Any]


class IdentifyIn(Shape):
    """What to search with."""

    filter: Annotated[Filter, AfterValidator(_plain)]
    biometricData: Items  # noqa: N815
    encryption: Encryption | None = None
    integrity: list[Integrity] | None = None


class VerifyIdIn(Shape):
    """What to compare with a person."""

    biometricData: Items  # noqa: N815
    encryption: Encryption | None = None
    integrity: list[Integrity] | None = None


class VerifyBioIn(Shape):
    """What to compare with each other."""

    biometricData1: Items  # noqa: N815
    biometricData2: Items  # noqa: N815
    encryption: Encryption | None = None
    integrity: list[Integrity] | None = None
