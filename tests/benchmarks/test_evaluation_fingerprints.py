"""Which prints are compared with which, over several folders."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.extracted import Extracted
from benchmarks.runs.fingerprints import of_people, read_folders, read_people, within_folders
from biometrics.matching.calibration import Score


class Made(Extracted):
    def compare(self, pairs: np.ndarray) -> np.ndarray:
        return np.zeros(len(pairs))


def made(images: tuple[LabelledImage, ...]) -> Extracted:
    calibration = SimpleNamespace(score=lambda raw: Score(raw, False, raw, raw), digest="cd")
    return Made(SimpleNamespace(model="ab"), calibration, images, (None,) * len(images), 1)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for sensor in ("A/DB1", "B/DB1"):
        (tmp_path / sensor).mkdir(parents=True)
        for finger in ("101", "102"):
            for impression in (1, 2):
                (tmp_path / sensor / f"{finger}_{impression}.png").touch()
    return tmp_path


def test_a_subject_is_named_after_its_sensor_and_may_be_another_one(folders: Path) -> None:
    images, sensors = read_folders([str(folders / "A/DB1"), f"{folders / 'B/DB1'}:569"], {"B/DB1/102": "A/DB1/101"})
    assert sensors == ("A/DB1",) * 4 + ("B/DB1",) * 4
    assert [image.subject for image in images[::2]] == ["A/DB1/101", "A/DB1/102", "B/DB1/101", "A/DB1/101"]
    assert [image.ppi for image in images[::4]] == [500.0, 569.0]


def test_a_finger_that_is_not_there_cannot_be_the_same(folders: Path) -> None:
    with pytest.raises(UnusableDataset, match="no finger B/DB1/102;"):
        read_folders([str(folders / "A/DB1")], {"B/DB1/102": "A/DB1/101"})


def test_peers_compare_within_a_folder(folders: Path) -> None:
    images, sensors = read_folders([str(folders / "A/DB1"), str(folders / "B/DB1")], {})
    first, second = within_folders(images, sensors, non_mated=3)
    assert first[:2].tolist() == [[0, 1], [2, 3]]
    assert (len(first), len(second)) == (5, 5)
    assert (first < 4).all()
    assert (second >= 4).all()
    subjects = [image.subject for image in images]
    assert all(subjects[i] != subjects[j] for i, j in first[2:])


def test_people_are_compared_finger_with_finger_as_many_women_as_men(tmp_path: Path) -> None:
    people = (("1", "M"), ("2", "M"), ("3", "F"), ("4", "M"), ("5", "F"))
    for person, sex in people:
        for finger in ("Left_thumb", "Right_index"):
            Image.new("L", (32, 32)).save(tmp_path / f"{person}__{sex}_{finger}_finger.png")
    images = read_people(tmp_path, at_most=2)
    assert sorted({image.subject for image in images}) == ["1", "2", "3", "5"]
    compared = of_people(made(images))
    assert len(compared.pairs) == 2 * 6  # four people, two fingers
    names = [image.path.name.split("_", 3)[3] for image in images]
    assert all(names[i] == names[j] and images[i].subject != images[j].subject for i, j in compared.pairs)
    assert compared.samples.groups["sex"][:2] == ("men", "men")
    assert len(read_people(tmp_path, 1, leave_out=["3__F_Left_thumb_finger"])) == 3


def test_a_file_name_without_a_sex_is_refused(folders: Path) -> None:
    with pytest.raises(UnusableDataset, match="does not contain the sex"):
        read_people(folders / "A/DB1", at_most=5)
