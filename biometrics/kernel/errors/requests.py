"""Errors about a request: its fields, its repetition, deferred requests, and how many are served at once."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, Fault, InvalidInput, NotFound, Overload


class InvalidField(InvalidInput):
    """A value breaks its rule."""

    code = "invalid_field"


class InvalidText(InvalidInput):
    """A text holds characters that cannot be stored or shown: NUL, half a surrogate pair, another control character."""

    code = "invalid_text"


class UnknownField(InvalidInput):
    """A form field, uploaded file, query parameter or JSON property that the operation does not have."""

    code = "unknown_field"


class KeyReused(InvalidInput):
    """An idempotency key that was used for another request."""

    code = "idempotency_key_reused"


class SecretShown(Conflict):
    """A repeated request was carried out before; its answer held a secret, which is kept nowhere."""

    code = "secret_shown_before"


class VersionMissing(InvalidInput):
    """A change of what is stored that does not say which version it was made from."""

    code = "version_missing"


class AddressRefused(InvalidInput):
    """An address of a client's that this service may not call, or that does not answer as it must."""

    code = "address_refused"


class UnknownTask(NotFound):
    """The task does not exist, or has been removed."""

    code = "unknown_task"


class TaskUnfinished(Conflict):
    """A task has no result yet."""

    code = "task_unfinished"


class TaskOutdated(InvalidInput):
    """Another version of the service accepted a task, and this one cannot carry it out: send the request again."""

    code = "task_outdated"


class UnknownWebhook(NotFound):
    """There is no webhook of this id."""

    code = "unknown_webhook"


class Busy(Overload):
    """Too many requests by all clients together."""

    code = "busy"


class Stopping(Overload):
    """The service is being stopped."""

    code = "stopping"


class TooManyAtOnce(Overload):
    """By this client."""

    code = "too_many_at_once"


class MatcherCompiling(Overload):
    """The kernels that compare prints are being compiled, once after an installation."""

    code = "matcher_compiling"


class Unfinished(Fault):
    """The request failed part-way, and some of it may be stored."""

    code = "unfinished"
