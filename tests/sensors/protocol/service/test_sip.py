from sensors.protocol.parser import LOST, MORE
from sensors.protocol.service.sip import PARSERS
from tests.sensors.protocol.oracle import told, tshark
from tests.sensors.protocol.speaking import begins, picked, read
from tests.testdata import testdata

UDP, TCP = PARSERS
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\nc=IN IP4 192.0.2.9\r\n"
    b"m=audio 4000 RTP/AVP 0 8\r\nm=video 4002 RTP/AVP 31\r\n"
)
INVITE = (
    b'INVITE sip:bob@example.net SIP/2.0\r\nf: "Alice" <sip:alice@example.net>;tag=9\r\n'
    b"t: sip:bob@example.net;x=y\r\ni: call-1\r\nCSeq: 4711 INVITE\r\nc: application/sdp\r\n"
    b"l: %d\r\n\r\n" % len(SDP)
) + SDP


def test_a_call_is_told_with_its_media() -> None:
    (record,) = read(UDP, (">", INVITE))
    assert record == {
        "event.action": "sip_invite",
        "sip.method": "INVITE",
        "sip.uri": "sip:bob@example.net",
        "sip.from": "sip:alice@example.net",
        "sip.to": "sip:bob@example.net",
        "sip.call_id": "call-1",
        "sip.cseq": 4711,
        "sip.sdp.media": ["audio 4000 RTP/AVP 0 8", "video 4002 RTP/AVP 31"],
        "sip.sdp.address": "192.0.2.9",
    }


def test_who_authorizes_is_told_and_a_basic_secret_is_a_mark() -> None:
    head = b"REGISTER sip:a SIP/2.0\r\nCSeq: 1 REGISTER\r\nAuthorization: %b\r\n\r\n"
    digest = head % b'Digest username="carol", realm="a", response="secret"'
    basic = head % b"Basic c2VjcmV0OnNlY3JldA=="
    records = read(UDP, (">", digest), (">", basic))
    names = ("sip.authentication", "user.name", "citywatch.credentials.cleartext")
    assert picked(records, *names) == [("digest", "carol", None), ("basic", None, True)]
    assert "secret" not in str(records)


def test_a_password_in_an_address_is_a_mark() -> None:
    head = b"INVITE sip:bob:secret@example.net SIP/2.0\r\nFrom: <sip:a:secret@b>\r\n\r\n"
    (record,) = read(UDP, (">", head))
    assert (record["sip.uri"], record["sip.from"]) == ("sip:bob@example.net", "sip:a@b")
    assert record["citywatch.credentials.cleartext"] is True


def test_responses_come_out_well_or_not() -> None:
    records = read(
        UDP, *(("<", b"SIP/2.0 %b\r\nCSeq: 1 INVITE\r\n\r\n" % line) for line in (
            b"180 Ringing", b"200 OK", b"486 Busy Here"
        ))
    )  # fmt: skip
    assert picked(records, "sip.status_code", "event.outcome", "event.reason") == [
        (180, None, None),
        (200, "success", None),
        (486, "failure", "Busy Here"),
    ]


def test_a_stream_is_cut_by_heads_and_their_lengths() -> None:
    assert TCP.length(INVITE + b"SIP/2.0") == len(INVITE)
    assert TCP.length(INVITE[:40]) == MORE
    assert TCP.length(b"\r\n\r\n" + INVITE) == 4
    assert read(TCP, (">", b"\r\n\r\n")) == []
    assert TCP.length(b"GET / HTTP/1.1\r\n\r\n") == LOST
    assert TCP.length(b"x" * 20_000) == LOST


def test_other_texts_are_no_sip() -> None:
    assert begins(UDP, INVITE)
    assert begins(UDP, b"SIP/2.0 100 Trying\r\n\r\n", "<")
    assert not begins(UDP, b"OPTIONS * HTTP/1.1\r\n\r\n")
    assert not begins(UDP, b"OPTIONS rtsp://example.net RTSP/1.0\r\n\r\n")


def test_every_message_is_as_tshark_reads_it() -> None:
    capture = testdata("captures", "ndpi", "pcap", "sip.pcap")
    ours = told(capture, "sip", ("sip.method", "sip.status_code", "sip.call_id", "sip.from"))
    theirs = ("sip.CSeq.method", "sip.Status-Code", "sip.Call-ID", "sip.from.addr")
    assert ours == tshark(capture, "sip", theirs)
