"""Extract samples and kept probes again until killed or done.

Usage: extract_until_killed.py FOLDER DATABASE_URL SECONDS_OF_LEASE.

Each is printed before it is extracted, so that a test can kill this process in the midst of one.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

from api.bootstrap.engine import open_engine
from benchmarks.service.second_model import with_two_models
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Recogniser
from biometrics.searches.probe_templates import ProbePlace
from biometrics.use_cases.models.reextract import Reextraction


class Told(Reextraction):
    """Prints what it extracts."""

    def _template(self, sample_id: int, recogniser: Recogniser) -> Template:
        os.write(1, f"{sample_id}\n".encode())
        return super()._template(sample_id, recogniser)

    def _probe_template(self, place: ProbePlace, recogniser: Recogniser) -> Template:
        os.write(1, f"{place}\n".encode())
        return super()._probe_template(place, recogniser)


settings = with_two_models(Path(sys.argv[1]), database_url=sys.argv[2])
with open_engine(settings) as engine:
    lease = timedelta(seconds=float(sys.argv[3]))
    Told(engine.as_system("a test"), lease).work_off()
