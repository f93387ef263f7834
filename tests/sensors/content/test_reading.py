"""The way of a file: its name first, its pieces, and a reason for whatever cannot be read."""

import io

import pytest

from sensors.content.formats import FORMATS
from sensors.content.limits import Limits
from sensors.content.reading import read
from situation.content.piece import Block, Grid, Nature, Passage, Unreadable
from tests.sensors.content.pieced import PLAIN, package, pieces_of, reasons


def nested(levels: int) -> bytes:
    data = b"inmost\n"
    for level in range(levels):
        data = package({f"{level}.zip" if level else "a.txt": data})
    return data


def test_the_first_piece_is_the_name() -> None:
    first = pieces_of("正文\n".encode(), "机密文件.txt")[0]
    assert isinstance(first, Passage)
    assert (first.text, first.place.role) == ("机密文件.txt", "name")


def test_names_of_members_are_pieces_too() -> None:
    found = [p for p in pieces_of(package({"秘密.txt": "x"}), "a.zip") if isinstance(p, Passage)]
    assert [(p.text, p.place.role, p.place.member) for p in found][1:] == [
        ("秘密.txt", "name", "秘密.txt")
    ]


@pytest.mark.parametrize(("levels", "told"), [(5, []), (6, ["too_deep"])])
def test_archives_are_opened_to_the_depth_of_the_settings(levels: int, told: list[str]) -> None:
    assert reasons(pieces_of(nested(levels), "a.zip")) == told


def test_what_was_read_before_a_limit_stays() -> None:
    data = package({"a.txt": "first\n", "b.txt": b"0" * 40_000_000, "c.txt": "third\n"})
    pieces = pieces_of(data, "a.zip")
    assert [piece.data for piece in pieces if isinstance(piece, Block)] == [b"first\n"]
    last = pieces[-1]
    assert isinstance(last, Unreadable)
    assert (last.reason, last.place.member) == ("ratio", "b.txt")


def test_a_small_file_may_be_packed_very_well() -> None:
    assert not reasons(pieces_of(package({"a.txt": b"0" * 10_000_000}), "a.zip"))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(archive_mib=1, ocr=False), "too_large"),
        (Limits(archive_members=2, ocr=False), "too_many"),
        (Limits(memory_mib=1, ocr=False), "memory"),
    ],
)
def test_every_limit_has_its_reason(limits: Limits, reason: str) -> None:
    members = {f"{number}.txt": b"0123456789abcdef" * 100_000 for number in range(3)}
    assert reasons(pieces_of(package(members), "a.zip", limits)) == [reason]


def test_members_that_were_read_give_their_memory_back() -> None:
    members = {f"{number}.txt": bytes(range(32, 127)) * 9000 for number in range(9)}
    assert not reasons(pieces_of(package(members), "a.zip", Limits(memory_mib=2, ocr=False)))


def test_a_file_that_takes_too_long_ends_with_what_was_read() -> None:
    seconds = iter(range(1000))
    stream = io.BytesIO(b"line\n" * 200_000)
    limits = Limits(seconds=2, ocr=False)
    pieces = list(read(stream, "a.txt", limits, clock=lambda: float(next(seconds))))
    assert any(isinstance(piece, Block) for piece in pieces)
    assert reasons(pieces) == ["time"]


def test_a_file_beyond_the_limit_is_not_read() -> None:
    assert reasons(pieces_of(b"x" * 2_000_000, "a.txt", Limits(file_mib=1))) == ["too_large"]


def test_of_many_unreadable_members_the_first_are_told_and_how_many_more() -> None:
    data = package({f"../{number}.txt": "x" for number in range(300)})
    told = [piece for piece in pieces_of(data, "a.zip") if isinstance(piece, Unreadable)]
    assert len(told) == 201
    assert (told[-1].reason, told[-1].detail) == ("too_many", "100 more")


def test_known_content_without_text_is_told_by_its_nature() -> None:
    found = [p for p in pieces_of(b"\x7fELF" + bytes(99), "a.txt") if isinstance(p, Nature)]
    assert [piece.trait for piece in found] == ["program"]


def test_known_content_that_nothing_reads_says_so() -> None:
    data = b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(99)
    (said,) = (piece for piece in pieces_of(data, "a.mdb") if isinstance(piece, Unreadable))
    assert (said.reason, said.detail) == ("no_reader", "access")


def test_details_hold_nothing_out_of_the_file() -> None:
    secret = "A0011234567890"
    broken = package({"a.json": f'[{{"id": "{secret}"}}, oops]', "b.xml": f"<a>{secret}</b>"})
    said = [piece for piece in pieces_of(broken[:-40], "a.zip") if isinstance(piece, Unreadable)]
    assert said
    assert not any(secret in piece.detail for piece in said)


def test_a_consumer_that_stops_closes_what_is_open() -> None:
    pieces = read(io.BytesIO(package({"a.csv": "a,b\n1,2\n"})), "a.zip", PLAIN)
    assert isinstance(next(piece for piece in pieces if isinstance(piece, Grid)), Grid)
    pieces.close()  # type: ignore[attr-defined]


def test_every_format_has_names_in_both_languages_and_is_known_by_something() -> None:
    for row in FORMATS.values():
        assert row.zh
        assert row.en
        assert row.reader or row.trait or row.magic
