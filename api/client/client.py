"""A typed client of the HTTP API. Errors are the service's own: `UnknownRecord` here is `unknown_record` there.

    with Client("https://abis.example", key) as client:
        search = client.identify(samples, Purpose.INVESTIGATION, "0123/2026")

A request is repeated after a broken link, or when the service asks to come later. All attempts use one idempotency
key, so that the request is carried out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from api.client.form_fields import Conditions, file_fields, form_fields, search_fields
from api.client.transport import TRIES, Transport
from api.v1.encounters_schemas import EncounterIn
from api.v1.records_schemas import EnrolmentOut, NewRecordIn, RecordIn, RecordOut, RecordPage
from api.v1.searches_schemas import GroupMemberOut, SearchOut, SearchPageOut
from api.v1.system_schemas import Health
from api.v1.verification_schemas import VerificationOut
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField, ServerUnavailable, UnknownRecord
from biometrics.kernel.record import RecordQuery
from biometrics.kernel.types import Sample
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.searches.listing import SearchQuery

USUAL_FMR = 0.001

Shape = TypeVar("Shape", bound=BaseModel)


class Client:
    """A service and the API key to use; use it in a `with`, or close it."""

    def __init__(self, url: str, key: str, tries: int = TRIES) -> None:
        """Set the address of the service: https://HOST, with a port or a path before /api/v1 if it has one.

        Raises:
            InvalidField: the URL or the key is not valid, or the address is not encrypted (https).
            ServerUnavailable: httpx is not installed.
        """
        self._transport = Transport(url, key, tries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def health(self) -> Health:
        """Ask whether the service works, and what it serves."""
        return self._shaped(Health, "GET", "/health")

    def create_record(self, record: NewRecordIn, idempotency_key: str = "") -> RecordOut:
        """Create a record without samples."""
        content = record.model_dump(mode="json", exclude_unset=True)
        return self._shaped(RecordOut, "POST", "/records", json=content, key=idempotency_key)

    def enrol(
        self,
        record: RecordIn,
        encounter: EncounterIn,
        samples: Sequence[Sample],
        accept_poor_quality: str = "",
        idempotency_key: str = "",
    ) -> EnrolmentOut:
        """Create a record with its first encounter, prints and photos."""
        fields = {"record": _json(record), "encounter": _json(encounter), "accept_poor_quality": accept_poor_quality}
        return self._shaped(EnrolmentOut, "POST", "/enrolments", key=idempotency_key, **form_fields(fields, samples))

    def add_encounter(
        self,
        record_id: str,
        encounter: EncounterIn,
        samples: Sequence[Sample],
        accept_poor_quality: str = "",
        idempotency_key: str = "",
    ) -> EnrolmentOut:
        """Add an encounter with prints and photos to a record, by its id or its national number."""
        fields = {"encounter": _json(encounter), "accept_poor_quality": accept_poor_quality}
        path = f"/records/{_segment(self._record_id(record_id))}/encounters"
        return self._shaped(EnrolmentOut, "POST", path, key=idempotency_key, **form_fields(fields, samples))

    def record(self, record_id: str) -> RecordOut:
        """Read a record, by its id or its national number."""
        return self._shaped(RecordOut, "GET", f"/records/{_segment(self._record_id(record_id))}")

    def _record_id(self, text: str) -> str:
        """Return the id of the record that has an id or a national number."""
        if len(number := text.strip()) != 10:
            return text
        records = self.find(RecordQuery(national_number=number), limit=1).records
        if not records:
            raise UnknownRecord(f"There is no record with the national number {number}; check it.")
        return records[0].id

    def find(self, query: RecordQuery, limit: int = 50, after: str | None = None) -> RecordPage:
        """Find records; `after` is the `next` of the page before."""
        return self._shaped(RecordPage, "GET", "/records", params=_page_query(query, limit, after))

    def identify(
        self,
        samples: Sequence[Sample],
        purpose: Purpose,
        case_number: str,
        *,
        reason: str = "",
        officer: str = "",
        max_candidates: int = 10,
        target_fpir: float | None = USUAL_FPIR,
        where: Conditions | None = None,
        idempotency_key: str = "",
    ) -> SearchOut:
        """Search for the people whose prints and photos these are; `target_fpir` None makes it an investigation."""
        fields = search_fields(purpose, case_number, reason, officer, max_candidates, target_fpir, where)
        return self._shaped(SearchOut, "POST", "/identify", key=idempotency_key, **form_fields(fields, samples))

    def identify_group(
        self,
        photo: Sample,
        purpose: Purpose,
        case_number: str,
        *,
        reason: str = "",
        officer: str = "",
        max_candidates: int = 10,
        target_fpir: float | None = USUAL_FPIR,
        where: Conditions | None = None,
        idempotency_key: str = "",
    ) -> list[GroupMemberOut]:
        """Search for each person in one photo, each with a search of their own."""
        fields = search_fields(purpose, case_number, reason, officer, max_candidates, target_fpir, where)
        answer = self._transport.answer(
            "POST", "/identify/group", key=idempotency_key, data=fields, files=list(file_fields([photo]))
        )
        return [_shape(GroupMemberOut, member) for member in TypeAdapter(list[Any]).validate_json(answer.content)]

    def search(self, search_id: str) -> SearchOut:
        """Read a stored search again."""
        return self._shaped(SearchOut, "GET", f"/searches/{_segment(search_id)}")

    def searches(self, query: SearchQuery, limit: int = 50, after: str | None = None) -> SearchPageOut:
        """List past searches; `after` is the `next` of the page before."""
        return self._shaped(SearchPageOut, "GET", "/searches", params=_page_query(query, limit, after))

    def verify(self, record_id: str, samples: Sequence[Sample], target_fmr: float = USUAL_FMR) -> VerificationOut:
        """Compare prints and photos with the person on a record, by its id or its national number."""
        fields = {"record_id": self._record_id(record_id), "target_fmr": str(target_fmr)}
        return self._shaped(VerificationOut, "POST", "/verify", **form_fields(fields, samples))

    def image(self, sample_id: int) -> bytes:
        """Fetch the original file of a sample."""
        return self._transport.answer("GET", f"/samples/{sample_id}/image").content

    def _shaped(self, shape: type[Shape], method: str, path: str, **sent: Any) -> Shape:
        answer = self._transport.answer(method, path, **sent)
        try:
            return shape.model_validate_json(answer.content, extra="ignore")  # a newer service may send more fields
        except ValidationError as error:
            at = self._transport.base_url
            raise ServerUnavailable(
                f"What answers at {at} is no Pehchan server of this version: it has another shape."
            ) from error


def _shape(shape: type[Shape], value: Any) -> Shape:
    return shape.model_validate(value, extra="ignore")


def _json(shape: BaseModel) -> str:
    return shape.model_dump_json(exclude_unset=True)


def _page_query(query: RecordQuery | SearchQuery, limit: int, after: str | None) -> dict[str, str]:
    """Return the query parameters of a page of a list."""
    parameters = {name: value for name, value in vars(query).items() if value not in ("", None)}
    parameters |= {"limit": limit} | ({"after": after} if after else {})
    return {name: str(value) for name, value in parameters.items()}


def _segment(text: str) -> str:
    """Return an id that is safe as one segment of a path.

    Raises:
        InvalidField: it would not.
    """
    if not text or not all(letter.isalnum() or letter in "-_." for letter in text) or set(text) <= {"."}:
        raise InvalidField(f"{text!r} is no id.")
    return text
