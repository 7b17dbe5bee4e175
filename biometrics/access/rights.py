"""Which right each method of a store needs. It is checked before the method runs, whichever interface calls it.

    @needs(Scope.RECORD_MERGE)
    def merge(self, ...): ...

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.VERIFY)
    def record(self, ...): ...

    @unrestricted("an account reads its own notifications only")
    class NotificationStore: ...

A store's actor is its `_act` or that of its `_context`, that of the store that it belongs to (`_store`), or a method's
argument `act`; a repository's is that of its unit of work (`_work`).
Without an actor it is the system itself (`RecordStore.as_system`), which may do everything. A test walks all stores and
fails on a public method that declares nothing, and on one that writes and is declared `unrestricted` without being on
the test's list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, Final, ParamSpec, TypeVar

from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import Forbidden
from biometrics.kernel.request_context import RequestContext
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database

P = ParamSpec("P")
T = TypeVar("T")

HIDE: Final = Scope.RECORD_EXPUNGE  # the right to take a person's samples out of searches, and to put them back

# Why several methods of the records store need no scope.
MATCHING: Final = "templates and ids for comparisons; access to the result is checked where it is requested"
FIGURES: Final = "counts over all people"
OWN: Final = "the actor's own request, when it arrives again"
SHARED: Final = "nothing is read or changed"

_RULE = "__rule__"


@dataclass(frozen=True)
class AccessRule:
    """What a method needs: all of its scopes, or one of them; or none, and why."""

    scopes: tuple[Scope, ...] = ()
    one_is_enough: bool = False
    why_none: str = ""

    def missing(self, act: Act) -> tuple[Scope, ...]:
        """Return the scopes that the actor lacks; nothing where the actor may."""
        lacking = tuple(scope for scope in self.scopes if not act.actor.may(scope))
        if self.one_is_enough and len(lacking) < len(self.scopes):
            return ()
        return lacking


def needs(*scopes: Scope) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare that a method needs all of some scopes."""
    return _declaring(AccessRule(scopes))


def needs_one_of(*scopes: Scope) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare that a method needs one of some scopes."""
    return _declaring(AccessRule(scopes, one_is_enough=True))


def unrestricted(why: str) -> Callable[[T], T]:
    """Declare that a method, or every method of a store that declares nothing else, needs no scope; and why."""

    def declare(target: T) -> T:
        setattr(target, _RULE, AccessRule(why_none=why))
        return target

    return declare


def rule_of(store: type, name: str) -> AccessRule | None:
    """Return the access rule that a method of a store or its class declares, None without one."""
    of_method: AccessRule | None = getattr(getattr(store, name), _RULE, None)
    of_class: AccessRule | None = vars(store).get(_RULE)
    return of_method or of_class


def require(store: Any, *scopes: Scope) -> None:
    """Check that a store's actor has all of some scopes; for what a method does only in some cases.

    Of a store, call it before the transaction begins: a refusal is written to the audit log.

    Raises:
        Forbidden: they have not.
    """
    _require(store, AccessRule(scopes), type(store).__name__)


def note_refusal(database: Database, act: Act | None, error: Forbidden) -> None:
    """Append the audit entry of a refusal for a missing right, after its transaction was rolled back."""
    if act is None or not error.missing or error.noted:
        return
    with database.noting() as connection:
        detail = {"needs": sorted(error.missing), "what": error.what}
        audit.append(connection, act, Action.REFUSED, "", code=Forbidden.code, **detail)
    error.noted = True


def refusal(scopes: Collection[Scope]) -> str:
    """Return the message for an actor who lacks scopes."""
    return f"You don't have permission to do this: it needs {' or '.join(scopes)}. Ask an administrator of your unit."


def _declaring(rule: AccessRule) -> Callable[[Callable[P, T]], Callable[P, T]]:
    def declare(method: Callable[P, T]) -> Callable[P, T]:
        names = list(signature(method).parameters)
        index = names.index("act") if "act" in names else None

        @wraps(method)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            if index is None:
                _require(args[0], rule, method.__qualname__)
            else:
                argument = kwargs.get("act", args[index] if index < len(args) else None)
                act = argument if isinstance(argument, Act) else None
                _check(_database_of(args[0]), act, rule, method.__qualname__)
            return method(*args, **kwargs)

        setattr(checked, _RULE, rule)
        return checked

    return declare


def _database_of(store: Any) -> Database:
    database: Database = getattr(store, "_store", store)._database
    return database


def _act_of(store: Any) -> Act | None:
    """Return on whose behalf a store is used; one that says nothing of it cannot be used at all."""
    inner = getattr(store, "_store", store)
    context: RequestContext | None = getattr(inner, "_context", None)
    act: Act | None = inner._act if context is None else context.acting
    return act


def _require(store: Any, rule: AccessRule, method_name: str) -> None:
    if work := getattr(store, "_work", None):
        if work.act is not None and (missing := rule.missing(work.act)):
            raise _refused(missing, method_name)  # the unit of work notes it when its transaction is rolled back
    else:
        _check(_database_of(store), _act_of(store), rule, method_name)


def _check(database: Database, act: Act | None, rule: AccessRule, method_name: str) -> None:
    if act is not None and (missing := rule.missing(act)):
        error = _refused(missing, method_name)
        note_refusal(database, act, error)
        raise error


def _refused(missing: tuple[Scope, ...], method_name: str) -> Forbidden:
    error = Forbidden(refusal(missing))
    error.missing, error.what = missing, method_name
    return error
