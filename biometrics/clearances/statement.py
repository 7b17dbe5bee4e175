"""The statement of a clearance certificate: a short JSON text, signed by the station, which a QR code holds.

It can be checked with the station's public key alone. That shows who signed it and that nothing was changed, but not
whether it was revoked since.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from biometrics.clearances.model import Clearance, Decision
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.clock import day_of
from biometrics.storage.audit.log import plain_json
from biometrics.storage.crypto.signing import is_signed

KIND: Final = "pehchan-clearance-1"
LONGEST: Final = 4000  # characters of a text that is checked
LONGEST_SIGNED: Final = 2300  # bytes of one that is signed: a QR code of level M holds 2,329 of a text in UTF-8
_NOT_OURS: Final = (
    "This is not the text of a clearance certificate from Pehchan, or a character of it was changed; scan the QR code "
    "again."
)
_FIELDS: Final = frozenset(
    {
        "certificate",
        "number",
        "name",
        "born",
        "document",
        "for",
        "to",
        "result",
        "searched",
        "issued",
        "until",
        "key_id",
    }
)


@dataclass(frozen=True)
class Verified:
    """What a statement says, whether its signature is right, and whether its validity has ended."""

    content: Mapping[str, Any]
    is_genuine: bool
    is_expired: bool


def sign_statement(
    clearance: Clearance, decision: Decision, issued: date, until: date, public_key: str, sign: Callable[[bytes], str]
) -> str:
    """Return the statement of a certificate, signed; `sign` returns a signature in hex.

    Raises:
        InvalidField: the details are too long for the QR code.
    """
    request = clearance.request
    assert request is not None, "only what was not erased is decided"
    content = {
        "certificate": KIND,
        "number": clearance.number,
        "name": request.name,
        "born": request.birth_date.isoformat(),
        "document": request.document,
        "for": request.wanted_for,
        "to": request.authority,
        "result": decision.outcome.value,
        "searched": day_of(clearance.searched_at).isoformat(),
        "issued": issued.isoformat(),
        "until": until.isoformat(),
        "key_id": public_key[:16],
    }
    if decision.details:
        content["details"] = decision.details
    signature = bytes.fromhex(sign(plain_json(content).encode()))
    statement = plain_json(content | {"signature": b64encode(signature).decode()})
    if (over := len(statement.encode()) - LONGEST_SIGNED) > 0:
        raise InvalidField(
            f"The certificate's QR code lacks room for {over} bytes; shorten the details, of which a letter of Hindi "
            "takes three."
        )
    return statement


def verify_statement(text: str, public_key: str, today: date) -> Verified:
    """Check a statement with the public key (hex) of the station that signed it.

    Raises:
        InvalidField: the text is no statement of a clearance certificate, or the key is none.
    """
    if len(public_key) != 64 or set(public_key) - set("0123456789abcdef"):
        raise InvalidField("The public key has 64 hexadecimal digits; copy it from the police's website or office.")
    content = parse_statement(text)
    signature = b64decode(content.pop("signature")).hex()
    is_genuine = is_signed(plain_json(content).encode(), signature, public_key)
    return Verified(content, is_genuine, date.fromisoformat(content["until"]) < today)


def parse_statement(text: str) -> dict[str, Any]:
    """Return the content of a statement with its signature, unverified.

    Raises:
        InvalidField: it is none, or was written in another way than the original.
    """
    try:
        content = json.loads(text[: LONGEST + 1])
        expected_fields = _FIELDS | {"signature"} | ({"details"} & content.keys())
        is_ours = content.keys() == expected_fields and content["certificate"] == KIND
        is_ours &= all(isinstance(value, str) for value in content.values())
        is_ours &= b64encode(b64decode(content["signature"], validate=True)).decode() == content["signature"]
        date.fromisoformat(content["until"])
        written = plain_json(content)
        written.encode()  # half a character cannot be signed
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidField(_NOT_OURS) from error
    if not is_ours or written != text.strip():
        raise InvalidField(_NOT_OURS)
    return dict(content)
