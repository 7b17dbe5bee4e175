"""A server has compiled its matcher before it processes prints: compiling takes longer than a request may."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from fastapi.testclient import TestClient
from inputs import form, photo_of, print_of

from fingerprint.compiled import finish_compiling, start_compiling

SEARCH = """
import gc
import numpy as np
from numba.core.dispatcher import Dispatcher
from api.bootstrap.compilation import compile_matcher
from biometrics.kernel.people.labels import LABEL
from fingerprint.codec import decode, encode
from fingerprint.features import features
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain
from fingerprint.matching.matcher import match
from fingerprint.synthetic.templates import synthetic_template
from index.feature_sets import FeatureSetIndex

def compiled():
    return {(each.__module__, each.__name__, str(signature))
            for each in gc.get_objects() if isinstance(each, Dispatcher) for signature in each.signatures}

compile_matcher().join()
stored = [encode(synthetic_template(seed)) for seed in range(20, 30)]
before = compiled()
index = FeatureSetIndex()
index.add(np.arange(10), [features(decode(data)) for data in stored], np.zeros(10, LABEL))
index.search(features(decode(stored[0])), 3)
prints = [prepare(decode(data)) for data in stored]
match(prints[0], prints)
explain(prints[0], prints[1])
print(len(before), sorted(compiled() - before))
"""


def test_searches_and_explanations_after_the_start_of_a_server_compile_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", SEARCH], capture_output=True, text=True, check=False)
    count, _, compiled_later = done.stdout.strip().partition(" ")
    assert int(count) > 10, done.stderr
    assert compiled_later == "[]"


def test_a_server_that_still_compiles_enrols_a_photo_and_refuses_prints(client: TestClient) -> None:
    photo, prints = {"photo": photo_of(0)}, {"right_thumb": print_of(0, "right_thumb", 0)}
    enrol = partial(client.post, "/api/v1/enrolments", data=form(name="Asha"))
    start_compiling()
    try:
        assert enrol(files=photo).status_code == 201
        for files in (prints, photo | prints, {"palm_right_full": prints["right_thumb"]}):
            refused = enrol(files=files)
            assert (refused.status_code, refused.json()["code"]) == (503, "matcher_compiling")
            assert refused.headers["Retry-After"] == "10"
        ready = client.get("/health/ready").json()
        assert (ready["status"], ready["checks"]["matcher"]) == (
            "partial",
            "The matcher for prints is being compiled.",
        )
    finally:
        finish_compiling()
    assert len(client.get("/api/v1/records").json()["records"]) == 1
    assert enrol(files=prints).status_code == 201
