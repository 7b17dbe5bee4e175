"""A bridge with the real recogniser of prints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from capturing import ORIGIN, TOKEN

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from capture.bridge import Bridge
from capture.scanner import Scanner
from capture.session import CaptureSession
from capture.simulator import Simulator
from fingerprint.modality import FINGERPRINT
from iris.modality import IRIS


@pytest.fixture(scope="session")
def new_session() -> Callable[[], CaptureSession]:
    settings = Settings()
    recognisers = {modality: open_recogniser(settings, modality) for modality in (FINGERPRINT, IRIS)}
    return partial(CaptureSession, recognisers, calibration_of(recognisers[FINGERPRINT], settings))


@pytest.fixture
def bridge_of(new_session: Callable[[], CaptureSession]) -> Callable[[Scanner], Bridge]:
    return lambda scanner: Bridge(scanner, ORIGIN, TOKEN, new_session)


@pytest.fixture
def simulated(bridge_of: Callable[[Scanner], Bridge], tmp_path: Path) -> Bridge:
    """Return a bridge to a simulator of `tmp_path`, which takes no time."""
    return bridge_of(Simulator(tmp_path, 0))
