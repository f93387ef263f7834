"""Addresses: regions, then road or place, then numbers (GB/T 23705)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detect.classified.recogniser import Candidate
from detect.classified.word.candidate import candidate
from detect.classified.word.joint import STRONG, STRONG_WAKE, WEAK
from detect.classified.word.region import regions_at
from detect.classified.word.table import HAN, either, table, waking, words

GROUP: Final = 17
_TABLE = table("address")
_TOWNS, _ROADS, _PLACES, _UNITS = (
    words(_TABLE[key]) for key in ("towns", "roads", "places", "units")
)
_LABELS, _LATIN = words(_TABLE["labels"]), words(_TABLE["latin"])

_HAN_NUMERALS = "零〇一二三四五六七八九十百甲乙丙丁东西南北"
_NUMERAL = rf"(?:[0-9A-Za-z#]{{1,6}}(?:[-之#][0-9A-Za-z]{{1,6}}){{0,3}}|[{_HAN_NUMERALS}]{{1,5}})"
_TAIL = rf"{_NUMERAL}(?:{either(_UNITS)})"
_TOWN = re.compile(rf"[{HAN}]{{1,8}}?{either(_TOWNS)}")
_ROAD = re.compile(rf"[{HAN}0-9]{{1,12}}?{either(_ROADS)}(?=[{HAN}0-9A-Za-z(]|$)")
_PLACE = re.compile(rf"[{HAN}0-9A-Za-z]{{1,14}}?{either(_PLACES)}")
_NUMBER = re.compile(rf"{_TAIL}|[0-9A-Za-z]{{1,5}}(?:-[0-9A-Za-z]{{1,5}}){{1,3}}$|[0-9]{{3,4}}$")
_FOREIGN = re.compile(
    r"(?i)(?=.*[0-9])(?=.*,).*\b(?:road|rd|street|st|avenue|ave|district|building|bldg|room|rm|lane|block)\b.*"
)
_ALLOWED = re.compile(rf"[{HAN}0-9A-Za-z #()\-—·、.,/&]+")
_MASKED = re.compile(rf"(?=.*[{HAN}]{{3}}).*[*●×]{{2,}}.*")
_FEWEST, _SHORTEST, _LONGEST = 4, 6, 100


class Parts(NamedTuple):
    """What an address is made of: regions in a row, and whether the smaller parts are there."""

    regions: int
    town: bool
    road: bool
    place: bool
    number: bool

    @property
    def whole(self) -> bool:
        """Whether it is an address that stands for itself: region and a place within it."""
        small = self.road or self.place
        return (
            bool(self.regions)
            and ((small and self.number) or self.regions + self.town > 1)
            and (self.town or small)
        )

    @property
    def likely(self) -> bool:
        """Whether it is an address where a label or a heading says so."""
        small = self.road or self.place or self.town
        return self.whole or (small and (self.number or bool(self.regions)))


def parts_of(text: str) -> Parts:
    """Return what the text has of an address; blanks within it do not count."""
    text = text.replace(" ", "")
    regions, end = regions_at(text, 0)
    town = _TOWN.match(text, end)
    end = town.end() if town else end
    rest = text[end:]
    road, place = _ROAD.search(rest), _PLACE.search(rest)
    number = _NUMBER.search(rest)
    return Parts(regions, bool(town), bool(road), bool(place), bool(number))


def is_masked_address(text: str) -> bool:
    """Return whether parts of an address are hidden: 深圳市南山区****."""
    return bool(_MASKED.fullmatch(text)) and regions_at(text, 0)[0] > 0


_VALUE = rf"(?P<value>[{HAN}0-9A-Za-z#()\-—·、 *]{{{_SHORTEST},{_LONGEST}}})"
_LAST = "".join(sorted({label[-1] for label in _LABELS}))
_HAN_JOINT = re.compile(rf"[{_LAST}](?:(?P<strong>{STRONG})|{WEAK}){_VALUE}")
_SPACED = re.compile(r"[住地] {1,8}址$")
_LATIN_JOINT = re.compile(rf"(?<=[A-Za-z\"'`])(?:(?P<strong>{STRONG})|{WEAK}){_VALUE}")
_LATIN_LABEL = re.compile(rf"(?i:(?<![A-Za-z0-9])(?:[a-z]+_)?(?:{'|'.join(_LATIN)}))[\"'`]?$")
_ENDS = "".join(sorted({word[-1] for word in _ROADS + _PLACES}))
_SIGN = re.compile(rf"[{_ENDS}]{_TAIL}")
_ON = re.compile(rf"(?:[{HAN}0-9A-Za-z]{{0,12}}?{_TAIL}){{0,6}}(?:[0-9]{{3,4}}(?![0-9年月日号]))?")
_REACH = 48
_RUN = re.compile(rf"[{HAN}0-9A-Za-z ·\-]*$")
_NUMERAL_WAKE = rf"(?:{'|'.join(_HAN_NUMERALS)}|之|[0-9A-Za-z#\-]){{1,30}}"


class AddressRecogniser:
    """Addresses behind labels, and those that begin with a region and end in a number."""

    kind = "address"
    group = GROUP
    wakes = (
        f"{waking(_LABELS)}{STRONG_WAKE}",
        rf"(?:住|地)(?: |\t|\xe3\x80\x80){{1,8}}址{STRONG_WAKE}",
        f"(?i)(?:{'|'.join(_LATIN)}){STRONG_WAKE}",
        f"(?:{'|'.join(_ENDS)}){_NUMERAL_WAKE}(?:{'|'.join(_UNITS)})",
    )

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield addresses in normalised text, each once."""
        ended = -1
        found = [*_labelled(text), *_standing(text)]
        for one in sorted(found, key=lambda one: (one.start, -one.end)):
            if one.start >= ended:
                ended = one.end
                yield one

    def fits(self, cell: str) -> Candidate | None:
        """Return the address that is the whole of a cell."""
        if not _FEWEST <= len(cell) <= _LONGEST:
            return None
        if is_masked_address(cell):
            return candidate("address", 0, cell, 0.5, "region", masked=True)
        if not is_address(cell):
            return None
        parts = parts_of(cell)
        confidence = 0.6 if parts.whole else 0.35
        return candidate("address", 0, cell, confidence, *_checks(parts))


