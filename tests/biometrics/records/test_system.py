"""Nothing is done on nobody's behalf: a store is an actor's, or the system's, for a reason that is listed here."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from acting import HERE, act_of

import api
import biometrics
from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.search.identify import SearchRequest, identify

# What is done without an account: after whatever an account was allowed, or in the background.
REASONS = {
    "the database was opened by its URL and its master keys",
    "checks enrolments",
    "compares the images of a case",
    "compares unsolved latents",
    "compares with standing searches",
    "finishes erasures",
    "knows the files of an examiner's cases",
    "extracts samples again",
    "shows a case's images",
    "shows the photos of a line-up",
    "writes a clearance certificate",
    "writes the report of a case for a court",
}

USES: list[Callable[[RecordStore], object]] = [
    lambda store: store.create_record(Person("Asha"), "27"),
    lambda store: store.people.get("a"),
    lambda store: store.people.find(RecordQuery(), 1),
    lambda store: store.samples.get(1),
    lambda store: store.searches.get("a"),
    lambda store: store.history.of_person("a"),
    lambda store: store.note(Action.RECORD_READ, "a"),
    lambda store: store.editor.undo_merge("a", 1, "no"),
    lambda store: store.begin().__enter__(),
    lambda store: store.uploads(),
]


def test_a_store_without_an_actor_does_nothing(store: RecordStore) -> None:
    for use in USES:
        with pytest.raises(AssertionError, match="no actor"):
            use(store.for_nobody())


def test_an_actor_and_the_system_say_who_they_are(store: RecordStore) -> None:
    nobody = store.for_nobody()
    record = nobody.as_system("a test").create_record(Person("Asha"), "27")
    assert nobody.for_actor(act_of(HERE)).people.get(record.id) == record


def test_a_server_and_the_command_line_open_a_store_that_acts_for_nobody(tmp_path: Path) -> None:
    with (
        open_engine(Settings(data_folder=tmp_path, _env_file=None)) as engine,
        pytest.raises(AssertionError, match="no actor"),
    ):
        identify(engine, SearchRequest(()))


def test_the_system_acts_for_these_reasons_alone() -> None:
    reasons = set()
    for path in (path for package in (api, biometrics) for path in Path(package.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "as_system":
                assert isinstance(node.args[0], ast.Constant | ast.Name), path
                reasons |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
            if isinstance(node, ast.keyword) and node.arg == "system" and isinstance(node.value, ast.Constant):
                reasons.add(node.value.value)
    assert reasons == REASONS
