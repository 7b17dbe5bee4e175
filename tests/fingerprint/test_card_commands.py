"""`pehchan fingerprint cut`, `check-card` and `latent`, run as an officer would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from inputs import WHY, Run, print_of
from made_up_slaps import lay_slap, single_print
from PIL import Image as Pillow

from biometrics import itl
from biometrics.imaging.image import Image, decode
from fingerprint.codec import decode as decode_template
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint, write_json
from fingerprint.latents.writing import m1_record
from fingerprint.recogniser import FingerprintRecogniser

REFERENCES = "standards/an2/jnbis-itl-references"
ENROL = ["--fir", "1/2026", "--station", "27519004", "--district", "519", "--state", "27", "--officer", "SI R. Patil"]


@pytest.fixture
def slap_file(tmp_path: Path) -> Path:
    """Write a right hand without its ring finger."""
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    path = tmp_path / "slap.png"
    Pillow.fromarray(lay_slap(1, prints, missing=(2,)).pixels).save(path, dpi=(500, 500))
    return path


def test_cut_writes_upright_fingers_and_lists_them(run: Run, slap_file: Path, tmp_path: Path) -> None:
    code, shown, _ = run("fingerprint", "cut", slap_file, "--position", 13, "-m", "4:amputated", "--out", "fingers")
    assert code == 0
    names = sorted(path.name for path in (tmp_path / "fingers").iterdir())
    assert names == ["02_right_index.png", "03_right_middle.png", "05_right_little.png"]
    assert all(word in shown for word in ("right four fingers", "right ring", "amputated", *names))
    finger = decode((tmp_path / "fingers" / names[0]).read_bytes())
    assert finger.ppi == pytest.approx(500, abs=0.1)
    assert finger.height > finger.width


def test_cut_says_in_one_sentence_what_is_wrong(run: Run, slap_file: Path) -> None:
    for arguments, message in (
        (["--position", 13], "slap_not_segmented: The image of the right four fingers shows 3 fingers"),
        (["--position", 3], "invalid_field: 3 is not a slap"),
        (["-m", "thumbling"], "invalid_field: 'thumbling' is not a finger"),
        (["-m", "0:lost"], "invalid_field: '0:lost' names no finger"),
    ):
        code, _, error = run("fingerprint", "cut", slap_file, "--out", "fingers", *arguments)
        assert code == 2
        assert error.startswith(message)


@pytest.mark.slow
def test_check_card_names_a_wrong_finger_and_ends_with_3(run: Run, shared_data: Path, tmp_path: Path) -> None:
    records = itl.parse((shared_data / REFERENCES / "type-14-tpcard-nqm.an2").read_bytes())
    index, middle = records[3], records[4]  # rolled; one is sent as the other
    swapped = [record(middle, 13, b"2"), record(index, 13, b"3"), records[15]]
    first = record(records[0], 3, b"\x1e".join([b"1\x1f3", b"14\x1f01", b"14\x1f02", b"14\x1f03"]))
    path = tmp_path / "card.an2"
    path.write_bytes(itl.serialise([first, *swapped]))
    code, shown, _ = run("fingerprint", "check-card", path)
    assert code == 3
    assert "The plain print of the right index is of the finger rolled as right middle" in shown
    assert "2 rolled prints, 4 plain prints, 1 slaps" in shown


def record(original: itl.ItlRecord, number: int, value: bytes) -> itl.ItlRecord:
    fields = tuple(itl.Field(number, value) if each.number == number else each for each in original.fields)
    return itl.ItlRecord(original.type, fields)


def test_check_card_refuses_what_is_no_card(run: Run, slap_file: Path) -> None:
    code, _, error = run("fingerprint", "check-card", slap_file)
    assert (code, error.partition(":")[0]) == (2, "malformed_transaction")


@pytest.mark.slow
def test_a_latent_is_found_by_image_and_by_marks(run: Run, tmp_path: Path, recogniser: FingerprintRecogniser) -> None:
    for person, name in enumerate(("Asha Verma", "Bela Rao")):
        path = tmp_path / f"{person}.png"
        path.write_bytes(print_of(person, "right_thumb", 1))
        assert run("enrol", "--name", name, "--print", f"right_thumb={path}", *ENROL)[0] == 0
    upside_down = np.rot90(decode(print_of(1, "right_thumb", 2)).pixels, 2)
    Pillow.fromarray(np.ascontiguousarray(upside_down)).save(tmp_path / "latent.png", dpi=(500, 500))
    height, width = upside_down.shape
    marks = marked(upside_down, recogniser)
    (tmp_path / "marks.json").write_bytes(write_json(marks))
    type_9 = itl.ItlRecord(1, (itl.Field(3, b"1\x1f1\x1e9\x1f01"),)), m1_record(marks, idc=1)
    (tmp_path / "marks.an2").write_bytes(itl.serialise(type_9))
    region = f"10,10 {width - 10},10 {width - 10},{height - 10} 10,{height - 10}"
    for file in ("latent.png", "marks.json", "marks.an2"):
        code, shown, _ = run("fingerprint", "latent", *WHY, file, "--roi", region, "--candidates", 2)
        assert code == 0
        best = next(line for line in shown.splitlines() if line.split()[:1] == ["1"])
        assert "Bela Rao" in best
        assert "right thumb" in best
    code, _, error = run("fingerprint", "latent", *WHY, "latent.png", "--roi", "1,2 3")
    assert (code, "is not a region" in error) == (2, True)


def marked(pixels: np.ndarray, recogniser: FingerprintRecogniser) -> MarkedPrint:
    """Mark what the extractor sees, as an examiner might."""
    result = decode_template(recogniser.extract(Image(np.ascontiguousarray(pixels), 500.0, "image/png")).data)
    marks = tuple(MarkedMinutia(each.x, each.y, each.direction, each.type) for each in result.minutiae())
    return MarkedPrint(pixels.shape[1], pixels.shape[0], 500.0, marks)
