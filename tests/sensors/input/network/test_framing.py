import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.input.network.framing import BAD_LENGTH, CLIPPED, CUT, Framing

MESSAGES = [b"<34>first message", "<35>登录失败".encode(), b"<36>two\nlines", b"<37>" + b"x" * 50]


def counted(*messages: bytes) -> bytes:
    return b"".join(b"%d %s" % (len(message), message) for message in messages)


def messages_of(octets: bytes, cut: int, limit: int = 1000) -> tuple[list[bytes], Framing]:
    framing = Framing(limit=limit)
    found = [*framing.feed(octets[:cut]), *framing.feed(octets[cut:]), *framing.end()]
    return found, framing


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (counted(*MESSAGES), MESSAGES),
        (b"".join(counted(message) + b"\n" for message in MESSAGES), MESSAGES),
        (b"<1>a\n<2>b\r\n\n<3>last", [b"<1>a", b"<2>b\r", b"", b"<3>last"]),
        (b"<1>a\nb\0<2>c\0", [b"<1>a", b"b\0<2>c\0"]),
        (b"<1>a\0<2>two\nlines\0", [b"<1>a", b"<2>two\nlines"]),
        (b"2026-01-01 a line\n17 is no length\n", [b"2026-01-01 a line", b"17 is no length"]),
        (b'{"json": 1}\n{"json": 2}\n', [b'{"json": 1}', b'{"json": 2}']),
        (b"17\n18\n", [b"17", b"18"]),
        (b"", []),
    ],
)
def test_a_connection_may_be_cut_at_every_octet(octets: bytes, expected: list[bytes]) -> None:
    for cut in range(len(octets) + 1):
        found, framing = messages_of(octets, cut)
        assert found == expected
        assert not framing.faults


def test_octets_may_come_one_by_one() -> None:
    framing = Framing()
    found = [message for octet in counted(*MESSAGES) for message in framing.feed(bytes([octet]))]
    assert found == MESSAGES


@given(
    messages=st.lists(st.binary(min_size=1, max_size=40).map(lambda body: b"<1>" + body)),
    cuts=st.lists(st.integers(1, 12), min_size=1),
)
def test_counted_messages_come_out_as_they_went_in(messages: list[bytes], cuts: list[int]) -> None:
    octets, framing, found, at = counted(*messages), Framing(), [], 0
    while at < len(octets):
        step = cuts[at % len(cuts)]
        found += framing.feed(octets[at : at + step])
        at += step
    assert found == messages
    assert not framing.end()


@pytest.mark.parametrize("cut", range(0, 140, 7))
def test_a_message_that_is_too_long_is_clipped_and_the_next_is_whole(cut: int) -> None:
    long = b"<9>" + b"y" * 100
    for octets in (counted(long, MESSAGES[0]), long + b"\n" + MESSAGES[0] + b"\n"):
        found, framing = messages_of(octets, cut, limit=20)
        assert found == [long[:20], MESSAGES[0]]
        assert framing.faults == {CLIPPED: 1}


@pytest.mark.parametrize("cut", range(60))
def test_a_length_that_is_none_costs_its_line_alone(cut: int) -> None:
    octets = counted(MESSAGES[0]) + b"rubbish\n" + counted(MESSAGES[1]) + b"9999999999 x\n"
    found, framing = messages_of(octets, cut)
    assert found == [MESSAGES[0], b"rubbish", MESSAGES[1], b"9999999999 x"]
    assert framing.faults == {BAD_LENGTH: 2}


def test_a_message_that_the_end_cuts_off_is_kept_and_counted() -> None:
    found, framing = messages_of(counted(MESSAGES[0]) + b"100 <1>and so", 5)
    assert found == [MESSAGES[0], b"<1>and so"]
    assert framing.faults == {CUT: 1}


@given(octets=st.binary(max_size=300), size=st.integers(1, 20))
def test_any_octets_pass_and_little_is_held(octets: bytes, size: int) -> None:
    framing = Framing(limit=30)
    for at in range(0, len(octets), size):
        framing.feed(b"5 <1>ab" + octets[at : at + size])
        assert len(framing._held) <= 30 + size + 20  # noqa: SLF001 - what is held is the promise
    framing.end()


def test_a_line_of_ten_megabytes_is_clipped_without_being_held() -> None:
    framing = Framing()
    found = [m for _ in range(160) for m in framing.feed(b"z" * 65_536)] + framing.feed(b"\nb\n")
    assert [len(message) for message in found] == [256 * 1024, 1]
    assert framing.faults == {CLIPPED: 1}
