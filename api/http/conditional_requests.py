"""Versions of records as entity tags: a change names the version that it was made from (RFC 9110, If-Match)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from api.http.errors import declares
from biometrics.kernel.errors import InvalidField, VersionMissing

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", description='The ETag of the record as it was read, such as "3"; another version is refused'
    ),
]


@declares(412, 428)
def required_version(if_match: IfMatch = None) -> int:
    """Return the version that a change was made from.

    Raises:
        VersionMissing: the header is absent.
        InvalidField: it is not one entity tag that a record gave.
    """
    if if_match is None:
        raise VersionMissing(
            "A change of a record needs the header If-Match with the ETag from reading the record, so that no other "
            "change is lost; read the record first."
        )
    return _version(if_match)


@declares(412)
def optional_version(if_match: IfMatch = None) -> int | None:
    """Return the version that something is added to, None where the caller does not mind.

    Raises:
        InvalidField: the header is not one entity tag that a record gave.
    """
    return None if if_match is None else _version(if_match)


def tag_of(version: int) -> str:
    """Return the ETag of an answer that shows a version."""
    return f'"{version}"'


def _version(if_match: str) -> int:
    match = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', if_match)
    if match is None:
        raise InvalidField(f'If-Match is {if_match}; send the ETag of the record as it came, such as "3".')
    return int(match[1])


Version = Annotated[int, Depends(required_version)]
OptionalVersion = Annotated[int | None, Depends(optional_version)]
