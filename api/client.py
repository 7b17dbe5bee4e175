"""A typed client of the HTTP API. Errors are the service's own: `UnknownRecord` here is `unknown_record` there.

    with Client("https://abis.example", key) as client:
        found = client.identify(samples, Purpose.INVESTIGATION, "0123/2026")

A request is repeated after a broken link, or when the service asks to come later. All attempts use one idempotency
key, so that the request is carried out once.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, TypedDict, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from api.http.forms.sample_details import field_of
from api.schemas.encounters import EncounterIn
from api.schemas.records import EnrolmentOut, NewRecordIn, RecordIn, RecordOut, RecordPage
from api.schemas.searches import GroupMemberOut, SearchOut, SearchPageOut
from api.schemas.system import Health
from api.schemas.verification import VerificationOut
from biometrics.domain.access import Purpose
from biometrics.domain.errors import (
    FieldFault,
    InvalidField,
    InvalidInput,
    MalformedTransaction,
    Overload,
    PehchanError,
    ServerUnavailable,
    TooManyRequests,
    kinds,
)
from biometrics.domain.person import EncounterKind, Sex
from biometrics.domain.types import Impression, Modality, Sample
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.records.people.values import RecordQuery
from biometrics.records.searches.listing import SearchQuery

if TYPE_CHECKING:
    import httpx

LATER: Final = frozenset({408, 429, 502, 503, 504})  # statuses after which the same request can be sent again
TRIES: Final = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds before the next try, where the service names none; doubles
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 20.0, 300.0
USUAL_FMR = 0.001

KINDS: Final[Mapping[str, type[PehchanError]]] = {kind.code: kind for kind in kinds()}
Shape = TypeVar("Shape", bound=BaseModel)
Value = TypeVar("Value")
Form = dict[str, Any]


class Conditions(TypedDict, total=False):
    """Filters of a search; a person whose value is unknown passes the filter."""

    sex: Sequence[Sex]
    born_from: int
    born_to: int
    kind: Sequence[EncounterKind]
    state_code: Sequence[str]
    district_code: Sequence[str]
    station_code: Sequence[str]
    exclude: Sequence[str]


class Client:
    """A service and the API key to use; use it in a `with`, or close it."""

    def __init__(self, url: str, key: str, tries: int = TRIES) -> None:
        """Set the address of the service: https://HOST, with a port or a path before /api/v1 if it has one.

        Raises:
            InvalidField: the URL or the key is not valid, or the address is not encrypted (https).
            ServerUnavailable: httpx is not installed.
        """
        self._httpx = http_library()
        self._tries = tries
        limits = self._httpx.Timeout(SECONDS_TO_ANSWER, connect=SECONDS_TO_CONNECT)
        headers = {"Authorization": f"Bearer {checked_key(key)}"}
        self._http = self._httpx.Client(base_url=f"{checked_url(url)}/api/v1", headers=headers, timeout=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

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
        return self._shaped(EnrolmentOut, "POST", "/enrolments", key=idempotency_key, **_form(fields, samples))

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
        return self._shaped(EnrolmentOut, "POST", path, key=idempotency_key, **_form(fields, samples))

    def record(self, record_id: str) -> RecordOut:
        """Read a record, by its id or its national number."""
        return self._shaped(RecordOut, "GET", f"/records/{_segment(self._record_id(record_id))}")

    def _record_id(self, text: str) -> str:
        """Return the id of the record that has an id or a national number."""
        if len(number := text.strip()) != 10:
            return text
        records = self.find(RecordQuery(national_number=number), limit=1).records
        if not records:
            raise KINDS["unknown_record"](f"There is no record with the national number {number}; check it.")
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
        fields = _search(purpose, case_number, reason, officer, max_candidates, target_fpir, where)
        return self._shaped(SearchOut, "POST", "/identify", key=idempotency_key, **_form(fields, samples))

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
        fields = _search(purpose, case_number, reason, officer, max_candidates, target_fpir, where)
        answer = self._answer("POST", "/identify/group", key=idempotency_key, data=fields, files=list(_files([photo])))
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
        return self._shaped(VerificationOut, "POST", "/verify", **_form(fields, samples))

    def image(self, sample_id: int) -> bytes:
        """Fetch the original file of a sample."""
        return self._answer("GET", f"/samples/{sample_id}/image").content

    def _shaped(self, shape: type[Shape], method: str, path: str, **sent: Any) -> Shape:
        answer = self._answer(method, path, **sent)
        try:
            return shape.model_validate_json(answer.content, extra="ignore")  # a newer service may send more fields
        except ValidationError as error:
            raise ServerUnavailable(
                f"What answers at {self._http.base_url} is no Pehchan server of this version: it has another shape."
            ) from error

    def _answer(self, method: str, path: str, key: str = "", **sent: Any) -> httpx.Response:
        """Send a request until there is an answer, under one idempotency key.

        Raises:
            PehchanError: the service's own, by its code.
            ServerUnavailable: it does not answer, or not as a Pehchan server does.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())} if method == "POST" else {}
        for tried in range(1, self._tries + 1):
            try:
                answer: httpx.Response = self._http.request(method, path, headers=headers, **sent)
            except self._httpx.TransportError as error:
                if tried == self._tries:
                    why = f"{self._http.base_url} does not answer ({type(error).__name__}); look whether it is up."
                    raise ServerUnavailable(why) from error
                time.sleep(_wait(tried, None))
                continue
            if answer.is_success:
                return answer
            wait = _wait(tried, answer.headers.get("Retry-After"))
            if answer.status_code not in LATER or tried == self._tries or wait > LONGEST_WAIT:
                _refuse(answer)
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")


