"""What a point would hold more or less: the lines that come and go, from the rows alone."""

from collections.abc import Callable, Mapping, Sequence

from playbooks.action.intent import Change
from playbooks.measure.entry import Entry
from playbooks.measure.form.listing import FORMS, networks_of
from playbooks.measure.form.zone import zone_lines
from playbooks.measure.nftables.ruleset import collapsed, table_lines
from situation.settings import PointSettings

Lines = Callable[[PointSettings, Sequence[Entry]], list[str]]


def _list_lines(settings: PointSettings, entries: Sequence[Entry]) -> list[str]:
    return FORMS[settings.format].lines(entries)


def _zone_lines(settings: PointSettings, entries: Sequence[Entry]) -> list[str]:
    return zone_lines([one.target for one in entries], settings.sinkhole)


def _table_lines(_: PointSettings, entries: Sequence[Entry]) -> list[str]:
    return [line.strip() for line in table_lines(collapsed(networks_of(entries)))]


_LINES: Mapping[str, Lines] = {
    "file": _list_lines,
    "http": _list_lines,
    "rpz": _zone_lines,
    "nftables": _table_lines,
}


def diff_of(
    name: str, settings: PointSettings, now: Sequence[Entry], then: Sequence[Entry]
) -> Change:
    """Return the lines that leave a point (`- `) and that come to it (`+ `).

    Nothing is read but what is given. What is there and stays is left out: a list may be long.
    """
    before, after = _LINES[settings.type](settings, now), _LINES[settings.type](settings, then)
    there, wanted = set(before), set(after)
    gone = tuple(f"- {line}" for line in before if line not in wanted)
    come = tuple(f"+ {line}" for line in after if line not in there)
    return Change(name, gone + come)
