"""What standing searches cost an enrolment: time with none, and with many, of generated latents.

usage: python -m benchmarks.service.standing_searches [--standing 10000] [--people 10] [--fingers 10] [--database URL]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from api.bootstrap.engine import open_engine
from api.demo.people import DemoPerson
from api.settings import Settings
from biometrics.kernel.access import local_operator
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.searches.model import Search, SearchProbe
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.standing_search import store_standing
from biometrics.watchlist.model import StandingKind
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

FIRST_LATENT = 10_000_000  # seeds that no enrolled finger has
LATENT_MINUTIAE = 16


def main() -> None:
    """Enrol people before and after standing searches are made, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--standing", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=10, help="enrolled before and after")
    parser.add_argument("--fingers", type=int, default=10)
    parser.add_argument("--database", default="", help="URL; else SQLite in a temporary folder")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_folder=Path(folder), database_url=arguments.database)
        with open_engine(settings) as opened:
            opened = opened.as_system("a benchmark")
            engine = opened.for_actor(local_operator("benchmark"))
            _times(engine, range(1), arguments.fingers)  # compiles what is compiled at its first use
            _report(console, 0, _times(engine, range(1, 1 + arguments.people), arguments.fingers))
            for number in track(range(arguments.standing), "Standing searches", console=Console(stderr=True)):
                _stand(engine, FIRST_LATENT + number)
            begun = time.perf_counter()
            _times(engine, range(1000, 1001), arguments.fingers)  # the gallery of probes catches up
            console.print(f"the first enrolment after that took {time.perf_counter() - begun:.2f} s")
            later = range(2000, 2000 + arguments.people)
            _report(console, arguments.standing, _times(engine, later, arguments.fingers))


def _times(engine: Engine, people: range, fingers: int) -> list[float]:
    """Return the seconds that each enrolment took, check included."""
    encounter = Encounter("1/2026", "27519004", "519", "27", date(2026, 1, 15), "SI R. Patil")
    seconds = []
    for number in people:
        samples = DemoPerson(number).prints(0, [FingerPosition(code) for code in range(1, fingers + 1)])
        begun = time.perf_counter()
        enrol(engine, Person(f"Person {number}"), encounter, samples, "generated")
        seconds.append(time.perf_counter() - begun)
    return seconds


def _stand(engine: Engine, seed: int) -> None:
    whole = synthetic_template(seed)
    chosen = np.random.default_rng(seed).permutation(len(whole))[:LATENT_MINUTIAE]
    model = engine.channels[FINGERPRINT].recogniser.model
    minutiae = {name: getattr(whole, name)[chosen] for name in ("x", "y", "direction", "quality", "type")}
    template = Template(FINGERPRINT, model, encode(replace(whole, **minutiae)), None)
    probe = SearchProbe(Probe(template, FingerPosition.UNKNOWN, "latent"), "0" * 64)
    searched = Search("1/2026", "", {}, 0, engine.store.templates.last_sequence(), None, (probe,), ())
    assert engine.store.act is not None, "the benchmark acts for the local operator"
    store_standing(engine.store, searched, [], StandingKind.LATENT)


def _report(console: Console, standing: int, seconds: list[float]) -> None:
    console.print(
        f"{standing:,} standing searches: an enrolment takes {statistics.median(seconds):.2f} s "
        f"(median of {len(seconds)}, {min(seconds):.2f} to {max(seconds):.2f})"
    )


if __name__ == "__main__":
    main()
