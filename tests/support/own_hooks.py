"""What Schemathesis must know of our API beside its document: who asks, ids that there are, and prints that are some.

It loads this file by itself; what the test has made is in a file that PEHCHAN_TEST_SCENE names.
"""

from __future__ import annotations

import base64
import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import schemathesis

SCENE = json.loads(Path(os.environ["PEHCHAN_TEST_SCENE"]).read_text())
PRINTS = {finger: base64.b64decode(record) for finger, record in SCENE["prints"].items()}
V1 = "/api/v1"
SPARED = {"user", "key"}  # who asks shall not be closed: Schemathesis finds ids in what it is answered
OF_PEOPLE = ("/me", "/users", "/api-keys", "/cases")  # a key is not enough for these
ENDING = "/me/sessions"  # for this somebody signs in whom nobody misses, every time
TRYING = ("/me/password", "/me/totp")  # for these somebody who is locked out soon, and stays signed in


@schemathesis.auth(refresh_interval=None)
class WhoAsks:
    """An account of all roles: by its key or, where that is not enough, signed in."""

    def get(self, case: Any, context: Any) -> str:
        return _token(case.operation.path.removeprefix(V1))

    def set(self, case: Any, token: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Fill in what there is in three cases of four."""
    for name, value in (case.path_parameters or {}).items():
        if value in ("", ".", ".."):  # clients leave such parts of a path out (RFC 3986): it would be another route's
            case.path_parameters[name] = "-"
    for name in SPARED & set(case.path_parameters or {}):
        case.path_parameters[name] = SCENE["ids"][name]
    positive = case.meta is None or case.meta.generation.mode.is_positive
    if positive and crc32(repr((case.path_parameters, case.body)).encode()) % 4:
        for name, value in (case.path_parameters or {}).items():
            if type(value) is type(SCENE["ids"].get(name)):
                case.path_parameters[name] = SCENE["ids"][name]
        if isinstance(case.body, dict):
            _fill(case.body)


def _fill(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name in SCENE["ids"]:
            body[name] = SCENE["ids"][name]
        elif name in PRINTS and value:
            body[name] = [PRINTS[name]]
        elif name in SCENE["fields"]:
            body[name] = SCENE["fields"][name]


def _token(path: str) -> str:
    if path == ENDING:
        return _signed_in("ending")
    if not path.startswith(OF_PEOPLE):
        return str(SCENE["key"])
    return _still_signed_in("trying" if path.startswith(TRYING) else "staying")


@cache
def _still_signed_in(login: str) -> str:
    return _signed_in(login)


def _signed_in(login: str) -> str:
    entered = {"login": login, "password": SCENE["password"]}
    answer = httpx.post(f"{SCENE['url']}{V1}/tokens", json=entered, timeout=120)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
