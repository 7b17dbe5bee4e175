"""Certificates of destruction: what was destroyed, by which rule, signed by the station.

A certificate holds ids, names of files and fingerprints of keys, but nothing about the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from biometrics.kernel.errors import InvalidField
from biometrics.storage.audit.log import plain_json
from biometrics.storage.crypto.signing import is_signed


@dataclass(frozen=True)
class Certificate:
    """What `content` says, plain JSON, and the signature of it in hex."""

    content: Mapping[str, Any]
    signature: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a certificate's file.

        Raises:
            InvalidField: it is none.
        """
        try:
            read = json.loads(text)
            content, signature = read["content"], read["signature"]
            if content["certificate"] != "pehchan-expungement-1":
                raise InvalidField("This is a certificate of another kind or of a newer version of Pehchan.")
            parts = {name: content[name] for name in _FIELDS}
            plain_json(content).encode()  # what is signed; half a character cannot be
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InvalidField(
                "This is not a certificate of destruction from Pehchan; give the original file."
            ) from error
        if not isinstance(signature, str) or not all(isinstance(parts[name], kind) for name, kind in _FIELDS.items()):
            raise InvalidField("This is not a certificate of destruction from Pehchan; give the original file.")
        return cls(content, signature)

    @property
    def id(self) -> str:
        """The id of the expungement."""
        return str(self.content["id"])

    @property
    def text(self) -> str:
        """The certificate as a file."""
        return json.dumps({"content": self.content, "signature": self.signature}, indent=1, sort_keys=True) + "\n"

    @property
    def encounters(self) -> list[str]:
        """The ids of the encounters that were destroyed."""
        return [str(entry["encounter"]) for entry in self.content["encounters"]]

    @property
    def destroyed(self) -> list[dict[str, Any]]:
        """What a rule is given for: encounters, or a search whose probes' files were destroyed."""
        return [*self.content["encounters"], *(search for search in self.content["searches"] if "rule" in search)]

    def is_of(self, public_key: str) -> bool:
        """Say whether the owner of a public key (hex) signed exactly this."""
        return is_signed(plain_json(self.content).encode(), self.signature, public_key)


_FIELDS: Mapping[str, type] = {
    "id": str,
    "station": str,
    "removed": list,
    "at": str,
    "record": str,
    "record_removed": bool,
    "encounters": list,
    "samples": list,
    "templates": list,
    "files": list,
    "searches": list,
    "dead_keys": dict,
    "key_copies": dict,
    "sequence": int,
    "public_key": str,
}
