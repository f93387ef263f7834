"""What a conversation does with messages, gaps, strangers and parsers that err."""

from collections.abc import Iterator

import pytest

from sensors.protocol.choice import UNCLAIMED_PAYLOADS, Choice
from sensors.protocol.conversation import WRONG_IN_A_ROW, Conversation, Yield
from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import (
    DONE,
    HANDOVER,
    LOST,
    MORE,
    SKIP,
    Fields,
    Message,
    Parser,
)
from tests.sensors.protocol.talking import KEY, Talk, named

MARK = b"\xaa"


def _length(octets: bytes) -> int:
    """Messages are a mark, a length of two octets, and so many octets."""
    if not octets.startswith(MARK):
        return LOST
    return MORE if len(octets) < 3 else 3 + int.from_bytes(octets[1:3])


def _read(message: Message) -> Iterator[Fields]:
    cursor = Cursor(message.octets, 3)
    text = cursor.rest()
    orders = {b"done": (DONE, True), b"over": (HANDOVER, "other"), b"lost": (HANDOVER, "none")}
    if text in orders:
        key, value = orders[text]
        message.session[key] = value
    if text.startswith(b"skip"):
        message.session[SKIP] = int(text[4:])
    if text == b"wrong":
        cursor.octet()
    yield {"text": text, "client": message.from_client}


def _other(message: Message) -> Iterator[Fields]:
    yield {"other": message.octets}


PARSER = Parser(
    name="marked",
    standard="ours",
    transport="tcp",
    ports=(7,),
    begins=lambda octets, _from_client: octets.startswith(MARK),
    length=_length,
    read=_read,
    finish=lambda session: iter([{"text": b"end", "client": bool(session)}]),
    fields=("text", "client"),
)
OTHER = Parser(
    name="other",
    standard="ours",
    transport="tcp",
    ports=(),
    begins=lambda _octets, _from_client: False,
    read=_other,
    fields=("other",),
)


def message(text: bytes) -> bytes:
    return MARK + len(text).to_bytes(2) + text


@pytest.fixture
def talk() -> Talk:
    return Talk(7, (PARSER, OTHER))


def _texts(talk: Talk) -> list[object]:
    return [text for (text,) in named(talk.end(), "text")]


def test_messages_are_cut_out_of_segments_of_any_size(talk: Talk) -> None:
    stream = message(b"one") + message(b"two") + message(b"three")
    for octet in stream[:7]:
        talk.say(">", bytes([octet]))
    talk.say(">", stream[7:])
    assert _texts(talk) == [b"one", b"two", b"three", b"end"]


def test_both_directions_are_read_with_one_session(talk: Talk) -> None:
    talk.say("<", message(b"hello"))
    talk.say(">", message(b"yes"))
    assert named(talk.end(), "text", "client")[:2] == [(b"hello", False), (b"yes", True)]


def test_behind_a_gap_reading_goes_on_where_a_message_begins(talk: Talk) -> None:
    talk.say(">", message(b"one"))
    talk.pass_over(">", 500)
    talk.say(">", b"the rest of something")
    talk.say(">", message(b"two"))
    assert _texts(talk) == [b"one", b"two", b"end"]


def test_a_message_that_a_gap_tore_is_never_read(talk: Talk) -> None:
    talk.say(">", message(b"one")[:4])
    talk.pass_over(">", 2)
    for number in range(8):
        talk.say(">", message(b"%d" % number))
    assert _texts(talk)[-2:] == [b"7", b"end"]
    assert b"one" not in _texts(talk)


def test_what_a_parser_passes_over_may_be_missing(talk: Talk) -> None:
    talk.say("<", message(b"skip100") + b"b" * 10)
    talk.pass_over("<", 80)
    talk.say("<", b"b" * 10 + message(b"next"))
    assert _texts(talk) == [b"skip100", b"next", b"end"]


def test_a_length_beyond_the_limit_keeps_nothing(talk: Talk) -> None:
    talk.say(">", message(b"one"))
    talk.say(">", MARK + b"\xff\xff" + b"x" * 100)
    assert talk.conversation.held == 0
    assert _texts(talk) == [b"one", b"end"]


def test_a_parser_that_says_done_is_asked_no_more(talk: Talk) -> None:
    talk.say(">", message(b"done") + message(b"more"))
    assert talk.conversation.over
    assert _texts(talk) == [b"done"]


def test_another_protocol_takes_over_where_a_parser_says_so(talk: Talk) -> None:
    talk.say(">", message(b"over"))
    talk.say("<", b"anything")
    records = talk.end()
    assert [event.name for event in talk.found.events] == ["marked", "marked", "other"]
    assert records[-1] == {"other": b"anything"}
    assert talk.conversation.name == "marked"


def test_a_protocol_that_nobody_reads_ends_the_conversation(talk: Talk) -> None:
    talk.say(">", message(b"lost"))
    assert talk.conversation.over


def test_a_parser_that_errs_again_and_again_gives_the_conversation_up(talk: Talk) -> None:
    for _ in range(WRONG_IN_A_ROW):
        assert not talk.conversation.over
        talk.say(">", message(b"wrong"))
    assert talk.conversation.over
    assert talk.found.refused == {"marked": WRONG_IN_A_ROW}
    assert named(talk.end(), "text") == [(b"end",)], "what is left to say is said, once"


def test_nobody_is_asked_any_more_about_a_stranger() -> None:
    talk = Talk(9, (PARSER,))
    for _ in range(UNCLAIMED_PAYLOADS):
        assert not talk.conversation.over
        talk.say(">", b"foreign")
    assert talk.conversation.over
    assert talk.conversation.name is None
    assert talk.end() == []


def test_datagrams_are_messages_each() -> None:
    found = Yield()
    conversation = Conversation(KEY, (1, 7), Choice((PARSER,)), found, 5, is_stream=False)
    for text in (b"one", b"two"):
        conversation.datagram(message(text), 3, from_client=True, cut=False)
    assert [(event.number, event.time, event.fields["text"]) for event in found.events] == [
        (5, 3, b"one"), (6, 3, b"two"),
    ]  # fmt: skip
