"""The shapes of the messages, for the OpenAPI document: a message is read by hand, since each fault has its code."""

# ruff: noqa: N815 - the names are the interface's

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, Field

_TEXT: Final = {"type": "string"}
_COUNTED: Final = {"type": ["string", "integer"], "pattern": "^[0-9]{1,9}$", "minimum": 1}

REQUEST: Final = {
    "type": "object",
    "required": ["id", "version", "requestId", "requesttime"],
    "additionalProperties": False,
    "properties": {
        "id": _TEXT,
        "version": {"type": "string", "pattern": r"^(0\.9|1\.[0-9]{1,3})$", "examples": ["1.1"]},
        "requestId": {"type": "string", "examples": ["91234567-89AB-CDEF-0123-456789ABCDEF"]},
        "requesttime": {"type": "string", "format": "date-time", "examples": ["2026-03-29T07:01:24.692Z"]},
        "referenceId": {"type": ["string", "null"], "description": "Of insert, identify and delete"},
        "referenceURL": {"type": ["string", "null"], "description": "Where the CBEFF is; of insert and identify"},
        "referenceUrl": {"type": ["string", "null"], "description": "As referenceURL, which wins"},
        "flags": {
            "type": ["object", "null"],
            "description": "Of identify; other flags are taken, and not used",
            "properties": {
                "maxResults": _COUNTED | {"description": "Maximum number of candidates, 100 at most; default 10"},
                "targetFPIR": _COUNTED
                | {"description": "-10 log10 of the chance that a search for a person not on record hits; default 30"},
            },
        },
        "gallery": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "description": "For identify: references to search; all if left out or empty",
            "properties": {
                "referenceIds": {
                    "type": ["array", "null"],
                    "items": {
                        "type": "object",
                        "properties": {"referenceId": _TEXT},
                        "additionalProperties": False,
                    },
                }
            },
        },
    },
}


class Analytics(BaseModel):
    """The similarity of a candidate."""

    internalScore: str = Field(description="Decibans of false match: 40 is one non-mated comparison in 10,000")
    confidence: str = Field(description="Percentage of searches for people not on record that score lower")
    hint: str | None = Field(default=None, description="likely, inspect or none")


class AnswerPart(BaseModel):
    """The score of one modality."""

    biometricType: Literal["FIR", "FID", "IIR"]
    analytics: Analytics


class FoundReference(BaseModel):
    """One candidate."""

    referenceId: str
    analytics: Analytics
    modalities: list[AnswerPart]


class SearchAnalytics(BaseModel):
    """Of a search."""

    searchId: str
    threshold: str = Field(description="Decibans that a candidate reached, at most the bound of the scale")
    thresholdEvidence: str | None = Field(
        default=None, description="That the threshold lies beyond the bound, if it does"
    )
    keptByOthers: list[str] | None = Field(default=None, description="Other units that have a hit")


class MosipCandidateList(BaseModel):
    """The candidates, best first."""

    count: str
    candidates: list[FoundReference]
    analytics: SearchAnalytics


class AnswerMessage(BaseModel):
    """An answer."""

    id: str
    requestId: str
    responsetime: str
    returnValue: Literal["1", "2"] = Field(description="1: it was carried out; 2: it was not")
    failureReason: str | None = Field(default=None, description="Why not, 1 to 18")
    count: str | None = Field(default=None, description="Of referenceCount")
    jobscount: str | None = Field(default=None, description="Of pendingJobs")
    candidateList: MosipCandidateList | None = Field(default=None, description="Of identify")
