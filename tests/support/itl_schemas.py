"""The schemas of XML transactions."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

import biometrics.itl.xml
from biometrics.itl.xml.names import NAMESPACES

INTERPOL = "standards/interpol"
_XSD = "{http://www.w3.org/2001/XMLSchema}"


def itl_schema(shared_data: Path) -> etree.XMLSchema:
    """Return the schemas of the standard and of INTERPOL, and our extension."""
    imports = {
        NAMESPACES["int-i"]: shared_data / INTERPOL / "XMLschemas/int-i/1.0/int-i.xsd",
        NAMESPACES["pehchan"]: Path(biometrics.itl.xml.__file__).with_name("pehchan.xsd"),
    }
    root = etree.Element(f"{_XSD}schema")
    for namespace, path in imports.items():
        etree.SubElement(root, f"{_XSD}import", namespace=namespace, schemaLocation=path.as_uri())
    return etree.XMLSchema(root)


def interpols_sample(shared_data: Path, name: str) -> bytes:
    """Return one of INTERPOL's samples: ERR, MPS or SRE-HIT_CPS."""
    return (shared_data / INTERPOL / f"XMLsamples/Sample-{name}-INT-ITransaction.xml").read_bytes()
