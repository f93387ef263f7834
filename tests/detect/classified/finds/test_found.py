from detect.classified.finds.found import Found
from detect.classified.recogniser import Candidate, Fits
from situation.content.place import Place
from situation.content.verdict import MAX_PLACES

KEY = b"k" * 32
ID = "440301199003070019"


def candidate(start: int, value: str = ID) -> Candidate:
    return Candidate(
        "resident_id", start, start + 18, 0.8, ("checksum",), masked=False, value=value
    )


def line(start: int) -> Place:
    return Place(line=start)


def test_finds_are_counted_and_their_places_kept_up_to_a_number() -> None:
    found = Found("resident_id", KEY)
    for at in range(30):
        found.add(candidate(at, f"{at % 10}"), line)
    hit = found.hit()
    assert (hit.count, hit.distinct, len(hit.places)) == (30, 10, MAX_PLACES)
    assert hit.places[0] == Place(line=0)
    assert hit.checks == ("checksum",)


def test_no_value_stands_in_a_hit() -> None:
    found = Found("resident_id", KEY)
    found.add(candidate(0), line)
    assert ID not in repr(found.hit())
    assert ID not in repr(candidate(0)) + str(candidate(0))
    fits = Fits("resident_id", [0], [ID], 0.8, (), masked=False)
    assert ID not in f"{fits} {fits!r}"


def test_merging_adds_all() -> None:
    first, second = Found("resident_id", KEY), Found("resident_id", KEY)
    first.add(candidate(1), line)
    second.add(candidate(2), line)
    second.add(candidate(3, "other"), line)
    first.merge(second, 0.95)
    hit = first.hit()
    assert (hit.count, hit.distinct, hit.confidence) == (3, 2, 0.95)
    assert [place.line for place in hit.places] == [1, 2, 3]


def test_a_sample_is_scaled_to_its_table() -> None:
    different, same = Found("resident_id", KEY), Found("resident_id", KEY)
    for at in range(10):
        different.add(candidate(at, f"{at}"), line)
        same.add(candidate(at), line)
    different.scale(100)
    same.scale(100)
    assert (different.hit().count, different.hit().distinct) == (1000, 1000)
    assert (same.hit().count, same.hit().distinct) == (1000, 1)
