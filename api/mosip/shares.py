"""Where a client's biometric data are: MOSIP's data shares, which answer with the data, or say in JSON why not."""

from __future__ import annotations

import json
from typing import Any

from api.abis.service import Abis
from api.mosip.cbeff import MAX_DOCUMENT
from api.mosip.reasons import Reason, Refused

_EXPIRED = "expired"  # of one error code, MOSIP has this message and another


def fetch(abis: Abis, url: str) -> bytes:
    """Return the CBEFF at an address.

    Raises:
        AddressRefused: it is not allowed, or does not answer.
        Refused: the share says that it is not there any more, or not for us.
    """
    content = abis.outward.get(url, MAX_DOCUMENT)
    if content.lstrip()[:1] == b"{":
        raise _refusal(content)
    return content


def _refusal(content: bytes) -> Refused:
    try:
        errors: Any = json.loads(content).get("errors")
        first = errors[0]
        code, message = str(first.get("errorCode")), str(first.get("message"))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Refused(Reason.NOT_FETCHED, "The data share answers with JSON that is no error of MOSIP's.")
    reason = Reason.SHARE_EXPIRED if _EXPIRED in message.lower() else Reason.NOT_FETCHED
    return Refused(reason, f"The data share answers with the error {code}.")
