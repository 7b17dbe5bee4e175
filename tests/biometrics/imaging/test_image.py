"""Bytes become pixels, or a clear error; nothing in between."""

from __future__ import annotations

import io
import os
import random
import signal
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from biometrics.imaging import decoder, image
from biometrics.kernel.errors import (
    BadImage,
    EmptyImage,
    ImageTooLarge,
    InvalidResolution,
    UndecodableImage,
    UnsupportedImage,
)
from biometrics.kernel.technique.helper_process import HelperPool
from biometrics.kernel.technique.limits import MAX_FILE_BYTES

GRADIENT = np.tile(np.arange(0, 240, 2, dtype=np.uint8), (100, 1))


def encoded(picture: Pillow.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def wsq_file(pixels: np.ndarray) -> bytes:
    import _wsq

    return bytes(_wsq.compress(pixels.tobytes(), pixels.shape[0], pixels.shape[1], 0.75))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "PPM"])
def test_lossless_formats_give_the_pixels_that_went_in(form: str) -> None:
    decoded = image.decode(encoded(Pillow.fromarray(GRADIENT), form))
    np.testing.assert_array_equal(decoded.pixels, GRADIENT)
    assert decoded.ppi is None


@pytest.mark.parametrize("form", ["JPEG", "JPEG2000"])
def test_lossy_formats_give_nearly_the_pixels_that_went_in(form: str) -> None:
    decoded = image.decode(encoded(Pillow.fromarray(GRADIENT), form))
    assert np.abs(decoded.pixels.astype(int) - GRADIENT).max() <= 12


def test_pixels_are_read_only() -> None:
    decoded = image.decode(encoded(Pillow.fromarray(GRADIENT), "PNG"))
    with pytest.raises(ValueError, match="read-only"):
        decoded.pixels[0, 0] = 1


def test_resolution_comes_from_the_caller_then_the_file() -> None:
    tagged = encoded(Pillow.fromarray(GRADIENT), "TIFF", dpi=(1000, 1000))
    assert image.decode(tagged).ppi == pytest.approx(1000)
    assert image.decode(tagged, ppi=500).ppi == 500


@pytest.mark.parametrize("dpi", [1, 72, 96, 9000])
def test_a_tag_that_no_scanner_writes_is_no_resolution(dpi: int) -> None:
    assert image.decode(encoded(Pillow.fromarray(GRADIENT), "TIFF", dpi=(dpi, dpi))).ppi is None


@pytest.mark.parametrize("ppi", [0, -500, 50, 1e9, float("nan")])
def test_a_resolution_that_no_scanner_has_is_refused(ppi: float) -> None:
    with pytest.raises(InvalidResolution):
        image.decode(encoded(Pillow.fromarray(GRADIENT), "PNG"), ppi)


def test_exif_orientation_is_applied() -> None:
    picture = Pillow.fromarray(GRADIENT)
    exif = picture.getexif()
    exif[0x0112] = 6  # the camera was held so that the picture must be turned clockwise
    assert image.decode(encoded(picture, "JPEG", exif=exif)).pixels.shape == (120, 100)


def test_sixteen_bits_are_scaled_to_eight() -> None:
    deep = Pillow.fromarray(GRADIENT.astype(np.uint16) * 257)
    np.testing.assert_array_equal(image.decode(encoded(deep, "PNG")).pixels, GRADIENT)


def test_transparency_is_laid_on_white() -> None:
    clear = Pillow.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert np.all(image.decode(encoded(clear, "PNG")).pixels == 255)


def test_colour_and_grey_are_given_as_asked() -> None:
    red = image.decode(encoded(Pillow.new("RGB", (20, 30), "red"), "PNG"))
    assert red.grey().shape == (30, 20)
    assert red.rgb()[0, 0].tolist() == [255, 0, 0]
    assert image.decode(encoded(Pillow.fromarray(GRADIENT), "PNG")).rgb().shape == (100, 120, 3)


def test_no_bytes_is_an_empty_image() -> None:
    with pytest.raises(EmptyImage):
        image.decode(b"")


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7 ...", b"GIF89a" + bytes(100), b"\x00" * 1000])
def test_other_files_are_unsupported(content: bytes) -> None:
    with pytest.raises(UnsupportedImage):
        image.decode(content)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "JPEG2000", "PPM"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_undecodable(form: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (100, 120), dtype=np.uint8)
    whole = encoded(Pillow.fromarray(noise), form)
    with pytest.raises(UndecodableImage):
        image.decode(whole[: int(len(whole) * share)])


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(ImageTooLarge):
        image.decode(b"\x89PNG" + bytes(MAX_FILE_BYTES))


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_decompression_bomb_is_refused_by_its_header(side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    with pytest.raises(ImageTooLarge):
        image.decode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [(16, 600), (600, 16), (30_000, 1_000)])
def test_an_image_as_narrow_or_long_as_no_print_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge):
        image.decode(encoded(Pillow.new("L", size), "PNG"))


def test_a_jpeg_that_goes_over_its_pixels_without_end_is_refused() -> None:
    """Seventy bytes a scan: a file of a few megabytes would keep a processor busy for an hour."""
    usual = encoded(Pillow.fromarray(GRADIENT), "JPEG", progressive=True)
    image.decode(usual)
    scan = usual[usual.rindex(b"\xff\xda") : -2]
    with pytest.raises(UndecodableImage, match="scans"):
        image.decode(usual[:-2] + decoder.MAX_SCANS * scan + usual[-2:])


