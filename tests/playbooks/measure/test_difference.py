"""The lines that come and go at a point, by its type."""

import datetime as dt

import pytest

from playbooks.measure.difference import diff_of
from playbooks.measure.entry import Entry, united
from situation.settings import PointSettings
from tests.playbooks.measure.site import HOUR, NOW

ONE = Entry("block_address", "198.51.100.23/32", NOW, NOW + HOUR)
TWO = Entry("block_address", "203.0.113.0/24", NOW, None)
NAME = Entry("sinkhole_domain", "bad.example.org", NOW, None)


@pytest.mark.parametrize(
    ("settings", "now", "then", "lines"),
    [
        ({"type": "file"}, [ONE], [ONE, TWO], ("+ 203.0.113.0/24",)),
        ({"type": "http", "format": "cidr"}, [ONE, TWO], [TWO], ("- 198.51.100.23/32",)),
        ({"type": "rpz"}, [NAME], [], ("- bad.example.org CNAME .", "- *.bad.example.org CNAME .")),
        (
            {"type": "nftables"},
            [ONE],
            [ONE, TWO],
            (
                "- elements = { 198.51.100.23/32 }",
                "+ elements = { 198.51.100.23/32, 203.0.113.0/24 }",
            ),
        ),
        ({"type": "file"}, [ONE], [ONE], ()),
    ],
)
def test_only_what_changes_is_shown(
    settings: dict[str, object], now: list[Entry], then: list[Entry], lines: tuple[str, ...]
) -> None:
    change = diff_of("border", PointSettings.model_validate(settings), now, then)
    assert (change.place, change.lines) == ("border", lines)


def test_the_table_is_shown_whole_where_it_was_not_there() -> None:
    lines = diff_of("host", PointSettings(type="nftables"), [], [ONE]).lines
    assert lines[0] == "+ table inet citywatch {"
    assert "+ ip daddr @blocked4 drop" in lines


def test_a_target_that_two_want_is_held_from_the_first_to_the_last() -> None:
    later = Entry(ONE.kind, ONE.target, NOW + HOUR, NOW + 3 * HOUR)
    assert united([later, ONE]) == (Entry(ONE.kind, ONE.target, NOW, NOW + 3 * HOUR),)
    endless = Entry(ONE.kind, ONE.target, NOW + dt.timedelta(days=1), None)
    assert united([endless, ONE])[0].until is None
