"""`pehchan api`: any request of the HTTP API, for what has no command of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

import typer

from api.cli.arguments import IdempotencyKeyOption, json_of, read_file, write_file
from api.cli.operator import service
from api.cli.terminal import print_result
from api.http.paths import API
from biometrics.kernel.errors import InvalidField

app = typer.Typer()

# What `-F` sends as JSON; all else is text.
_JSON: Final = re.compile(r"""true|false|null|-?\d+(?:\.\d+)?|[\[{"].*""", re.DOTALL)
_IN_THE_QUERY: Final = ("GET", "HEAD", "DELETE")


@app.command("api")
def send(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.")],
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="What follows /api/v1, such as cases/CASE/take or 'cases?state=new'.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            "-F",
            "--field",
            metavar="NAME=VALUE",
            help="A field: of the query of GET and DELETE, else of a JSON object. A number, true, false, null, [...], "
            '{...} and "..." are sent as JSON. @FILE uploads a file, and makes the request a form. May be repeated, '
            "with one name for a list.",
        ),
    ] = None,
    raw_field: Annotated[
        list[str] | None, typer.Option("-f", "--raw-field", metavar="NAME=TEXT", help="A field that is text.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="The JSON to send, in place of fields.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the response to a file.")] = None,
    version: Annotated[int | None, typer.Option(help="The version of the record that was read (If-Match).")] = None,
    idempotency_key: IdempotencyKeyOption = "",
) -> None:
    """Send a request to the HTTP API as the local operator, or to --server, and print its response."""
    method = method.upper()
    fields = [(name, value, True) for name, value in map(_split, field or ())]
    fields += [(name, value, False) for name, value in map(_split, raw_field or ())]
    if json_file and fields:
        raise InvalidField("Give either fields or --input.")
    path, _, query_text = path.partition("?")
    query = parse_qsl(query_text)
    sent = {"json": json_of(json_file), "params": _collected(query)} if json_file else _sent(method, query, fields)
    with service() as client:
        segments = path.removeprefix(API).strip("/").split("/")
        answer = client.answer(method, *segments, version=version, key=idempotency_key, **sent)
    if out:
        write_file(out, answer.content)
    elif answer.headers.get("content-type", "").endswith("json"):
        print_result(answer.json(), True)
    else:
        typer.echo(answer.content, nl=False)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InvalidField(f"{text!r} is no field; write NAME=VALUE.")
    return name, value


def _sent(method: str, query: list[tuple[str, str]], fields: list[tuple[str, str, bool]]) -> dict[str, Any]:
    """Return a path's query and fields (name, value, whether the value is typed) as a client sends them."""
    uploads = [(name, Path(value[1:])) for name, value, typed in fields if typed and value.startswith("@")]
    texts = [(name, value) for name, value, typed in fields if not (typed and value.startswith("@"))]
    if uploads:
        files = [(name, (file.name, read_file(file))) for name, file in uploads]
        return {"params": _collected(query), "data": _collected(texts), "files": files}
    if method in _IN_THE_QUERY:
        return {"params": _collected([*query, *texts])}
    content = _collected((name, _value(value) if typed else value) for name, value, typed in fields)
    return {"params": _collected(query)} | ({"json": content} if content else {})


def _collected(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return values by their names; those of one name as a list."""
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


def _value(text: str) -> Any:
    if _JSON.fullmatch(text):
        with suppress(ValueError):
            return json.loads(text)
    return text
