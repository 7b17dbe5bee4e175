"""The mate of a real latent is found among people who can all be compared with it."""

from __future__ import annotations

from pathlib import Path

from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.latent_probes import Latent, latent_probes
from api.settings import Settings
from biometrics.imaging.image import decode
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.searches.model import LEFT_OUT
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.candidates import stored_candidates
from biometrics.use_cases.search.identify import SearchRequest, search
from biometrics.use_cases.search.replay import replay
from fingerprint.codec import encode
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import MinutiaType

STRANGERS = 40
SHORTLIST = 5  # far fewer than there are prints, as among many more the usual 200 are
FINGER = ((330.0, 20.0), (500.0, 20.0), (510.0, 200.0), (400.0, 360.0), (240.0, 410.0), (240.0, 250.0))


def enrol_strangers(engine: Engine) -> None:
    model = engine.channels[FINGERPRINT].recogniser.model
    for seed in range(STRANGERS):
        made = synthetic_template(seed)
        sample = Sample(FINGERPRINT, b"print %d" % seed, "print.png", FingerPosition.RIGHT_INDEX)
        template = Template(FINGERPRINT, model, encode(made), 80)
        source = Source("image/png", made.width, made.height, 500.0)
        store_person(engine.store, Person(f"Person {seed}"), encounter(), [EnrolledSample(sample, source, template)])


def test_the_mate_that_the_index_does_not_name_is_found(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "fingerprint" / "latents" / "real-good"
    content = (folder / "latent.png").read_bytes()
    image = decode(content, 500.0)
    marks = tuple(MarkedMinutia(x, 250.0, 0.0, MinutiaType.ENDING) for x in (350.0, 400.0, 20.0))
    marked = MarkedPrint(image.width, image.height, 500.0, marks, FingerPosition.UNKNOWN, FINGER)
    latent = Latent("latent.png", image, content, marked, FingerPosition.UNKNOWN)
    with open_engine(Settings(data_folder=tmp_path, shortlist=SHORTLIST)) as opened:
        engine = opened.as_system("a test")
        enrol_strangers(engine)
        print_ = Sample(FINGERPRINT, (folder / "sensor.png").read_bytes(), "", FingerPosition.RIGHT_THUMB, ppi=500.0)
        mate = store_person(engine.store, Person("Mate"), encounter(), engine.extract([print_])).record_id
        found = latent_probes(engine, latent)
        request = SearchRequest((), target_fpir=None, is_latent=True, left_out=found.left_out)
        stored = search(engine, request, found.probes)
        assert stored_candidates(stored).people[0].candidate.record_id == mate
        assert [text.split(" took no part")[0] for text in stored.search.settings[LEFT_OUT]] == [
            "1 of 3 marked minutiae",
            "Fingerprints: what is marked",
        ]
        assert replay(engine, stored.id).same
