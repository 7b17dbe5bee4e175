"""A route's place in the queue of work (`api.operations.work_queue`): now, or later by a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.datastructures import UploadFile

from api.accounts.throttle import client_key
from api.http.errors import declares
from api.services import services_of

MUCH = 10  # threads: a ten-print transaction
_OF_FIELD = {"photo": 2, "slap": 4, "card": MUCH, "transaction": MUCH}  # a face is looked at with its mirror image


def is_deferred(prefer: str) -> bool:
    """Return whether a header `Prefer` says that the client does not wait for the answer."""
    return "respond-async" in {word.strip().lower() for word in prefer.replace(";", ",").split(",")}


@declares(deferred=True)
async def _later(
    request: Request,
    prefer: Annotated[
        str | None, Header(description="`respond-async`: answer 202 at once, with a task that will hold the response")
    ] = None,
) -> None:
    if is_deferred(prefer or ""):
        request.state.deferred_weight = await _weight(request)


def deferred_weight(request: Request) -> int | None:
    """Return the weight with which a worker waits for its turn; None if the request is carried out now."""
    weight: int | None = getattr(request.state, "deferred_weight", None)
    return weight


async def _turn(request: Request) -> AsyncIterator[None]:
    if deferred_weight(request) is not None:
        yield
        return
    async with services_of(request).work.turn(_client(request), await _weight(request)):
        yield


async def _rendering_turn(request: Request) -> AsyncIterator[None]:
    async with services_of(request).renderings.turn(_client(request)):
        yield


def _client(request: Request) -> str:
    recognised = getattr(request.state, "recognised", None)  # where the route has asked who it is
    if recognised:
        return str(recognised.user.id)
    return client_key(request.client.host) if request.client else ""


async def _weight(request: Request) -> int:
    """Count the threads that a form's files keep busy. What other bodies hold is not known, and may be much."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return MUCH
    form = await request.form()  # parsed already
    files = [name for name, value in form.multi_items() if isinstance(value, UploadFile)]
    return max(1, sum(_OF_FIELD.get(name, 1) for name in files))


# For routes of operations: it stands after what the route needs of its caller, and before IN_TURN.
LATER = Depends(_later)

# For routes whose work keeps the processor busy. The body has been received when they wait; it is not in memory yet.
IN_TURN = Depends(_turn, scope="function")

# For routes that show an image in another format: a queue of its own, so that pages need not wait for searches.
RENDERED_IN_TURN = Depends(_rendering_turn, scope="function")
