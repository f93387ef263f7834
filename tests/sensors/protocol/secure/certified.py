"""Certificates: one made when it is asked for, and two of SM2, which only newer tools make.

The pair is what a server of TLCP shows: made with OpenSSL for these tests, keys thrown away.
"""

import base64
import datetime as dt

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

SIGNING = base64.b64decode(
    "MIIByDCCAW6gAwIBAgIBRTAKBggqgRzPVQGDdTBDMQswCQYDVQQGEwJDTjEYMBYGA1UECgwP56S66IyD5biC5pS/"
    "5YqhMRowGAYDVQQDDBF0bGNwLXNpZ24uZXhhbXBsZTAeFw0yNjExMjcxMTU1MDhaFw0zNjExMjQxMTU1MDhaMEMx"
    "CzAJBgNVBAYTAkNOMRgwFgYDVQQKDA/npLrojIPluILmlL/liqExGjAYBgNVBAMMEXRsY3Atc2lnbi5leGFtcGxl"
    "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE90DcUjx7q4c3l+L+6SITvxXw3DD0ZuhaC/eeTCQjJh/TTB+eOUCL"
    "5t8rjsIfRwmsKdIwXfHVVekXj+/ral9T5aNTMFEwHQYDVR0OBBYEFM1wneIs11BQpWk5sVJLG8ejW1NIMB8GA1Ud"
    "IwQYMBaAFM1wneIs11BQpWk5sVJLG8ejW1NIMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoEcz1UBg3UDSAAwRQIgFJ5Q"
    "oh2y6ptpGt0whAWLNhCcHjTXaN4EsuUUbY8avq0CIQD3rLy2wLzt5LuMSG0mvcc5Ruq2rLIKht+i0BNokmGnpA=="
)
ENCRYPTING = base64.b64decode(
    "MIIBxjCCAWygAwIBAgIBNTAKBggqgRzPVQGDdTBCMQswCQYDVQQGEwJDTjEYMBYGA1UECgwP56S66IyD5biC5pS/"
    "5YqhMRkwFwYDVQQDDBB0bGNwLWVuYy5leGFtcGxlMB4XDTI2MTEyNzExNTUwOFoXDTM2MTEyNDExNTUwOFowQjEL"
    "MAkGA1UEBhMCQ04xGDAWBgNVBAoMD+ekuuiMg+W4guaUv+WKoTEZMBcGA1UEAwwQdGxjcC1lbmMuZXhhbXBsZTBZ"
    "MBMGByqGSM49AgEGCCqBHM9VAYItA0IABPdA3FI8e6uHN5fi/ukiE78V8Nww9GboWgv3nkwkIyYf00wfnjlAi+bf"
    "K47CH0cJrCnSMF3x1VXpF4/v62pfU+WjUzBRMB0GA1UdDgQWBBTNcJ3iLNdQUKVpObFSSxvHo1tTSDAfBgNVHSME"
    "GDAWgBTNcJ3iLNdQUKVpObFSSxvHo1tTSDAPBgNVHRMBAf8EBTADAQH/MAoGCCqBHM9VAYN1A0gAMEUCIEqgNAjD"
    "OJu1P1UPkwCN1n7B2cCC77X5ZrmOf2SVfpmNAiEAn/UJF5e0Go9QHqCs54pjDIkm1iSadYRgYm2GwjTMFy0="
)
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def certificate(
    name: str = "portal.example",
    *,
    issuer: str | None = None,
    end: dt.datetime = BEGIN + dt.timedelta(days=90),
    alternatives: tuple[str, ...] = (),
) -> bytes:
    """Return a certificate (DER) for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer or name))
        .public_key(key.public_key())
        .serial_number(0xABC)
        .not_valid_before(BEGIN)
        .not_valid_after(end)
    )
    if alternatives:
        names = [x509.DNSName(one) for one in alternatives]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
        ]
    )
