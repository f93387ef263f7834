"""Certificates for the servers of the tests: an authority, and what it signs."""

import datetime as dt
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_ENDS = dt.datetime(2126, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key as PEM, and the SHA-256 of the certificate."""

    pem: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Authority:
    """One that signs certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """Its own certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(
        self, *names: str, began: dt.datetime = _BEGAN, ends: dt.datetime = _ENDS
    ) -> Certificate:
        """Return a certificate for host names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = _built("server", key, began, ends).issuer_name(self.certificate.subject)
        alternatives = x509.SubjectAlternativeName([_name(name) for name in names])
        signed = built.add_extension(alternatives, critical=False).sign(self.key, hashes.SHA256())
        return Certificate(
            signed.public_bytes(serialization.Encoding.PEM).decode(),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode(),
            signed.fingerprint(hashes.SHA256()).hex(),
        )


def authority(name: str) -> Authority:
    """Return a new authority that signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    built = _built(name, key, _BEGAN, _ENDS)
    built = built.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
    rights = x509.BasicConstraints(ca=True, path_length=None)
    return Authority(built.add_extension(rights, critical=True).sign(key, hashes.SHA256()), key)


def _built(
    name: str, key: ec.EllipticCurvePrivateKey, began: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(ends)
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
