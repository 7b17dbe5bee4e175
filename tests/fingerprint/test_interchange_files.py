"""Published records of other systems: read as the JSON beside them says, written back, and read again."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from biometrics.kernel.errors import UnsupportedRecord
from biometrics.kernel.recognition.capture import Impression
from fingerprint.interchange.codec import read_record, write_record
from fingerprint.interchange.extended import RIDGE_COUNTS, blocks, ridge_counts
from fingerprint.interchange.record import FingerView, MinutiaeRecord, RecordFormat

# Each finger minutiae record, its format, and which of its bytes are not those of the standard: a length that misses
# by one or two, or a version with 0 for the space.
RECORDS = {
    "iso19794/fingerprintio/iso19794p2v2005-sample.dat": (RecordFormat.ISO_19794_2_2005, []),
    "iso19794/biomdi/ISO19794-2-2005_Appendix-C2_Example.raw": (RecordFormat.ISO_19794_2_2005, [11]),
    "iso19794/libbiomeval/fmr.iso2005": (RecordFormat.ISO_19794_2_2005, [329]),
    "iso19794/fingerprintio/iso19794p2v2011-sample.dat": (RecordFormat.ISO_19794_2_2011, []),
    "ansi378/fingerprintio/ansi378v2004-sample.dat": (RecordFormat.ANSI_378_2004, [4, 9]),
    "ansi378/biomdi/ANSI378-2004_Appendix-B2_Example.raw": (RecordFormat.ANSI_378_2004, []),
    "ansi378/libbiomeval/fmr.ansi2004": (RecordFormat.ANSI_378_2004, [516]),
    "ansi378/libbiomeval/fmr.ansi2007": (RecordFormat.ANSI_378_2007, []),
    "ansi378/fingerprintio/ansi378v2009-sample.dat": (RecordFormat.ANSI_378_2009, [11]),
    "ansi378/fingerprintio/ansi378v2009am1-sample.dat": (RecordFormat.ANSI_378_2009_AM1, []),
}
WITH_JSON = [name for name in RECORDS if name.endswith(".dat")]

TYPES = {1: "ENDING", 2: "BIFURCATION"}
SCAN_TYPES = {Impression.PLAIN_LIVE_SCAN: "LIVE_PLAIN"}
VENDORS_OWN = 0x100


@pytest.fixture
def standards(shared_data: Path) -> Path:
    """Return the folder of published records."""
    return shared_data / "standards"


@pytest.mark.parametrize("name", RECORDS)
def test_published_record_survives_writing(standards: Path, name: str) -> None:
    content = (standards / name).read_bytes()
    kind, wrong = RECORDS[name]
    record = read_record(content)
    written = write_record(record)
    assert record.format is kind
    assert len(written) == len(content)
    assert [place for place, (old, new) in enumerate(zip(content, written, strict=True)) if old != new] == wrong
    assert read_record(written) == record


@pytest.mark.parametrize("name", WITH_JSON)
def test_published_record_says_what_its_json_says(standards: Path, name: str) -> None:
    path = standards / name
    expected = json.loads(path.with_suffix(".json").read_text())
    assert as_json(read_record(path.read_bytes()), expected) == expected


def test_records_of_other_things_are_refused_by_name(standards: Path) -> None:
    others = [path for path in (standards / "iso19794").rglob("*") if path.is_file() and path.suffix != ".json"]
    others = [path for path in others if str(path.relative_to(standards)) not in RECORDS]
    assert len(others) > 15
    for path in others:
        with pytest.raises(UnsupportedRecord):
            read_record(path.read_bytes())
    with pytest.raises(UnsupportedRecord, match="face"):
        read_record((standards / "iso19794/libbiomeval/face01.iso2005").read_bytes())


def as_json(record: MinutiaeRecord, like: dict[str, Any]) -> dict[str, Any]:
    """Return a record in the words of FingerprintIO, with the keys of `like`."""
    first = record.views[0]
    whole = {
        "vendorId": record.owner,
        "subformat": record.product,
        "sensorCertified": bool(first.device.compliance),
        "sensorId": first.device.id,
        "width": first.width,
        "height": first.height,
        "resolutionX": first.resolution_x,
        "resolutionY": first.resolution_y,
        "fingerprints": [
            view_as_json(record, view, keys) for view, keys in zip(record.views, like["fingerprints"], strict=True)
        ],
    }
    return {key: whole[key] for key in like}


def view_as_json(record: MinutiaeRecord, view: FingerView, like: dict[str, Any]) -> dict[str, Any]:
    """Return a view in the words of FingerprintIO, with the keys of `like`."""
    result = blocks(view.extended)
    counted = next((ridge_counts(block) for block in result if block.type == RIDGE_COUNTS), None)
    names = TYPES | {0: "EITHER" if record.format.name.startswith("ANSI_378_2009") else "OTHER"}
    whole = {
        "datetime": dict(view.captured._asdict()),
        "sensorType": {0: "UNKNOWN"}[view.device.technology],
        "sensorVendor": view.device.vendor,
        "sensorId": view.device.id,
        "qrecords": [block._asdict() for block in view.qualities],
        "certificates": list(view.certificates),
        "position": view.position.name,
        "view": view.number,
        "scanType": SCAN_TYPES[Impression(view.impression)],
        "quality": view.qualities[0].score,
        "qualityVendorId": view.qualities[0].vendor,
        "qualityAlgorithmId": view.qualities[0].algorithm,
        "width": view.width,
        "height": view.height,
        "resolutionX": view.resolution_x,
        "resolutionY": view.resolution_y,
        "endingType": {0: "VALLEY_SKELETON_BIFURCATION"}[view.ending_place],
        "minutiae": [
            {
                "type": names[minutia.type],
                "positionX": minutia.x,
                "positionY": minutia.y,
                "angle": minutia.angle,
                "quality": minutia.quality,
            }
            for minutia in view.minutiae
        ],
        "counts": counted
        and {
            "type": counted.method.name,
            "edges": [{"from": edge.start, "to": edge.end, "count": edge.ridges} for edge in counted.edges],
        },
        "coredelta": None,
        "zones": None,
        "extensions": [
            {"type": block.type, "data": base64.b64encode(block.data).decode()}
            for block in result
            if block.type >= VENDORS_OWN
        ],
    }
    for block in whole["qrecords"]:
        block["quality"] = block.pop("score")
    return {key: whole[key] for key in like}
