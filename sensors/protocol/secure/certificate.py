"""What a certificate says (RFC 5280; GB/T 20518 for those of SM2).

Certificates come from anywhere. What cannot be read is left out; the hashes are always there.
"""

import datetime as dt
import functools
import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from sensors.protocol.text import cleaned

_REMEMBERED = 512
_MOST_NAMES = 100
_NANOSECONDS = 1_000_000_000
_LAST_SECOND = (1 << 63) // _NANOSECONDS - 1
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")

_KEYS = {
    "1.2.840.113549.1.1.1": "rsaEncryption",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.10045.2.1": "id-ecPublicKey",
    "1.2.840.10040.4.1": "dsa",
    "1.3.101.110": "x25519",
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
    "1.2.156.10197.1.301": "sm2",
    "1.2.643.2.2.19": "gostR3410-2001",
    "1.2.643.7.1.1.1.1": "gostR3410-2012-256",
    "1.2.643.7.1.1.1.2": "gostR3410-2012-512",
}
_SIGNATURES = {
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "rsassaPss",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.10040.4.3": "dsa-with-sha1",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
    "1.2.156.10197.1.501": "sm2-with-SM3",
}

FIELDS = (
    "hash.sha1", "hash.sha256", "subject", "issuer", "not_before", "not_after", "self_signed",
    "x509.serial_number", "x509.version_number", "x509.subject.common_name",
    "x509.issuer.common_name", "x509.alternative_names", "x509.signature_algorithm",
    "x509.public_key_algorithm", "x509.public_key_size", "x509.public_key_curve",
)  # fmt: skip
"""Names that a description may hold; tls.server. or tls.client. goes in front."""


def fingerprints(octets: bytes) -> tuple[str, str]:
    """Return SHA-1 and SHA-256 of a certificate."""
    sha1 = hashlib.sha1(octets, usedforsecurity=False)
    return sha1.hexdigest().upper(), hashlib.sha256(octets).hexdigest().upper()


@functools.lru_cache(maxsize=_REMEMBERED)
def described(octets: bytes) -> Mapping[str, object]:
    """Return what a certificate (DER) says, by the names of FIELDS; times are nanoseconds."""
    said: dict[str, object] = dict(
        zip(("hash.sha1", "hash.sha256"), fingerprints(octets), strict=True)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_der_x509_certificate(octets)
        except (ValueError, TypeError, x509.InvalidVersion):
            return said
        for part in (_names, _times, _numbers, _alternatives, _key):
            said.update(_read(part, certificate))
    if _SM2_CURVE in octets:
        said["x509.public_key_curve"] = "curveSM2"
    return said


def _read(
    part: Callable[[x509.Certificate], Iterator[tuple[str, object]]], certificate: x509.Certificate
) -> dict[str, object]:
    """Return what a part of a certificate says, up to where it is broken."""
    said: dict[str, object] = {}
    try:
        for name, value in part(certificate):
            said[name] = value  # noqa: PERF403 - what comes before a fault is kept
    except (
        ValueError,
        TypeError,
        OverflowError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ):
        pass
    return said


def _names(certificate: x509.Certificate) -> Iterator[tuple[str, object]]:
    subject, issuer = certificate.subject, certificate.issuer
    yield "subject", cleaned(subject.rfc4514_string(_SHORT))
    yield "issuer", cleaned(issuer.rfc4514_string(_SHORT))
    if subject == issuer:
        yield "self_signed", True
    for name, whose in (("subject", subject), ("issuer", issuer)):
        common = [cleaned(str(a.value)) for a in whose.get_attributes_for_oid(_COMMON_NAME)]
        if common:
            yield f"x509.{name}.common_name", common


_COMMON_NAME = x509.NameOID.COMMON_NAME
_SHORT = {x509.NameOID.EMAIL_ADDRESS: "emailAddress"}


def _times(certificate: x509.Certificate) -> Iterator[tuple[str, object]]:
    """Yield the validity; what lies beyond the nanoseconds of 64 bits is as good as for ever."""
    for name, time in (
        ("not_before", certificate.not_valid_before_utc),
        ("not_after", certificate.not_valid_after_utc),
    ):
        seconds = (time - _EPOCH) // _SECOND
        if abs(seconds) <= _LAST_SECOND:
            yield name, seconds * _NANOSECONDS


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)


def _numbers(certificate: x509.Certificate) -> Iterator[tuple[str, object]]:
    digits = f"{certificate.serial_number:X}"
    yield "x509.serial_number", digits.rjust(len(digits) + len(digits) % 2, "0")
    yield "x509.version_number", str(certificate.version.value + 1)
    oid = certificate.signature_algorithm_oid.dotted_string
    yield "x509.signature_algorithm", _SIGNATURES.get(oid, oid)


def _alternatives(certificate: x509.Certificate) -> Iterator[tuple[str, object]]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    names = [
        cleaned(str(name.value))
        for name in extension.value
        if isinstance(name, x509.DNSName | x509.IPAddress | x509.RFC822Name)
    ]
    yield "x509.alternative_names", names[:_MOST_NAMES]


def _key(certificate: x509.Certificate) -> Iterator[tuple[str, object]]:
    oid = certificate.public_key_algorithm_oid.dotted_string
    yield "x509.public_key_algorithm", _KEYS.get(oid, oid)
    key: CertificatePublicKeyTypes = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey):
        yield "x509.public_key_size", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        yield "x509.public_key_curve", key.curve.name
