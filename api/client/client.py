"""A typed client of the HTTP API. Errors are the service's own: `UnknownRecord` here is `unknown_record` there.

    with Client("https://abis.example", key) as client:
        search = client.identify(samples, SearchTerms(Purpose.INVESTIGATION, "0123/2026"))

A request is repeated after a broken link, or when the service asks to come later. All attempts use one idempotency
key, so that the request is carried out once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from api.client.form_fields import file_fields, form_fields, purpose_fields
from api.client.transport import TRIES, Transport, connection
from api.http.schemas import MOST_LISTED, STORED
from api.v1.records_schemas import EnrolmentOut, NewRecordIn, RecordOut, RecordPage
from api.v1.searches_schemas import GroupMemberOut, SearchOut, SearchPageOut
from api.v1.system_schemas import Health
from api.v1.verification_schemas import PeopleVerificationOut, SamplesComparisonOut, VerificationOut
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import InvalidField, ServerUnavailable, UnknownRecord
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.entry import to_json

if TYPE_CHECKING:
    from api.v1.search_terms import SearchTerms
    from biometrics.searches.listing import SearchQuery

USUAL_FMR = 0.001

Shape = TypeVar("Shape")


class Client:
    """A service and the API key to use; use it in a `with`, or close it."""

    def __init__(self, url: str, key: str, tries: int = TRIES) -> None:
        """Set the address of the service: https://HOST, with a port or a path before /api/v1 if it has one.

        Raises:
            InvalidField: the URL or the key is not valid, or the address is not encrypted (https).
        """
        self._transport = Transport(connection(url, key), tries)

    @classmethod
    def over(cls, http: httpx.Client) -> Self:
        """Return a client that sends its requests by an HTTP client, each once; see `api.client.in_process`."""
        client = cls.__new__(cls)
        client._transport = Transport(http, tries=1)
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def health(self) -> Health:
        """Ask whether the service works, and what it serves."""
        return self.send(Health, "GET", "health")

    def create_record(self, record: NewRecordIn, idempotency_key: str = "") -> RecordOut:
        """Create a record without samples."""
        return self.send(RecordOut, "POST", "records", json=to_json(record), key=idempotency_key)

    def enrol(
        self,
        person: Person,
        encounter: Encounter,
        samples: Sequence[Sample],
        accept_poor_quality: str = "",
        idempotency_key: str = "",
    ) -> EnrolmentOut:
        """Create a record with its first encounter, prints and photos."""
        fields = {"record": _json(person), "encounter": _json(encounter), "accept_poor_quality": accept_poor_quality}
        return self.send(EnrolmentOut, "POST", "enrolments", key=idempotency_key, **form_fields(fields, samples))

    def add_encounter(
        self,
        record_id: str,
        encounter: Encounter,
        samples: Sequence[Sample],
        accept_poor_quality: str = "",
        idempotency_key: str = "",
    ) -> EnrolmentOut:
        """Add an encounter with prints and photos to a record, by its id or its national number."""
        fields = {"encounter": _json(encounter), "accept_poor_quality": accept_poor_quality}
        path = ("records", self.record_id(record_id), "encounters")
        return self.send(EnrolmentOut, "POST", *path, key=idempotency_key, **form_fields(fields, samples))

    def record(self, record_id: str) -> RecordOut:
        """Read a record, by its id or its national number."""
        return self.send(RecordOut, "GET", "records", self.record_id(record_id))

    def record_id(self, text: str) -> str:
        """Return the id of the record that has an id or a national number."""
        if len(number := text.strip()) != 10:
            return text
        records = self.find(RecordQuery(national_number=number), limit=1).records
        if not records:
            raise UnknownRecord(f"There is no record with the national number {number}; check it.")
        return records[0].id

    def find(self, query: RecordQuery, limit: int = 50, after: str | None = None) -> RecordPage:
        """Find records; `after` is the `next` of the page before."""
        return self.list_items(RecordPage, "records", limit=limit, after=after, **vars(query))

    def identify(self, samples: Sequence[Sample], terms: SearchTerms, *, idempotency_key: str = "") -> SearchOut:
        """Search for the people whose prints and photos these are."""
        form = form_fields(terms.form_fields(), samples)
        return self.send(SearchOut, "POST", "identify", key=idempotency_key, **form)

    def identify_group(self, photo: Sample, terms: SearchTerms, *, idempotency_key: str = "") -> list[GroupMemberOut]:
        """Search for each person in one photo, each with a search of their own."""
        sent = {"data": terms.form_fields(), "files": list(file_fields([photo]))}
        return self.send(list[GroupMemberOut], "POST", "identify", "group", key=idempotency_key, **sent)

    def search(self, search_id: str) -> SearchOut:
        """Read a stored search again."""
        return self.send(SearchOut, "GET", "searches", search_id)

    def searches(self, query: SearchQuery, limit: int = 50, after: str | None = None) -> SearchPageOut:
        """List past searches; `after` is the `next` of the page before."""
        return self.list_items(SearchPageOut, "searches", limit=limit, after=after, **vars(query))

    def verify(
        self,
        record_id: str,
        samples: Sequence[Sample],
        purpose: Purpose,
        case_number: str,
        *,
        reason: str = "",
        target_fmr: float = USUAL_FMR,
    ) -> VerificationOut:
        """Compare prints and photos with the person on a record, by its id or its national number."""
        fields = purpose_fields(purpose, case_number, reason)
        fields |= {"record_id": self.record_id(record_id), "target_fmr": str(target_fmr)}
        return self.send(VerificationOut, "POST", "verify", **form_fields(fields, samples))

    def verify_people(
        self,
        people: Sequence[str],
        samples: Sequence[Sample],
        purpose: Purpose,
        case_number: str,
        *,
        reason: str = "",
        target_fmr: float = USUAL_FMR,
    ) -> PeopleVerificationOut:
        """Compare prints and photos with a few people, by the ids of their records or their national numbers."""
        fields = purpose_fields(purpose, case_number, reason)
        fields |= {"people": list(people), "target_fmr": str(target_fmr)}
        return self.send(PeopleVerificationOut, "POST", "verify", "people", **form_fields(fields, samples))

    def compare(
        self,
        samples: Sequence[Sample],
        other_samples: Sequence[Sample],
        purpose: Purpose,
        case_number: str,
        *,
        reason: str = "",
    ) -> SamplesComparisonOut:
        """Compare two sets of prints and photos, each of one person, without a record."""
        form, other = form_fields(purpose_fields(purpose, case_number, reason), samples), form_fields({}, other_samples)
        data = form["data"] | {f"other_{name}": value for name, value in other["data"].items()}
        files = [*form["files"], *((f"other_{name}", file) for name, file in other["files"])]
        return self.send(SamplesComparisonOut, "POST", "compare", data=data, files=files)

    def image(self, sample_id: int) -> bytes:
        """Fetch the original file of a sample."""
        return self.answer("GET", "samples", sample_id, "image").content

    def send(self, shape: type[Shape], method: str, *path: object, **sent: Any) -> Shape:
        """Send a request to any route, and return its answer in a shape: a schema, or a list of some.

        `path` is what follows /api/v1, segment by segment; `sent` is as for `Transport.answer` and httpx, `params` may
        have None and "" for what is not sent.
        """
        answer = self.answer(method, *path, **sent)
        try:
            # A newer service may send more fields.
            return TypeAdapter(shape).validate_json(answer.content, extra="ignore", context=STORED)
        except ValidationError as error:
            at = self._transport.base_url
            raise ServerUnavailable(
                f"What answers at {at} is no Pehchan server of this version: it has another shape."
            ) from error

    def list_items(
        self, shape: type[Shape], *path: object, limit: int | None = None, after: object = None, **params: Any
    ) -> Shape:
        """Return `limit` items of a list, or all, in the shape of one page, however many pages they take.

        A page's first field has its items; `after` is the `next` of the page before.
        """
        page_type: Any = shape
        items = next(iter(page_type.model_fields))
        collected: list[Any] = []
        while True:
            left = MOST_LISTED if limit is None else limit - len(collected)
            page: Any = self.send(
                shape, "GET", *path, params=params | {"limit": min(left, MOST_LISTED), "after": after}
            )
            collected += getattr(page, items)
            after = page.next
            if after is None or len(collected) == limit:
                setattr(page, items, collected)
                return cast(Shape, page)

    def answer(self, method: str, *path: object, **sent: Any) -> httpx.Response:
        """Send a request to any route, and return the answer as it is; see `send`.

        Raises:
            PehchanError: the service's own, by its code.
        """
        if "params" in sent:
            sent["params"] = {name: value for name, value in sent["params"].items() if value not in (None, "")}
        return self._transport.answer(method, "/" + "/".join(_segment(str(part)) for part in path), **sent)


def _json(value: Person | Encounter) -> str:
    return json.dumps(to_json(value))


def _segment(text: str) -> str:
    """Return a text that is safe as one segment of a path.

    Raises:
        InvalidField: there is none.
    """
    if "/" in text or text.strip() in ("", ".", ".."):
        raise InvalidField(f"{text!r} is no id.")
    return quote(text, safe="")
