from detect.classified.context import Words
from detect.classified.recogniser import Candidate
from detect.classified.settling import ACCEPTED, Settling, ranks_of


def candidate(kind: str, start: int, end: int, confidence: float = 0.8) -> Candidate:
    return Candidate(kind, start, end, confidence, (), masked=False, value="0" * (end - start))


SETTLING = Settling({"card": Words(labels=("卡号",))}, ranks_of(("id", "card", "phone")))


def settled(text: str, *candidates: Candidate, header: str = "") -> list[str]:
    return [each.kind for each in SETTLING.settle(text, candidates, header)]


def test_one_number_is_of_the_kind_that_comes_first() -> None:
    text = " " * 30
    assert settled(
        text, candidate("phone", 0, 11), candidate("id", 0, 18), candidate("card", 0, 18)
    ) == ["id"]


def test_a_label_takes_it_from_the_kind_that_comes_first() -> None:
    text = "卡号 000000000000000000"
    assert settled(text, candidate("id", 3, 21), candidate("card", 3, 21, 0.5)) == ["card"]


def test_what_is_not_sure_enough_is_dropped_and_takes_nothing() -> None:
    text = " " * 30
    assert settled(text, candidate("id", 0, 18, ACCEPTED - 0.1), candidate("phone", 0, 11)) == [
        "phone"
    ]


def test_a_heading_speaks_where_nothing_stands_beside() -> None:
    text = "000000000000000000"
    weak = candidate("card", 0, 18, 0.3)
    assert settled(text, weak) == []
    assert settled(text, weak, header="卡号") == ["card"]


def test_the_longer_stretch_comes_first_among_kinds_without_rank() -> None:
    text = " " * 30
    assert settled(text, candidate("b", 2, 6), candidate("a", 0, 9), candidate("b", 12, 15)) == [
        "a",
        "b",
    ]


def test_many_that_touch_are_all_kept_in_order() -> None:
    text = " " * 4000
    some = [candidate("phone", at, at + 4) for at in range(0, 4000, 4)]
    kept = SETTLING.settle(text, reversed(some))
    assert [each.start for each in kept] == list(range(0, 4000, 4))
