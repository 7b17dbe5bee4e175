"""Queues of offline stations: many enrolments in one request, each separate."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Json, ValidationError
from starlette.concurrency import run_in_threadpool

from api.http.authentication import needs, note_refusal, recognised_by
from api.http.dependencies import EngineDependency
from api.http.errors import details_of, details_of_fault, details_of_invalid, honest
from api.http.validation import names_at
from api.services import services_of
from api.v1.batches_schemas import BatchItemIn, BatchItemOut
from api.v1.samples_form import read_upload
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import Forbidden, InvalidField, PehchanError
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.kernel.technique.text import refuse_unfit_texts
from biometrics.storage import commits
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.batch_enrolment import StoredArrival, enrol_once

router = APIRouter(tags=["records"])

MAX_ITEMS = 100
MEDIA_TYPE = "application/x-ndjson"
_LINES = {
    MEDIA_TYPE: {
        "schema": {"type": "string"},
        "example": '{"key": "7d0a2f0e-6a8f-4c46-9a53-2c1f8f0b7a11", "status": 201, "record_id": '
        '"5f0c7f61-6e0e-4f6c-8d3c-0f4a8f6a1a77", "national_number": "2700000012", "encounter_id": '
        '"b1b54a3c-02ad-4f1c-9a0f-6f2d6a2b9a10", "problem": null}\n',
    }
}


@router.post(
    "/batches",
    summary="Enrol a batch",
    dependencies=[needs(Scope.ENCOUNTER_WRITE)],
    response_class=StreamingResponse,
    responses={200: {"content": _LINES, "description": "A line of JSON an item, in their order, as each is done"}},
)
def create_batch(
    request: Request,
    items: Annotated[
        Json[list[dict[str, Any]]],
        Form(
            description=f"1 to {MAX_ITEMS} items, each with the fields `key`, `record`, `encounter`, `samples`, and if "
            "wanted `queued_at` and `accept_poor_quality`; a sample has `file`, its index among `files`, and if it is "
            "a print `position`, `impression` and `ppi`, if a photo `view`. See docs/offline.md"
        ),
    ],
    engine: EngineDependency,
    files: Annotated[list[UploadFile] | None, File(description="The images and minutiae records of all items")] = None,
    clock_ahead: Annotated[
        int | None,
        Form(description="By how many seconds the station's clock is ahead of this server's; kept in the audit log"),
    ] = None,
) -> StreamingResponse:
    """Enrol the items that an offline station queued, one after another, each in its own transaction.

    Each answer has the `status` that a single enrolment would have: 201 with the record, or an error with a `problem`.
    An item that is sent again under its key gets the same answer and is not enrolled again. The answer is
    newline-delimited JSON, one line per item, sent as soon as that item is done.
    """
    _check(items)
    batch = _Batch(request, engine, files or [], clock_ahead)
    return StreamingResponse(batch.results(items), media_type=MEDIA_TYPE)


def _check(items: Sequence[dict[str, Any]]) -> None:
    """Refuse a batch with repeated keys, or one that is too long."""
    if not 1 <= len(items) <= MAX_ITEMS:
        raise InvalidField(
            f"A batch has 1 to {MAX_ITEMS} items, and this one {len(items)}; send the others by themselves."
        )
    keys = [item.get("key") for item in items]
    for index, key in enumerate(keys):
        if not isinstance(key, str):
            raise InvalidField(f"Item {index} has no key; give each item one that was made when it was queued.")
        IdempotencyKey(key, "")
        if keys.index(key) != index:
            raise InvalidField(f"Items {keys.index(key)} and {index} have the same key; give each its own.")


class _Batch:
    """The items of one request, on behalf of who sends it."""

    def __init__(self, request: Request, engine: Engine, files: Sequence[UploadFile], clock_ahead: int | None) -> None:
        self._request = request
        self._engine = replace(engine, rules=replace(engine.rules, at_once=False))  # checked soon, in the background
        self._files = files
        self._clock_ahead = clock_ahead

    async def results(self, items: Sequence[dict[str, Any]]) -> AsyncIterator[str]:
        """Enrol the items, one after the other."""
        for item in items:
            yield (await self._result(item)).model_dump_json() + "\n"

    async def _result(self, item: dict[str, Any]) -> BatchItemOut:
        key = item["key"]
        commits.watch()
        try:
            refuse_unfit_texts("The item", item)
            read = BatchItemIn.model_validate(item)
            work = services_of(self._request).work
            client = recognised_by(self._request).user.id
            async with work.turn(client, max(1, len(read.samples))):
                enrolled = await run_in_threadpool(self._enrolled, read)
        except ValidationError as error:
            return BatchItemOut.refused(key, details_of_invalid(error.errors(), partial(names_at, BatchItemIn)))
        except PehchanError as error:
            if isinstance(error, Forbidden):
                await run_in_threadpool(note_refusal, self._request, error)
            return BatchItemOut.refused(key, details_of(honest(error)))
        except Exception as error:  # noqa: BLE001 - it is logged, and the next items must not go without their answers
            return BatchItemOut.refused(key, details_of_fault(error, uuid.uuid4().hex))
        stored = (enrolled.record_id, enrolled.national_number, enrolled.encounter_id)
        return BatchItemOut(key=key, status=201, record_id=stored[0], national_number=stored[1], encounter_id=stored[2])

    def _enrolled(self, item: BatchItemIn) -> StoredArrival:
        if len({sample.file for sample in item.samples}) < len(item.samples):
            raise InvalidField("A file is named twice; each is one sample of an item.")
        samples = []
        for sample in item.samples:
            if sample.file >= len(self._files):
                raise InvalidField(f"There is no file {sample.file}: {len(self._files)} came with the batch.")
            upload = self._files[sample.file]
            upload.file.seek(0)
            samples.append(sample.read(upload.filename or "", read_upload(upload)))
        enrolled = enrol_once(self._engine, item.arrival(samples))
        self._engine.store.note(
            Action.ENCOUNTER_DELIVERED,
            enrolled.record_id,
            encounter=enrolled.encounter_id,
            is_new=enrolled.is_new,
            queued_at=item.queued_at.isoformat() if item.queued_at else None,
            clock_ahead=self._clock_ahead,
        )
        return enrolled
