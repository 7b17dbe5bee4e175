"""The table that says what transactions mean (mapping.toml, or an operator's copy of it)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from biometrics.kernel.access import Purpose
from biometrics.kernel.encounter import EncounterKind, LegalBasis
from biometrics.kernel.errors import InvalidField, TableUnusable
from biometrics.kernel.targets import check_target

SHIPPED = Path(__file__).with_name("mapping.toml")
FORMS = ("", "surname, given", "date", "act:section", "feet", "cm", "finger:code")
SOURCES = frozenset(
    {
        "name",
        "aliases",
        "sex",
        "birth_date",
        "height",
        "eyes",
        "hair",
        "address",
        "device",
        "missing_fingers",
        "national_number",
        "fir_number",
        "station_code",
        "district_code",
        "state_code",
        "date",
        "sections",
        "officer",
        "candidate_images",
        "candidate_features",
        "candidate_photos",
        "keep_latent",
    }
)
ANSWERS = ("national_number", "name", "finding", "message", "candidates", "scores", "fingers")
_FIELD = re.compile(r"([12])\.([0-9]{1,5})")


class Use(StrEnum):
    """What is done with a transaction."""

    BOOKING = "booking"
    TENPRINT_SEARCH = "tenprint_search"
    LATENT_SEARCH = "latent_search"
    DELETION = "deletion"


@dataclass(frozen=True)
class FieldAddress:
    """A field of a Type-1 or Type-2 record."""

    type: int
    number: int

    def __str__(self) -> str:
        """Return it as the standard writes it."""
        return f"{self.type}.{self.number:03d}"


@dataclass(frozen=True)
class TransactionKind:
    """What is done with transactions of one type; see mapping.toml."""

    use: Use
    answer: str
    error: str = "ERRT"
    kind: EncounterKind = EncounterKind.ARREST
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    purpose: str = ""
    search_first: bool = False


@dataclass(frozen=True)
class FieldSource:
    """Where a value is found; see mapping.toml."""

    fields: tuple[FieldAddress, ...]
    item: int = 1
    characters: tuple[int, int] | None = None
    form: str = ""
    codes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class TransactionTable:
    """The whole table."""

    kinds: Mapping[str, TransactionKind]
    sources: Mapping[str, FieldSource]
    echo: tuple[FieldAddress, ...]
    answers: Mapping[str, FieldAddress]
    candidates: int
    target_fpir: float
    accept_poor_quality: str

    @property
    def refusals(self) -> set[str]:
        """The types of the answers to transactions that cannot be carried out."""
        return {TransactionKind.error, *(kind.error for kind in self.kinds.values())}

    @classmethod
    def load(cls, path: Path | None = None) -> TransactionTable:
        """Read an operator's table, or the one that is shipped.

        Raises:
            TableUnusable: it cannot be read, or holds something that is not understood.
        """
        path = path or SHIPPED
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls._of(content)
        except OSError as error:
            raise TableUnusable(f"The table of transactions {path} cannot be read: {error.strerror}.") from error
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise TableUnusable(f"The table of transactions {path.name} is not as it must be: {what}.") from error

    @classmethod
    def _of(cls, content: Mapping[str, Any]) -> TransactionTable:
        _refuse_unknown("", content, {"transactions", "fields", "answer", "limits", "booking"})
        fields = content["fields"]
        _refuse_unknown("fields", fields, SOURCES)
        answer = content["answer"]
        _refuse_unknown("answer", answer, {*ANSWERS, "echo"})
        limits = content["limits"]
        if not 1 <= limits["candidates"] <= 100:
            raise ValueError("limits: candidates is 1 to 100")
        try:
            check_target("target_fpir", limits["target_fpir"])
        except InvalidField as error:
            raise ValueError(f"limits: {error.message}") from error
        return cls(
            kinds={name: _kind(name, entry) for name, entry in content["transactions"].items()},
            sources={name: _source(name, entry) for name, entry in fields.items()},
            echo=tuple(_address(text) for text in answer["echo"]),
            answers={name: _address(answer[name]) for name in ANSWERS},
            candidates=limits["candidates"],
            target_fpir=limits["target_fpir"],
            accept_poor_quality=str(content.get("booking", {}).get("accept_poor_quality", "")),
        )


def _kind(name: str, entry: Mapping[str, Any]) -> TransactionKind:
    read: dict[str, Callable[[Any], Any]] = {
        "use": Use,
        "answer": str,
        "error": str,
        "kind": EncounterKind,
        "legal_basis": LegalBasis,
        "purpose": Purpose,
        "search_first": bool,
    }
    _refuse_unknown(f"transactions.{name}", entry, read)
    return TransactionKind(**{key: read[key](value) for key, value in entry.items()})


def _source(name: str, entry: Mapping[str, Any]) -> FieldSource:
    _refuse_unknown(f"fields.{name}", entry, {"from", "item", "characters", "form", "codes"})
    characters, form, item = entry.get("characters"), entry.get("form", ""), entry.get("item", 1)
    if form not in FORMS:
        raise ValueError(f"fields.{name}: the form {form!r} is none of {', '.join(filter(None, FORMS))}")
    if item < 1 or (characters and not 1 <= characters[0] <= characters[1]):
        raise ValueError(f"fields.{name}: item and characters count from 1")
    return FieldSource(
        fields=tuple(_address(text) for text in entry["from"]),
        item=item,
        characters=(characters[0], characters[1]) if characters else None,
        form=form,
        codes=entry.get("codes"),
    )


def _address(text: str) -> FieldAddress:
    match = _FIELD.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no field of a Type-1 or Type-2 record, such as 2.018")
    return FieldAddress(int(match[1]), int(match[2]))


def _refuse_unknown(where: str, entry: Mapping[str, Any], known: Any) -> None:
    if unknown := [key for key in entry if key not in known]:
        raise ValueError(f"{where}{'.' if where else ''}{unknown[0]} is not known")
