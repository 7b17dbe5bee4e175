"""Access tokens: JSON Web Tokens (RFC 7519) of a few minutes, which only this installation makes and takes.

A token names a session. Whether that goes on, and what its owner may do, is asked of the database at each request: a
token ends with its session, and none carries rights that its owner has no more.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from biometrics.accounts.model import User
from biometrics.kernel.errors import TokenExpired, Unauthenticated

ALGORITHM: Final = "HS256"  # the only one: what a token says of itself is not asked
AUDIENCE: Final = "pehchan-api"
KIND: Final = "at+jwt"  # RFC 9068
LONGEST: Final = timedelta(minutes=15)

NOT_GOOD: Final = "The access token is not good here; sign in again."


@dataclass(frozen=True)
class Claims:
    """What a good token says: whose session it is of, and with what rights it was made."""

    user_id: str
    session_id: str
    rights: str


class AccessTokens:
    """Makes and reads the tokens of one installation."""

    def __init__(self, key: bytes, issuer: str, lifetime: timedelta) -> None:
        """Sign with a 32-byte key; `issuer` names the installation."""
        if not timedelta(0) < lifetime <= LONGEST:
            raise ValueError("an access token lives for 15 minutes at most")
        self._key = OctKey.import_key(key)
        self._issuer = issuer
        self.lifetime = lifetime
        self._registry = JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            sid={"essential": True},
        )

    def issue(self, user: User, session_id: str) -> str:
        """Return a token of a session."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user.id,
            "sid": session_id,
            "iat": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "jti": uuid.uuid4().hex,
            "unit": user.unit.path,
            "roles": sorted(user.roles),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": KIND}, claims, self._key, algorithms=[ALGORITHM])

    def read(self, text: str) -> Claims:
        """Return what a token says.

        Raises:
            TokenExpired: its time is over.
            Unauthenticated: it is none of ours, or was changed.
        """
        try:
            token = jwt.decode(text, self._key, algorithms=[ALGORITHM])
            if token.header.get("typ") != KIND:
                raise Unauthenticated(NOT_GOOD)
            self._registry.validate(token.claims)
        except ExpiredTokenError as error:
            raise TokenExpired("The access token has expired; get a new one with the refresh token.") from error
        except (JoseError, ValueError) as error:
            raise Unauthenticated(NOT_GOOD) from error
        claims = token.claims
        return Claims(str(claims["sub"]), str(claims["sid"]), rights_of(claims.get("roles"), claims.get("unit")))


def rights_of(roles: object, unit: object) -> str:
    """Return roles and unit as one text, to be compared."""
    return f"{','.join(map(str, roles)) if isinstance(roles, list) else ''} {unit}"