def checked_url(url: str) -> str:
    """Return the address of a service without a slash at its end.

    Raises:
        InvalidField: it is not an address, or it is not encrypted (https).
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidField(f"{url!r} is no server; name it as https://HOST.")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidField("The server's address must begin with https, or the data could be read in transit.")
    return url.strip().rstrip("/")


def checked_key(key: str) -> str:
    """Return an API key.

    Raises:
        InvalidField: there is none, or it cannot be one.
    """
    if not key.strip().isascii() or not key.strip().isprintable() or not key.strip():
        raise InvalidField("The server must know who asks: put your API key into PEHCHAN_API_KEY.")
    return key.strip()


def http_library() -> ModuleType:
    """Return httpx.

    Raises:
        ServerUnavailable: it is not installed.
    """
    try:
        import httpx
    except ModuleNotFoundError as error:
        raise ServerUnavailable("Asking a server needs httpx; install 'pehchan[queue]'.") from error
    return httpx


def _wait(tried: int, retry_after: str | None) -> float:
    """Return how many seconds to wait: as the service says, else longer with each attempt."""
    if retry_after is not None and retry_after.isdigit():
        return float(retry_after)
    return float(min(FIRST_WAIT * 2 ** (tried - 1), LONGEST_WAIT) * random.uniform(0.5, 1))  # noqa: S311


def _refuse(answer: httpx.Response) -> NoReturn:
    """Raise the error that an answer stands for."""
    try:
        problem = answer.json()
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError) as error:
        raise ServerUnavailable(f"The server answers {answer.status_code}, without saying why.") from error
    kind = KINDS.get(code)
    if kind is None:
        unknown = InvalidInput if answer.is_client_error else ServerUnavailable
        raise unknown(f"{code}: {detail}")
    if issubclass(kind, TooManyRequests | Overload):
        wait = answer.headers.get("Retry-After", "")
        raise kind(detail, int(wait) if wait.isdigit() else 1)
    if issubclass(kind, MalformedTransaction):
        raise kind(detail, [FieldFault(**fault) for fault in problem.get("errors", ())])
    raise kind(detail)


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


def _search(
    purpose: Purpose,
    case_number: str,
    reason: str,
    officer: str,
    max_candidates: int,
    target_fpir: float | None,
    where: Conditions | None,
) -> Form:
    fields: Form = {"purpose": purpose, "case_number": case_number, "reason": reason, "officer": officer}
    fields |= {"max_candidates": str(max_candidates)}
    fields |= {"mode": "investigation"} if target_fpir is None else {"target_fpir": str(target_fpir)}
    for name, value in (where or {}).items():
        fields[name] = [str(item) for item in value] if isinstance(value, list | tuple) else str(value)
    return fields


def _form(fields: Form, samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the fields and files of a form: details that all prints share once, else for each sample."""
    prints = [sample for sample in samples if sample.modality is Modality.FINGERPRINT]
    impressions = {sample.impression or Impression.PLAIN_LIVE_SCAN for sample in prints}
    resolutions = {sample.ppi for sample in prints}
    if impression := _common(impressions):  # 0, a plain live scan, is the default
        fields = fields | {"impression": str(int(impression))}
    if ppi := _common(resolutions):
        fields = fields | {"ppi": str(ppi)}
    if len(impressions) > 1 or len(resolutions) > 1 or any(sample.view for sample in samples):
        fields = fields | {"details": json.dumps(_details(samples))}
    return {"data": fields, "files": list(_files(samples))}


def _common(values: set[Value]) -> Value | None:
    """Return the only value; None for several or none."""
    return next(iter(values)) if len(values) == 1 else None


def _details(samples: Sequence[Sample]) -> dict[str, list[Form]]:
    """Return the details of each sample, by form field, in the order of the files."""
    details: dict[str, list[Form]] = {}
    for sample in samples:
        details.setdefault(field_of(sample.position), []).append(_sample_details(sample))
    return details


def _sample_details(sample: Sample) -> Form:
    """Return the details of a sample, without its finger and without default values."""
    details = {"impression": sample.impression or None, "ppi": sample.ppi, "view": sample.view}
    return {name: value for name, value in details.items() if value is not None}


def _files(samples: Sequence[Sample]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for sample in samples:
        name = field_of(sample.position)
        yield name, (sample.filename or name, sample.content)
