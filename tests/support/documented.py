"""Whether an answer is one that the OpenAPI document tells of."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from fastapi import FastAPI

PROBLEM = "application/problem+json"


class Operation(NamedTuple):
    """An operation of the document; `path` as it is asked for."""

    path: re.Pattern[str]
    method: str
    described: dict[str, Any]


@cache
def operations(app: FastAPI) -> tuple[Operation, ...]:
    """All operations of an application, those with the fewest parameters first."""
    results = [
        Operation(re.compile(re.sub(r"{\w+}", "[^/]+", path)), method.upper(), described)
        for path, methods in sorted(app.openapi()["paths"].items(), key=lambda item: item[0].count("{"))
        for method, described in methods.items()
    ]
    return tuple(results)


def check(app: FastAPI, method: str, path: str, answer: Any) -> None:
    """Fail where an operation of the document answers what it does not tell of."""
    operation = next(
        (operation for operation in operations(app) if operation.method == method and operation.path.fullmatch(path)),
        None,
    )
    if operation is None:
        return
    response = operation.described["responses"].get(str(answer.status_code))
    assert response, (
        f"{method} {path} answers {answer.status_code}, which its documentation does not tell: {answer.text}"
    )
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == PROBLEM, f"{method} {path}: {answer.headers['content-type']}"
        assert answer.json()["code"] in app.openapi()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
