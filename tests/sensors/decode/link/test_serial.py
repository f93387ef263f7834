"""Serial lines and PPP: every link type and every way to write the protocol."""

import pytest

from tests.sensors.decode.seeing import FOUR, INSIDE_FOUR, INSIDE_SIX, SIX, see, typed

PPP, SERIAL_PPP, SESSION, HDLC, FRAME_RELAY = 9, 50, 51, 104, 107


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (PPP, "0021"),
        (PPP, "21"),
        (PPP, "ff030021"),
        (SERIAL_PPP, "ff0321"),
        (SERIAL_PPP, "0f000800"),
        (SESSION, "110000010020 0021"),
        (HDLC, "0f000800"),
        (HDLC, "8f000800"),
        (HDLC, "ff030021"),
        (FRAME_RELAY, "1841 0800"),
        (FRAME_RELAY, "1841 03cc"),
        (FRAME_RELAY, "1841 03 00 80 000000 0800"),
        (FRAME_RELAY, "18400041 03cc"),
    ],
)
def test_ip_is_found_behind_the_header_of_a_line(link: int, head: str) -> None:
    assert see(bytes.fromhex(head) + FOUR, link=link).packet.ends == INSIDE_FOUR


@pytest.mark.parametrize("head", ["0057", "57", "ff030057"])
def test_ipv6_is_found_in_ppp(head: str) -> None:
    assert see(bytes.fromhex(head) + SIX, link=PPP).packet.ends == INSIDE_SIX


def test_pppoe_sessions_are_followed_and_what_negotiates_is_not_ip() -> None:
    session = bytes.fromhex("110000010020")
    seen = see(
        typed(0x8864, session + b"\x00\x21" + FOUR),
        typed(0x8864, session + b"\xc0\x21" + bytes(20)),
        typed(0x8864, b"\x11\xa7" + session[2:] + bytes(20)),
        typed(0x8863, b"\x11\x09" + bytes(20)),
    )
    assert seen.packet.ends == INSIDE_FOUR
    assert seen.refused == {"not_ip": 3}


def test_every_cut_of_a_session_is_refused_or_decoded() -> None:
    frame = typed(0x8864, bytes.fromhex("110000010020 0021") + FOUR)
    seen = see(*(frame[:length] for length in range(len(frame))))
    assert seen.refused == {"truncated_frame": len(frame) - len(FOUR) + 20}