def _checks(parts: Parts) -> tuple[str, ...]:
    named = zip(Parts._fields, parts, strict=True)
    return tuple(name.removesuffix("s") for name, there in named if there)


def _labelled(text: str) -> Iterator[Candidate]:
    for match in _HAN_JOINT.finditer(text):
        end = match.start() + 1
        start = max(0, end - _REACH)
        if text.endswith(_LABELS, start, end) or _SPACED.search(text, start, end):
            yield from _announced(match)
    for match in _LATIN_JOINT.finditer(text):
        if _LATIN_LABEL.search(text, max(0, match.start() - _REACH), match.start()):
            yield from _announced(match)


def _announced(match: re.Match[str]) -> Iterator[Candidate]:
    """Yield the address behind a label, if it looks like one."""
    value, start = _value(match["value"]), match.start("value")
    spaced = value[1:2] == " "
    if spaced or (match["strong"] is None and not _SIGN.search(value)):
        return
    parts, masked = parts_of(value), is_masked_address(value)
    if value and (parts.likely or masked):
        yield candidate("address", start, value, 0.85, "label", *_checks(parts), masked=masked)


_NEXT = re.compile(
    rf" {{2,}}| ?[{HAN}]{{1,6}}[:：]|,|;| (?:联系|电话|手机|邮编|姓名|身份证)| 1[3-9][0-9]{{9}}"
)
_SMALL = re.compile(rf"[0-9]|{either(_ROADS + _PLACES + _TOWNS)}$")


def _value(run: str) -> str:
    """Return the address at the head of a run, without the next label or words of the line."""
    found = _NEXT.search(run)
    first, *more = (run[: found.start()] if found else run).split(" ")
    kept = [first]
    for word in more:
        if not (_SMALL.search(word) or regions_at(word, 0)[0]):
            break
        kept.append(word)
    return _balanced(" ".join(kept).rstrip(" -—(、"))


def _balanced(value: str) -> str:
    """Return the value without a closing bracket that was opened before it."""
    while value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1]
    return value


def _standing(text: str) -> Iterator[Candidate]:
    """Yield addresses without a label: a region to the left of a road with its number."""
    ended = 0
    for sign in _SIGN.finditer(text):
        if sign.start() < ended:
            continue
        start = _head(text, max(ended, sign.start() - _REACH), sign.start())
        if start is None:
            continue
        on = _ON.match(text, sign.end())
        end = on.end() if on else sign.end()
        parts = parts_of(text[start:end])
        if parts.whole:
            ended = end
            yield candidate("address", start, text[start:end], 0.75, *_checks(parts))


def _head(text: str, left: int, right: int) -> int | None:
    """Return where the longest chain of regions begins in the run before a road; the last such."""
    run = _RUN.search(text, left, right)
    at = run.start() if run else right
    chains: list[tuple[int, int]] = []
    while at < right:
        count, end = regions_at(text, at)
        if count:
            chains.append((count, at))
        at = end if count else at + 1
    return max(chains)[1] if chains else None


def is_address(cell: str) -> bool:
    """Return whether a cell may be an address where the heading says so."""
    if _FOREIGN.fullmatch(cell):
        return True
    return bool(_ALLOWED.fullmatch(cell)) and parts_of(cell).likely
