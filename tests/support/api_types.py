"""Writes the types of the API's responses for the scripts of the pages: `scripts/api-types` does it, a test compares.

The types are TypeScript declarations of the schemas in the OpenAPI document, in the global namespace `Api`, for
comments such as `@param {Api.SearchOut} search`. Only `tsc` reads them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from api.app import create_app
from api.settings import Settings
from api.web import app as web_app

FILE: Final = Path(web_app.__file__).parent / "api_types.d.ts"
HEADER: Final = """\
// Types of the API's responses, for tsc. scripts/api-types writes this file from the OpenAPI document: do not edit it.

"""
_REFERENCE: Final = "#/components/schemas/"
_PRIMITIVES: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

Schema = dict[str, Any]


def openapi() -> Schema:
    """Return the OpenAPI document of the API."""
    with tempfile.TemporaryDirectory() as folder:
        return create_app(Settings(data_folder=Path(folder), _env_file=None)).openapi()


def declarations(document: Schema) -> str:
    """Return the declarations of all schemas that successful responses of the API use, and of problems."""
    schemas = document["components"]["schemas"]
    used: set[str] = set()
    waiting = [
        response
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status.startswith("2")
    ]
    waiting.append({"$ref": f"{_REFERENCE}Problem"})
    while waiting:
        for name in _references(waiting.pop()):
            if name not in used:
                used.add(name)
                waiting.append(schemas[name])
    lines = [f"  type {_typescript(name)} = {_type(schemas[name], '  ')};\n" for name in sorted(used)]
    return f"{HEADER}declare namespace Api {{\n{''.join(lines)}}}\n"


def _typescript(name: str) -> str:
    """Return the name of the type of a schema; a dataclass that is also sent has one for answers, `-Output`."""
    return name.removeprefix(_REFERENCE).removesuffix("-Output")


def _references(value: Any) -> Iterator[str]:
    """Return the names of the schemas that a part of the document refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].removeprefix(_REFERENCE)
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _type(schema: Schema, indent: str) -> str:
    """Return the TypeScript type of a JSON schema."""
    if "$ref" in schema:
        return _typescript(str(schema["$ref"]))
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    for combination, operator in (("anyOf", " | "), ("oneOf", " | "), ("allOf", " & ")):
        if combination in schema:
            return operator.join(_type(part, indent) for part in schema[combination])
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_type(part, indent) for part in schema['prefixItems'])}]"
        return f"Array<{_type(schema.get('items', {}), indent)}>"
    if schema.get("type") == "object":
        return _object(schema, indent)
    return _PRIMITIVES.get(schema.get("type", ""), "unknown")


def _object(schema: Schema, indent: str) -> str:
    if "properties" not in schema:
        values = schema.get("additionalProperties", {})
        return f"Record<string, {_type(values if isinstance(values, dict) else {}, indent)}>"
    required = schema.get("required", ())
    inner = f"{indent}  "
    lines = [
        f"{inner}{name}{'' if name in required else '?'}: {_type(part, inner)};\n"
        for name, part in schema["properties"].items()
    ]
    return f"{{\n{''.join(lines)}{indent}}}"


if __name__ == "__main__":
    FILE.write_text(declarations(openapi()), "utf-8")
