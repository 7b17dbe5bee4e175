"""Folders and lists are read as published, and what cannot be used is said in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.runs.datasets import (
    PairList,
    UnusableDataset,
    read_faces,
    read_fingerprints,
    read_one_print_a_finger,
    read_pairs,
    read_people,
    without,
)


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_the_last_underscore_parts_finger_and_impression(tmp_path: Path) -> None:
    touch(tmp_path, "left_index_10.PNG", "left_index_2.png", "left_thumb_01.tif", "7_1.wsq", "readme.txt", ".7_2.wsq")
    images = read_fingerprints(tmp_path)
    assert [(image.subject, image.path.name) for image in images] == [
        ("7", "7_1.wsq"),
        ("left_index", "left_index_2.png"),
        ("left_index", "left_index_10.PNG"),
        ("left_thumb", "left_thumb_01.tif"),
    ]


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ([], "holds no images"),
        (["readme.txt", "101_1"], "holds no images"),
        (["101_1.png", "102_1.png", "scan.png"], "scan.png is not named"),
        (["101_1.png", "102_x.png"], "102_x.png is not named"),
        (["101_1.png", "101_01.tif", "102_1.png"], "same impression"),
        (["101_1.png", "101_2.png"], "two fingers"),
        (["101_1.png", "102_1.png"], "two images of one"),
    ],
)
def test_a_folder_that_is_no_fingerprint_set_says_why(tmp_path: Path, names: list[str], match: str) -> None:
    with pytest.raises(UnusableDataset, match=match):
        read_fingerprints(touch(tmp_path, *names))


def test_an_absent_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a file")
    for reader in (read_fingerprints, read_faces, read_people, read_one_print_a_finger):
        for folder in (tmp_path / "absent", tmp_path / "a file"):
            with pytest.raises(UnusableDataset, match="cannot be read"):
                reader(folder)


def test_faces_are_those_of_people_with_two_photos(tmp_path: Path) -> None:
    touch(
        tmp_path, "Bo/x.jpg", "Ann/2.jpg", "Ann/1.jpg", "Cy/1.png", "Cy/2.png", "Cy/notes.txt", "loose.jpg", ".x/1.jpg"
    )
    assert [f"{image.subject}:{image.path.name}" for image in read_faces(tmp_path)] == [
        "Ann:1.jpg",
        "Ann:2.jpg",
        "Cy:1.png",
        "Cy:2.png",
    ]
    assert [image.subject for image in read_people(tmp_path)] == ["Ann", "Ann", "Bo", "Cy", "Cy"]


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["loose.jpg"], "<person>/<image>"),
        (["Ann/1.jpg", "Bo/1.jpg"], "two"),
        (["Ann/1.jpg", "Ann/2.jpg"], "two people"),
    ],
)
def test_a_folder_that_is_no_face_set_says_why(tmp_path: Path, names: list[str], match: str) -> None:
    with pytest.raises(UnusableDataset, match=match):
        read_faces(touch(tmp_path, *names))


def test_socofing_file_names_give_the_person_and_sizes_the_resolution(tmp_path: Path) -> None:
    sizes = {
        "100__M_Left_index_finger.png": (96, 103),
        "100__M_Right_thumb_finger.png": (241, 298),
        "2__F_Left_little_finger.png": (96, 103),
    }
    for name, size in sizes.items():
        Image.new("L", size).save(tmp_path / name)
    images = read_one_print_a_finger(tmp_path)
    assert [(image.subject, image.ppi) for image in images] == [("100", 186.0), ("100", None), ("2", 186.0)]


def test_one_impression_of_each_finger_is_taken_from_fvc_names(tmp_path: Path) -> None:
    touch(tmp_path, "101_2.png", "101_1.png", "102_3.png")
    assert [image.path.name for image in read_one_print_a_finger(tmp_path)] == ["101_1.png", "102_3.png"]


def test_images_are_left_out_by_name_and_a_wrong_name_is_said(tmp_path: Path) -> None:
    images = read_fingerprints(touch(tmp_path, "101_1.png", "101_2.png", "102_1.png"))
    assert [image.path.name for image in without(images, ["101_2"])] == ["101_1.png", "102_1.png"]
    assert without(images, []) == images
    with pytest.raises(UnusableDataset, match="no image called 103_1 "):
        without(images, ["101_2", "103_1"])


def pairs_of(tmp_path: Path, text: str) -> PairList:
    touch(tmp_path, *(f"{name}/{name}_{i:04d}.jpg" for name in ("Ann", "Bo", "Cy") for i in (1, 2, 13)))
    (tmp_path / "pairs.txt").write_text(text)
    return read_pairs(tmp_path / "pairs.txt", tmp_path)


BODY = "Ann\t1\t13\nBo\t2\t1\nAnn\t1\tBo\t2\nCy\t1\tBo\t13\n"


def test_pairs_name_images_by_person_and_number(tmp_path: Path) -> None:
    listed = pairs_of(tmp_path, BODY)
    names = [image.path.name for image in listed.images]
    assert names == ["Ann_0001.jpg", "Ann_0013.jpg", "Bo_0001.jpg", "Bo_0002.jpg", "Bo_0013.jpg", "Cy_0001.jpg"]
    assert listed.pairs.tolist() == [[0, 1], [3, 2], [0, 3], [5, 4]]
    assert [image.subject for image in listed.images] == ["Ann", "Ann", "Bo", "Bo", "Bo", "Cy"]


@pytest.mark.parametrize(
    ("header", "folds"), [("", [0, 0, 0, 0]), ("2\n", [0, 0, 0, 0]), ("1\t2\n", [0, 0, 0, 0]), ("2\t1\n", [0, 0, 1, 1])]
)
def test_the_first_line_says_the_folds_and_may_be_missing(tmp_path: Path, header: str, folds: list[int]) -> None:
    listed = pairs_of(tmp_path, header + BODY)
    assert len(listed.pairs) == 4
    np.testing.assert_array_equal(listed.folds, folds)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("3\n" + BODY, "first line says 1 x 2 x 3"),
        ("2\t2\n" + BODY, "first line says 2 x 2 x 2"),
        ("0\n" + BODY, "first line"),
        ("two folds\n" + BODY, "first line"),
        (BODY + "Ann 1\n", "'Ann 1'"),
        (BODY + "Ann one 2\n", "'Ann one 2'"),
        (BODY + "Ann 1 Bo 2 3\n", "Ann 1 Bo 2 3"),
        (BODY + "Ann 1 3\n", "Ann_0003, which is not in"),
        (BODY + "Zoe 1 2\n", "Zoe_0001, which is not in"),
        ("Ann 1 2\nBo 1 2\n", "two people"),
        ("Ann 1 Bo 2\n", "same person"),
    ],
)
def test_a_pairs_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(UnusableDataset, match=match):
        pairs_of(tmp_path, text)


def test_an_absent_or_binary_pairs_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("absent", "binary"):
        with pytest.raises(UnusableDataset, match="cannot be read"):
            read_pairs(tmp_path / name, tmp_path)


@pytest.mark.reach
def test_the_real_sets_have_the_published_sizes(shared_data: Path) -> None:
    for name in ("FVC2002/DB1_B", "FVC2002/DB2_B", "FVC2004/DB3_B"):
        images = read_fingerprints(shared_data / "fingerprint" / name)
        assert (len(images), len({image.subject for image in images})) == (80, 10)
    prints = read_one_print_a_finger(shared_data / "fingerprint" / "SOCOFing")
    assert (len(prints), len({image.subject for image in prints})) == (3000, 300)
    lfw = shared_data / "face" / "lfw"
    listed = read_pairs(lfw / "pairsDevTest.txt", lfw)
    subjects = np.array([image.subject for image in listed.images])
    same = subjects[listed.pairs[:, 0]] == subjects[listed.pairs[:, 1]]
    assert (len(same), int(same.sum()), len(np.unique(listed.folds))) == (1000, 500, 1)
