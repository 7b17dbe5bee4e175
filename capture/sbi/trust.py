"""Which devices are trusted: answers signed (RFC 7515) with a certificate that leads to one of the operator's.

Every answer brings the certificate of its key in `x5c`. A chain leads from it over certificates of the answer or of the
operator's file, each valid now and issued by the next, to one of that file: MOSIP's adopter, or a device provider.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from capture.errors import DeviceUntrusted

ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
LONGEST_CHAIN: Final = 5
LEAST_RSA_BITS: Final = 2048
LEAST_CURVE_BITS: Final = 256
LEAST_DIGEST_BYTES: Final = 28  # SHA-224: for SHA-1 and MD5 two certificates of one signature are made


class _Registry(jws.JWSRegistry):
    """Lets in what devices sign: chains of certificates, images."""

    max_header_length = 64 * 1024
    max_payload_length = 64 * 2**20


_REGISTRY: Final = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True)
class TrustStore:
    """The operator's certificates."""

    anchors: tuple[x509.Certificate, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read certificates in PEM.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no certificates.
        """
        return cls(tuple(x509.load_pem_x509_certificates(path.read_bytes())))

    def content_of(self, token: object) -> dict[str, Any]:
        """Return the JSON object that a trusted device has signed as a compact JWS.

        Raises:
            DeviceUntrusted: it is unsigned, changed, or signed by something else.
        """
        if not isinstance(token, str) or token.count(".") != 2:
            raise DeviceUntrusted("The device's answer is not signed.")
        try:
            chain = [x509.load_der_x509_certificate(der) for der in _certificates_of(token)]
            verified = jws.deserialize_compact(token, _key_of(chain[0]), registry=_REGISTRY)
            content = json.loads(verified.payload)
        except (JoseError, ValueError, TypeError, LookupError) as error:
            raise DeviceUntrusted("The signature of the device's answer is wrong.") from error
        self._check_chain(chain)
        if not isinstance(content, dict):
            raise DeviceUntrusted("The device has signed something else than an answer.")
        return content

    def _check_chain(self, chain: Sequence[x509.Certificate]) -> None:
        moment = datetime.now(UTC)
        current = chain[0]
        for _ in range(LONGEST_CHAIN):
            _check_time(current, moment)
            _check_strength(current)
            if current in self.anchors:
                return
            issuers = (certificate for certificate in (*self.anchors, *chain[1:]) if _has_issued(certificate, current))
            issuer = next(issuers, None)
            if issuer is None or issuer == current:
                break
            current = issuer
        raise DeviceUntrusted(f"No trusted certificate leads to the device's: {chain[0].subject.rfc4514_string()}.")


def _certificates_of(token: str) -> list[bytes]:
    """Return the certificates (DER) in the header of a token that is not verified yet."""
    header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    return [base64.b64decode(encoded, validate=True) for encoded in header["x5c"]]


def _key_of(certificate: x509.Certificate) -> RSAKey | ECKey:
    """Return the key of a certificate.

    Raises:
        ValueError: it is of another kind, or too short.
    """
    key = certificate.public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return RSAKey.import_key(pem)
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= LEAST_CURVE_BITS:
        return ECKey.import_key(pem)
    raise ValueError("a key that is not accepted")


def _check_time(certificate: x509.Certificate, moment: datetime) -> None:
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        name = certificate.subject.rfc4514_string()
        raise DeviceUntrusted(f"A certificate of the device has expired, or is not valid yet: {name}.")


def _check_strength(certificate: x509.Certificate) -> None:
    """Refuse a certificate that others could have made: its key, or the digest that its issuer signed, is too weak."""
    try:
        _key_of(certificate)
        digest = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        digest = None
    if digest is None or digest.digest_size < LEAST_DIGEST_BYTES:
        name = certificate.subject.rfc4514_string()
        raise DeviceUntrusted(f"A certificate of the device has a key or signature that is too weak: {name}.")


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return constraints.ca
