"""Templates as files, of images and of other systems' minutiae records."""

from __future__ import annotations

import json
from pathlib import Path

from inputs import Run, print_of


def test_a_minutiae_record_and_an_image_give_templates_that_are_compared(
    run: Run, tmp_path: Path, shared_data: Path
) -> None:
    record = shared_data / "standards/iso19794/biomdi/ISO19794-2-2005_Appendix-C2_Example.raw"
    image = tmp_path / "print.png"
    image.write_bytes(print_of(1, "right_index", 0))
    for source, out, finger in ((record, "a.json", "left index"), (image, "b.json", "")):
        code, output, errors = run("template", "extract", source, "--out", out, "--finger", finger, "--json")
        assert code == 0, errors
        assert json.loads(output)["modality"] == "fingerprint"
    assert run("template", "match", "a.json", "b.json")[0] == 0
