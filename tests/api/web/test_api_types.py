"""The types that the scripts of the pages are checked with are those of the API."""

from __future__ import annotations

import api_types


def test_the_types_of_responses_are_those_of_the_openapi_document() -> None:
    assert api_types.FILE.read_text("utf-8") == api_types.declarations(api_types.openapi()), "run scripts/api-types"