def test_a_picture_of_a_few_pixels_is_refused() -> None:
    with pytest.raises(UndecodableImage):
        image.decode(encoded(Pillow.new("L", (3, 3)), "PNG"))


def test_wsq_decodes_as_nist_does(shared_data: Path) -> None:
    folder = shared_data / "standards" / "wsq" / "jnbis"
    decoded = image.decode((folder / "sample.wsq").read_bytes())
    np.testing.assert_array_equal(decoded.pixels, image.decode((folder / "sample.png").read_bytes()).grey())
    assert (decoded.ppi, decoded.media_type) == (500, "image/x-wsq")


def test_jpeg2000_of_the_standards_is_read(shared_data: Path) -> None:
    decoded = image.decode((shared_data / "standards/jpeg2000/libbiomeval/img.jp2").read_bytes())
    assert decoded.pixels.shape == (1007, 908)
    assert decoded.ppi == pytest.approx(1000, abs=0.01)


def test_any_format_is_rendered_as_a_png_for_browsers(shared_data: Path) -> None:
    wsq_sample = (shared_data / "standards/wsq/jnbis/sample.wsq").read_bytes()
    rendered = image.decode(image.png(wsq_sample))
    assert (rendered.ppi, rendered.media_type) == (pytest.approx(500, abs=0.01), "image/png")
    assert np.array_equal(rendered.pixels, image.decode(wsq_sample).pixels)


def test_a_rendering_is_made_as_small_as_asked_for_and_never_larger() -> None:
    pixels = np.zeros((400, 200, 3), np.uint8)
    file = encoded(Pillow.fromarray(pixels), "PNG", dpi=(500, 500))
    small = image.decode(image.png(file, 160))
    assert (small.height, small.width, small.pixels.ndim) == (160, 80, 3)
    assert small.ppi == pytest.approx(200, abs=0.1)
    assert image.decode(image.png(file, 4000)).pixels.shape == pixels.shape


def test_wsq_bomb_is_refused_by_its_header() -> None:
    frame = b"\xff\xa0\xff\xa2" + struct.pack(">HBBHHHBHBH", 17, 0, 255, 60_000, 60_000, 0, 0, 0, 0, 0)
    with pytest.raises(ImageTooLarge):
        image.decode(frame)


def test_a_hostile_wsq_is_undecodable_and_the_process_lives() -> None:
    """Some mutations crash the C decoder outright; all must end as an error, or as an image of the stated size."""
    whole = wsq_file(np.random.default_rng(2).integers(0, 256, (64, 64), dtype=np.uint8))
    refused = 0
    for seed in range(25):
        dice = random.Random(seed)
        mutated = bytearray(whole)
        for _ in range(10):
            mutated[dice.randrange(2, len(mutated))] = dice.randrange(256)
        try:
            image.decode(bytes(mutated[: dice.randrange(20, len(mutated))]))
        except BadImage:
            refused += 1
    assert refused > 15


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("os.abort()", UndecodableImage),
        ("raise OSError", UndecodableImage),
        ("bytearray(MEMORY)", ImageTooLarge),
        ("while True: pass", UndecodableImage),
    ],
)
def test_a_decoder_that_crashes_or_goes_beyond_its_limits_costs_one_image(
    fault: str, error: type[BadImage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(decoder.__file__).read_text()
    broken = source.replace("picture.load()", fault)
    program = tmp_path / "decoder.py"
    program.write_text(broken.replace(f"CPU_SECONDS = {decoder.CPU_SECONDS}", "CPU_SECONDS = 1"))
    monkeypatch.setattr(image, "_DECODERS", HelperPool([sys.executable, "-I", str(program)], 600))
    with pytest.raises(error):
        image.decode(encoded(Pillow.fromarray(GRADIENT), "PNG"))
    noise = np.random.default_rng(2).integers(0, 256, (64, 64), dtype=np.uint8)
    assert image.decode(wsq_file(noise)).pixels.shape == (64, 64)


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",  # as it would the master key
        "os.open('/tmp', os.O_TMPFILE | os.O_RDWR)",
        "os.listdir('/')",
        "__import__('_socket').socket(2, 2)",
        "os.execv('/bin/false', ['false'])",
        "os.kill(os.getpid(), 0)",
        "os.chmod('/tmp', 0o1777)",
    ],
)
def test_code_that_takes_over_a_decoder_reaches_nothing_else(
    attempt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = f"""
    try:
        {attempt}
    except PermissionError:
        picture.load()
    else:
        os.abort()
"""
    program = tmp_path / "decoder.py"
    program.write_text(Path(decoder.__file__).read_text().replace("    picture.load()\n", hostile))
    monkeypatch.setattr(image, "_DECODERS", HelperPool([sys.executable, "-I", str(program)], 600))
    assert image.decode(encoded(Pillow.fromarray(GRADIENT), "PNG")).pixels.shape == GRADIENT.shape


def test_a_signal_to_stop_all_processes_does_not_stop_a_decoder_before_the_service() -> None:
    file = encoded(Pillow.fromarray(GRADIENT), "PNG")
    image.decode(file)
    helper = image._DECODERS._idle_helper()
    assert helper is not None
    os.kill(helper._process.pid, signal.SIGTERM)
    assert helper.ask(file, 600) is not None
