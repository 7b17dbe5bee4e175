"""Whether an answer is one that the OpenAPI document tells of."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from fastapi import FastAPI

from biometrics.kernel.recognition.modality import Modality

PROBLEM = "application/problem+json"
_documents: dict[tuple[str, tuple[Modality, ...]], Document] = {}


class Operation(NamedTuple):
    """An operation of the document; `path` as it is asked for."""

    path: re.Pattern[str]
    method: str
    described: dict[str, Any]


class Document(NamedTuple):
    """What the checks need of an OpenAPI document."""

    operations: tuple[Operation, ...]  # those with the fewest parameters first
    codes: frozenset[str]  # of problems


def document(app: FastAPI) -> Document:
    """Return what an application's document holds: all applications with the same modalities share it.

    To make a document takes a second, longer than to open the application and to enrol two people.
    """
    key = (app.title, tuple(Modality.registered()))
    if key not in _documents:
        described = app.openapi()
        operations = [
            Operation(re.compile(re.sub(r"{\w+}", "[^/]+", path)), method.upper(), operation)
            for path, methods in sorted(described["paths"].items(), key=lambda item: item[0].count("{"))
            for method, operation in methods.items()
        ]
        codes = described["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        _documents[key] = Document(tuple(operations), frozenset(codes))
    return _documents[key]


def check(app: FastAPI, method: str, path: str, answer: Any) -> None:
    """Fail where an operation of the document answers what it does not tell of."""
    operations, codes = document(app)
    operation = next(
        (operation for operation in operations if operation.method == method and operation.path.fullmatch(path)), None
    )
    if operation is None:
        return
    response = operation.described["responses"].get(str(answer.status_code))
    assert response, (
        f"{method} {path} answers {answer.status_code}, which its documentation does not tell: {answer.text}"
    )
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == PROBLEM, f"{method} {path}: {answer.headers['content-type']}"
        assert answer.json()["code"] in codes
