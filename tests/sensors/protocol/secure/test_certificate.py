"""What is read of certificates, also of broken and of Chinese ones."""

import datetime as dt
import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.protocol.secure.certificate import FIELDS, described
from tests.sensors.protocol.secure.certified import BEGIN, SIGNING, certificate

NANOSECONDS = 1_000_000_000


def test_a_certificate_says_whose_it_is_and_how_long_it_holds() -> None:
    octets = certificate(issuer="Test CA", alternatives=("portal.example", "www.portal.example"))
    said = described(octets)
    assert said["subject"] == "CN=portal.example,C=CN"
    assert said["issuer"] == "CN=Test CA,C=CN"
    assert "self_signed" not in said
    assert said["not_before"] == int(BEGIN.timestamp()) * NANOSECONDS
    assert said["not_after"] == int((BEGIN + dt.timedelta(days=90)).timestamp()) * NANOSECONDS
    assert said["x509.alternative_names"] == ["portal.example", "www.portal.example"]
    assert said["x509.serial_number"] == "0ABC"
    assert said["x509.public_key_algorithm"] == "id-ecPublicKey"
    assert (said["x509.public_key_curve"], said["x509.public_key_size"]) == ("secp256r1", 256)
    assert said["x509.signature_algorithm"] == "ecdsa-with-SHA256"
    assert said["hash.sha256"] == hashlib.sha256(octets).hexdigest().upper()
    assert set(said) <= set(FIELDS)


def test_one_that_is_its_own_issuer_is_marked() -> None:
    assert described(certificate())["self_signed"] is True


def test_a_certificate_of_sm2_is_read_but_for_the_key() -> None:
    said = described(SIGNING)
    assert said["subject"] == "CN=tlcp-sign.example,O=示范市政务,C=CN"
    assert said["x509.signature_algorithm"] == "sm2-with-SM3"
    assert said["x509.public_key_curve"] == "curveSM2"


def test_an_end_beyond_64_bits_of_nanoseconds_is_left_out() -> None:
    said = described(certificate(end=dt.datetime(9999, 12, 31, tzinfo=dt.UTC)))
    assert "not_before" in said
    assert "not_after" not in said


def test_what_is_no_certificate_has_its_hashes_alone() -> None:
    assert set(described(b"no certificate")) == {"hash.sha1", "hash.sha256"}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SIGNING) - 1), st.integers(0, 255), st.integers(0, len(SIGNING)))
def test_a_damaged_certificate_does_no_harm(place: int, value: int, length: int) -> None:
    damaged = bytearray(SIGNING)
    damaged[place] = value
    assert described(bytes(damaged[:length]))["hash.sha256"]
    assert described(bytes(damaged))["hash.sha256"]
