"""Handshakes of TLS and TLCP over TCP: what one record says of both sides."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.protocol.parser import LOST, MORE, Message
from sensors.protocol.secure.record import length
from sensors.protocol.secure.tls import TLCP, TLS
from situation.faults import Malformed
from tests.sensors.building import START
from tests.sensors.protocol.secure.certified import ENCRYPTING, SIGNING, certificate
from tests.sensors.protocol.secure.spoken import (
    begun,
    chain,
    client_body,
    extension,
    heard,
    hello,
    message,
    named,
    numbers,
    protocols,
    record,
    server_body,
    told,
    versions,
)

CHANGE, FINISHED = record(20, b"\1"), record(22, b"\x16" * 40)
DATA = record(23, b"d" * 60)
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
CURVE = message(12, b"\3\0\x17" + b"p" * 70)
DONE = message(14, b"")


def full(certificates: bytes) -> tuple[tuple[bool, bytes], ...]:
    """Return a handshake of TLS 1.2 to its end."""
    server = server_body(extension(16, b"\0\3\2h2"))
    flight = message(2, server) + message(11, certificates) + CURVE + DONE
    return (
        (True, hello(named("Portal.Example."), protocols(b"h2", b"http/1.1"))),
        (False, record(22, flight)),
        (True, record(22, message(16, b"k" * 66)) + CHANGE + FINISHED),
        (False, CHANGE + FINISHED),
        (True, DATA),
    )


def test_a_full_handshake_of_tls_1_2_is_one_record() -> None:
    said = told(TLS, *full(chain(certificate(), certificate("Test CA"))))
    assert said["@timestamp"] == START
    assert (said["tls.version_protocol"], said["tls.version"]) == ("tls", "1.2")
    assert said["tls.cipher"] == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert said["tls.curve"] == "secp256r1"
    assert said["tls.established"] is True
    assert said["tls.resumed"] is False
    assert said["tls.next_protocol"] == "h2"
    assert said["tls.client.server_name"] == "portal.example"
    assert said["tls.client.alpn"] == ["h2", "http/1.1"]
    assert said["tls.client.supported_ciphers"] == [
        "TLS_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
    ]
    assert said["tls.server.subject"] == "CN=portal.example,C=CN"
    assert said["related.hash"] == [
        said["tls.client.ja3"],
        said["citywatch.tls.client.ja4"],
        said["tls.server.ja3s"],
        said["tls.server.hash.sha1"],
        said["tls.server.hash.sha256"],
    ]


def test_a_whole_chain_is_told_by_its_hashes() -> None:
    said = told(TLS, *full(chain(certificate(), certificate("Test CA"))))
    hashes = said["tls.server.chain.hash.sha256"]
    assert isinstance(hashes, list)
    assert (len(hashes), hashes[0]) == (2, said["tls.server.hash.sha256"])
    assert "tls.server.chain.hash.sha1" not in told(TLS, *full(chain(certificate())))


def test_records_of_a_connection_that_began_before_are_known_but_say_nothing() -> None:
    assert all(begun(TLS, octets) for octets in (DATA, DATA + CHANGE, DATA[:20], DATA + DATA[:9]))
    assert not any(
        begun(TLS, octets) for octets in (DATA[:5], DATA + b"nothing", b"\x17\3\4" + DATA[3:])
    )
    assert heard(TLS, (True, DATA), (False, DATA)) == []


def test_messages_over_several_records_are_put_together() -> None:
    whole = message(1, client_body(named("portal.example")))
    pieces = b"".join(record(22, whole[at : at + 7]) for at in range(0, len(whole), 7))
    assert told(TLS, (True, pieces))["tls.client.server_name"] == "portal.example"


def test_a_handshake_that_takes_up_a_session_has_no_certificate() -> None:
    server = record(22, message(2, server_body(session=b"i" * 32)))
    said = told(TLS, (True, hello()), (False, server + CHANGE + FINISHED), (True, CHANGE))
    assert said["tls.resumed"] is True
    assert said["tls.established"] is True
    assert "tls.server.subject" not in said


def test_tls_1_3_is_told_once_the_client_goes_on_under_keys() -> None:
    server = server_body(
        extension(43, b"\3\4"), extension(51, numbers(29, 0)), suite=0x1301, session=b"i" * 32
    )
    said = told(
        TLS,
        (True, hello(versions(0x0304), named("portal.example"))),
        (False, record(22, message(2, server)) + CHANGE + DATA + DATA),
        (True, CHANGE + DATA),
    )
    assert (said["tls.version"], said["tls.curve"]) == ("1.3", "x25519")
    assert (said["tls.established"], said["tls.resumed"]) == (True, False)


def test_an_answer_as_short_as_an_alert_establishes_nothing() -> None:
    server = record(22, message(2, server_body(extension(43, b"\3\4"), suite=0x1301)))
    said = told(
        TLS, (True, hello(versions(0x0304))), (False, server + DATA), (True, record(23, b"a" * 19))
    )
    assert "tls.established" not in said


def test_of_a_record_that_is_cut_the_messages_that_are_whole_are_told() -> None:
    flight = record(22, message(2, server_body()) + message(11, chain(SIGNING)))
    session: dict[str, object] = {}
    cut = Message(flight[:-50], from_client=False, time=START, session=session, cut=True)
    assert TLS.partial
    assert list(TLS.read(cut)) == []
    (said,) = TLS.finish(session)
    assert said["tls.version"] == "1.2"
    assert "tls.server.subject" not in said


def test_a_server_that_asks_for_another_hello_is_told_by_what_it_chooses_then() -> None:
    share = extension(51, numbers(24, 0))
    chosen = (extension(43, b"\3\4"), share)
    retry = record(22, message(2, server_body(*chosen, suite=0x1302, random=RETRY)))
    server = record(22, message(2, server_body(*chosen, extension(41, b"\0\0"), suite=0x1302)))
    first, second = hello(versions(0x0304)), hello(versions(0x0304), named("later.example"))
    said = told(
        TLS,
        (True, first),
        (False, retry + CHANGE),
        (True, CHANGE + second),
        (False, server),
        (True, DATA),
    )
    assert said["tls.resumed"] is True
    assert said["tls.curve"] == "secp384r1"
    assert "tls.client.server_name" not in said


def test_a_fatal_alert_ends_what_is_to_be_heard() -> None:
    said = told(TLS, (True, hello()), (False, record(21, b"\2\x28")))
    assert said["tls.alerts"] == ["handshake_failure"]
    assert said["tls.established"] is False
    assert "tls.version" not in said


def test_a_client_that_nobody_answers_is_told_at_the_end() -> None:
    said = told(TLS, (True, hello(named("portal.example"), extension(0xFE0D, b"e" * 40))))
    assert said["tls.client.encrypted_hello"] is True
    assert "tls.established" not in said


def test_the_client_is_who_says_its_hello() -> None:
    turned = [(not from_client, octets) for from_client, octets in full(chain(certificate()))]
    said = told(TLS, *turned)
    assert said["tls.server.subject"] == "CN=portal.example,C=CN"
    assert said["tls.established"] is True


def test_a_certificate_of_the_client_is_told_as_well() -> None:
    flights = list(full(chain(certificate())))
    own = record(22, message(11, chain(certificate("person.example"))))
    flights[2] = (True, own + flights[2][1])
    said = told(TLS, *flights)
    assert said["tls.client.subject"] == "CN=person.example,C=CN"
    assert said["tls.server.subject"] == "CN=portal.example,C=CN"


def test_tlcp_shows_one_certificate_to_sign_and_one_to_encrypt() -> None:
    client = record(22, message(1, client_body(version=0x0101, suites=(0xE013, 0xE053))), 0x0101)
    server = message(2, server_body(version=0x0101, suite=0xE013))
    flight = record(22, server + message(11, chain(SIGNING, ENCRYPTING)) + DONE, 0x0101)
    assert begun(TLCP, client)
    assert not begun(TLS, client)
    said = told(TLCP, (True, client), (False, flight))
    assert (said["tls.version_protocol"], said["tls.version"]) == ("tlcp", "1.1")
    assert said["tls.cipher"] == "ECC_SM4_CBC_SM3"
    assert said["tls.client.supported_ciphers"] == ["ECC_SM4_CBC_SM3", "ECC_SM4_GCM_SM3"]
    assert said["tls.server.subject"] == "CN=tlcp-sign.example,O=示范市政务,C=CN"
    assert said["tls.server.encryption.subject"] == "CN=tlcp-enc.example,O=示范市政务,C=CN"


def test_suites_of_rfc_8998_have_names() -> None:
    server = server_body(extension(43, b"\3\4"), extension(51, numbers(41, 0)), suite=0x00C6)
    said = told(TLS, (True, hello()), (False, record(22, message(2, server))))
    assert (said["tls.cipher"], said["tls.curve"]) == ("TLS_SM4_GCM_SM3", "curveSM2")


def test_an_unknown_suite_is_its_number() -> None:
    said = told(TLS, (True, hello()), (False, record(22, message(2, server_body(suite=0xABCD)))))
    assert said["tls.cipher"] == "0xABCD"


def test_the_hello_of_ssl_2_is_told_without_fingerprints() -> None:
    specifications = b"\1\0\x80\0\0\5\0\0\x0a"
    content = b"\1\3\0" + numbers(9, 0, 16) + specifications + b"c" * 16
    client = (0x8000 | len(content)).to_bytes(2) + content
    assert begun(TLS, client)
    server = record(22, message(2, server_body(version=0x0300, suite=5)), 0x0300)
    said = told(TLS, (True, client), (False, server))
    assert (said["tls.version_protocol"], said["tls.version"]) == ("ssl", "3.0")
    assert said["tls.client.supported_ciphers"] == [
        "TLS_RSA_WITH_RC4_128_SHA",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ]
    assert "tls.client.ja3" not in said


def test_a_server_of_ssl_2_shows_its_certificate() -> None:
    client = b"\1\0\2" + numbers(3, 0, 16) + b"\1\0\x80" + b"c" * 16
    shown = certificate()
    server = b"\4\0\1\0\2" + numbers(len(shown), 3, 16) + shown + b"\1\0\x80" + b"i" * 16
    said = told(
        TLS,
        (True, (0x8000 | len(client)).to_bytes(2) + client),
        (False, (0x8000 | len(server)).to_bytes(2) + server),
    )
    assert (said["tls.version_protocol"], said["tls.version"]) == ("ssl", "2.0")
    assert said["tls.server.subject"] == "CN=portal.example,C=CN"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\x16\3", MORE),
        (b"\x16\3\1\0\5", 10),
        (b"\x16\3\1\x48\1", LOST),
        (b"\x16\4\1\0\5abcdefgh", LOST),
        (b"GET / HTTP/1.1\r\n", LOST),
        (b"\x80\x2e\1\3\0\0\1\0\0\0\x10", MORE),
        (b"\x80\x2e\1\3\0\0\1\0\0\0\x10cccc", LOST),
    ],
)
def test_records_are_cut_by_their_heads(octets: bytes, expected: int) -> None:
    assert length(octets) == expected


def test_a_message_that_claims_too_much_is_passed_over() -> None:
    endless = record(22, b"\x0b\xff\xff\xff" + b"c" * 400)
    said = heard(TLS, (True, hello(named("portal.example"))), (False, endless * 4))
    assert [one["tls.client.server_name"] for one in said] == ["portal.example"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_a_hello_holds_is_read_or_refused(data: st.DataObject) -> None:
    octets = bytearray(hello(named("portal.example"), protocols(b"h2"), versions(0x0304)))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(5, len(octets) - 1))] = data.draw(st.integers(0, 255))
    session: dict[str, object] = {}
    try:
        list(TLS.read(Message(bytes(octets), from_client=True, time=START, session=session)))
    except Malformed:
        return
    assert all(set(fields) <= set(TLS.fields) for fields in TLS.finish(session))
