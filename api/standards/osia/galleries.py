"""What OSIA's interface says of galleries."""

from __future__ import annotations

from typing import Any

from api.standards.common.service import Abis
from api.standards.osia.calls import Call


def read_galleries(abis: Abis, _: Call, __: None) -> list[str]:
    """Return the names of all galleries."""
    return abis.osia.galleries.names()


def read_content(abis: Abis, call: Call, _: None) -> list[dict[str, Any]]:
    """Return who is in a gallery."""
    offset, limit = call.parameters.get("offset") or 0, call.parameters.get("limit", 1000)
    members = abis.osia.galleries.page(call.text("galleryId"), offset, limit)
    return [{"personId": person_id, "encounterId": encounter_id} for person_id, encounter_id in members]
