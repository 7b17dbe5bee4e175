"""The namespaces of the XML encoding, and the names that elements have in the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.etree.ElementTree import Element

NAMESPACES: Mapping[str, str] = {
    "itl": "http://biometrics.nist.gov/standard/2011",
    "biom": "http://niem.gov/niem/biometrics/1.0",
    "nc": "http://niem.gov/niem/niem-core/2.0",
    "int-i": "http://interpol.gov/int-i/1.0",
    "pehchan": "urn:pehchan:itl:1.0",
}
# What later and earlier versions are called, too; their elements have the same names.
_FAMILIES = (
    ("itl", re.compile(r"http://biometrics\.nist\.gov/standard/")),
    ("biom", re.compile(r"http://(release\.)?niem\.gov/niem/(domains/)?biometrics/")),
    ("nc", re.compile(r"http://(release\.)?niem\.gov/niem/niem-core/")),
    ("int-i", re.compile(r"http://interpol\.(gov|int)/int-i/")),
    ("pehchan", re.compile(r"urn:pehchan:itl:1\.0$")),
)
PACKAGE = "itl:NISTBiometricInformationExchangePackage"
FIRST_RECORD = "itl:PackageInformationRecord"
CATEGORY, REFERENCE = "biom:RecordCategoryCode", "biom:ImageReferenceIdentification"
RECORD, FIELDS, FEATURES = "pehchan:Record", "pehchan:Fields", "pehchan:MinutiaeFields"
FIELD, SUBFIELD, ITEM, BASE64 = "pehchan:Field", "pehchan:Subfield", "pehchan:Item", "pehchan:Base64"
DATE, MOMENT, POLYGON = "nc:Date", "nc:DateTime", "biom:ImageSegmentPolygon"
DURATION = "biom:ImageCaptureDateEstimateRange"
BYTES = ("BinaryObject", "BinaryBase64Object")


@lru_cache(4096)
def name_of(tag: str) -> str:
    """Return an element's name with our prefix of its namespace: `other` for an unknown one."""
    uri, _, local = tag.rpartition("}")
    if not uri:
        return tag  # one that we made
    prefix = next((prefix for prefix, family in _FAMILIES if family.match(uri[1:])), "other")
    return f"{prefix}:{local}"


def local_children(element: Element) -> dict[str, Element]:
    """Return the elements within one by name, the last of each."""
    return {name_of(child.tag): child for child in element}
