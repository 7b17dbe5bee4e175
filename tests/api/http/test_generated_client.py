"""A client that openapi-python-client generates does the main job: it enrols, searches and reads the result."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from inputs import ENCOUNTER, print_of
from server import running

GENERATOR = Path(sys.prefix) / "client-generator" / "bin"  # an environment of its own: it needs another typer


@pytest.mark.reach
@pytest.mark.skipif(not GENERATOR.exists(), reason="no generator of clients: scripts/test --all installs it")
def test_a_generated_client_enrols_searches_and_reads_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "data") as server:
        document = tmp_path / "openapi.json"
        document.write_text(server.http.get(f"{server.root}/openapi.json").text, "utf-8")
        generate(document, tmp_path / "generated_pehchan")
        monkeypatch.syspath_prepend(str(tmp_path))
        key = server.http.headers["Authorization"].removeprefix("Bearer ")
        with part("client").AuthenticatedClient(base_url=server.root, token=key, timeout=300) as client:
            do_the_main_job(client)


def do_the_main_job(client: Any) -> None:
    body = part("models").BodyCreateEnrolment(
        record=json.dumps({"name": "Asha Verma"}),
        encounter=json.dumps(ENCOUNTER),
        right_thumb=[file(print_of(0, "right_thumb", 0))],
    )
    enrolled = call("records.create_enrolment", client=client, body=body)
    assert enrolled.name == "Asha Verma"

    probe = part("models").BodyIdentifyPerson(
        purpose=part("models").Purpose.INVESTIGATION,
        case_number="0123/2026",
        right_thumb=[file(print_of(0, "right_thumb", 1))],
    )
    search = call("identification.identify_person", client=client, body=probe)
    assert [candidate.record.id for candidate in search.candidates] == [enrolled.id]

    read = call("identification.read_search", search.id, client=client)
    assert read.candidates[0].record.national_number == enrolled.national_number
    assert read.candidates[0].above_threshold is True


def generate(document: Path, folder: Path) -> None:
    """Write a client into a folder; the generator formats it with ruff."""
    paths = os.pathsep.join([str(GENERATOR), os.environ["PATH"]])
    subprocess.run(
        [
            GENERATOR / "openapi-python-client",
            "generate",
            "--path",
            document,
            "--output-path",
            folder,
            "--meta",
            "none",
        ],
        check=True,
        capture_output=True,
        env=os.environ | {"PATH": paths},
    )


def part(name: str) -> Any:
    return import_module(f"generated_pehchan.{name}")


def call(operation: str, *path: object, **arguments: object) -> Any:
    """Call an operation by its group and id; its response must be a success."""
    answer = part(f"api.{operation}").sync_detailed(*path, **arguments)
    assert answer.status_code < 300, answer.content
    return answer.parsed


def file(content: bytes) -> Any:
    return part("types").File(payload=io.BytesIO(content), file_name="thumb.png", mime_type="image/png")
