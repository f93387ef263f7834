"""Who is under 14."""

import datetime as dt

from detect.classified.word.minor import Childhood

_DAY = Childhood(dt.date(2026, 11, 27))


def test_the_day_of_birth_in_a_number_tells_a_child() -> None:
    assert _DAY.young("440304202501010039")
    assert not _DAY.young("440301199003070019")


def test_childhood_ends_on_the_fourteenth_birthday() -> None:
    assert not _DAY.born("20121127")
    assert _DAY.born("20121128")


def test_nobody_is_born_after_today() -> None:
    assert _DAY.born("20261127")
    assert not _DAY.born("20261128")
