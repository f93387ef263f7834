"""Scans go with their page, at resolutions in turn."""

from corpus.mark import scanned


def test_scans_take_turns_at_resolutions_and_bear_a_mark() -> None:
    made = list(scanned.scans(3))
    assert [one.resolution for one in made] == [150, 200, 300]
    assert all(one.page.marks[0].raised for one in made)
    assert all(one.picture.startswith(b"\x89PNG") for one in made)


def test_innocent_scans_bear_none() -> None:
    made = list(scanned.innocent(2))
    assert len(made) == 2
    assert not [one for one in made if one.page.marks]


def test_a_scan_comes_again_by_its_seed() -> None:
    assert next(scanned.scans(1, "3")) == next(scanned.scans(1, "3"))
