"""Names of people in text: behind a label, before an identity number, in the head of a party."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from detect.classified.recogniser import COLON, Candidate
from detect.classified.word.candidate import candidate
from detect.classified.word.joint import STRONG, STRONG_WAKE, WEAK, WEAK_WAKE
from detect.classified.word.naming import (
    COMMON,
    COMPOUND,
    GIVEN,
    LONGEST,
    Fit,
    is_common_name,
    is_masked_name,
    name_fit,
    without_title,
)
from detect.classified.word.table import HAN, HAN_WAKE, either, table, waking, words

GROUP: Final = 16
_TABLE = table("name")
_LABELS = words(_TABLE["labels"])
_NEXT = words(_TABLE["next"])
_BEFORE = _LABELS + words(_TABLE["before"])
_LATIN = "(?:" + "|".join(words(_TABLE["latin"])) + ")"

_DOTTED = rf"[{HAN}]{{1,10}}(?:·[{HAN}]{{1,10}})+"
_WORD = rf"(?:{_DOTTED}|[{HAN}]{{2,12}}|[{HAN}]{{1,2}}[*●×]{{1,3}})"
_SHORT_WORD = rf"(?:{_DOTTED}|[{HAN}]{{2,7}}|[{HAN}]{{1,2}}[*●×]{{1,3}})"
_LATIN_NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}"
_LAST = "".join(sorted({label[-1] for label in _LABELS}))
_LIST = re.compile(rf"[ 、,;/]{{1,3}}({_WORD})(?![{HAN}\w])")

_HAN_STRONG = re.compile(rf"[{_LAST}]{STRONG}({_WORD})")
_HAN_WEAK = re.compile(rf"[{_LAST}]{WEAK}({_SHORT_WORD})(?![{HAN}·])")
_GLUED = re.compile(rf"姓名([{HAN}]{{2,12}})(?![{HAN}])|[{_LAST}]([{HAN}]{{2,4}})(?![{HAN}·])")
_SPREAD = re.compile(rf"[{_LAST}]{STRONG}([{HAN}] {{1,4}}[{HAN}])(?![{HAN}·])")
"""A name of two characters, spread to the width of three."""
_SPACED = re.compile(r"姓 {1,8}名$")
_LATIN_STRONG = re.compile(rf"(?<=[A-Za-z\"'` \t>]){STRONG}({_WORD}|{_LATIN_NAME})(?![{HAN}\w])")
_LATIN_WEAK = re.compile(rf"(?<=[A-Za-z\"'`]){WEAK}({_SHORT_WORD})(?![{HAN}\w])")
_LATIN_LABEL = re.compile(rf"(?i:(?<![A-Za-z0-9_-]){_LATIN})[\"'`]?[ \t]*$")

_SEX = re.compile(r"[,、 ]\s?(?:性别:?)?[男女][,、 .;]")
_PARTY = re.compile(
    rf"(?<![{HAN}])(?:{either(_LABELS)}:?\s?)?([{HAN}]{{2,4}}|[{HAN}]{{1,8}}·[{HAN}]{{1,8}})"
    r"(?:\([^()\n]{1,20}\))?$"
)
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9][0-9]{5}[ -]?(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][ -]?[0-9]{3}[0-9Xx]"
    r"|1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9A-Za-z])"
)
_BEFORE_NUMBER = re.compile(
    rf"(?<![{HAN}·\w])({_WORD})(?![{HAN}])"
    rf"(?:</?[A-Za-z{HAN}]{{1,16}}>|[\s,、;|/\"'()\[\]:=]|男|女|[{HAN}]{{1,3}}族|[0-9]{{1,3}}岁"
    r"|居民身份证|身份证|公民身份|证件|手机|联系电话|电话|联系方式|号码?|编号|是|为){1,16}$"
)
_REACH: Final = 64
"""Characters before a sign in which its name or label stands."""

_SURNAMES = "|".join((*sorted(COMMON), *sorted(COMPOUND)))
_HIDDEN_WAKE = r"(?:\*|\xe2\x97\x8f|\xc3\x97|\xef\xbc\x8a)"
_NAME_WAKE = (
    rf"(?:(?:{_SURNAMES})(?:{HAN_WAKE}){{1,6}}(?:[^\xe4-\xe9]|$)|(?:{HAN_WAKE}){{1,10}}\xc2\xb7"
    rf"|{HAN_WAKE}(?:{HAN_WAKE})?{_HIDDEN_WAKE})"
)
_CERTAIN_WAKE = (
    rf"(?:(?:{'|'.join(sorted(COMMON))})(?:{HAN_WAKE})?(?:{'|'.join(sorted(GIVEN))})"
    rf"|(?:{'|'.join(sorted(COMPOUND))})(?:{HAN_WAKE}){{1,2}})(?:[^\xe4-\xe9]|$)"
)
_COMMA_WAKE = r"(?:[,;. ]|\xef\xbc[\x8c\x9b]|\xe3\x80[\x80\x81])"
_LATIN_WAKE = "(?:" + "|".join(words(_TABLE["latin_ends"])) + ")"


class NameRecogniser:
    """Names behind labels, in the head of a party, and before an identity number.

    A name in running text without such a sign is not looked for: surnames alone hit 13,000 times
    in a million characters of law. A weak sign (a blank, a comma) asks for a common surname.
    """

    kind = "name"
    group = GROUP
    wakes = (
        f"{waking(_LABELS)}{STRONG_WAKE}",
        f"{waking(_LABELS)}{WEAK_WAKE}{_NAME_WAKE}",
        f"{waking(_LABELS)}{_CERTAIN_WAKE}",
        f"姓名(?:{_SURNAMES}){HAN_WAKE}",
        r"姓(?: |\t|\xe3\x80\x80){1,8}名",
        f"(?i){_LATIN_WAKE}{STRONG_WAKE}",
        f"(?i){_LATIN_WAKE}{WEAK_WAKE}{_NAME_WAKE}",
        rf"{_COMMA_WAKE}[ \t\n]?(?:性别{COLON}?)?(?:男|女){_COMMA_WAKE}",
        r"[1-9][0-9]{5}[ \-]?(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{3}[0-9Xx]",
        r"1[3-9][0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}",
    )

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield names in normalised text; each place once."""
        seen: set[int] = set()
        for found in sorted(_all(text), key=lambda one: one.start):
            if found.start not in seen:
                seen.add(found.start)
                yield found

    def fits(self, cell: str) -> Candidate | None:
        """Return the name that is the whole of a cell, if a column may be believed to hold it."""
        if is_masked_name(cell):
            return candidate("name", 0, cell, 0.5, "shape", masked=True)
        fit = name_fit(cell)
        if fit is Fit.NONE:
            return None
        return candidate("name", 0, cell, _CONFIDENCE[fit], "surname")


_CONFIDENCE: Final = {Fit.POSSIBLE: 0.2, Fit.LIKELY: 0.35, Fit.CERTAIN: 0.45}
_LABELLED: Final = 0.85

Fits = Callable[[str], bool]


def _is_possible(word: str) -> bool:
    return name_fit(word) >= Fit.POSSIBLE


def _is_likely(word: str) -> bool:
    return name_fit(word) >= (Fit.POSSIBLE if "·" in word else Fit.LIKELY)


def _is_certain(word: str) -> bool:
    return name_fit(word) is Fit.CERTAIN


def _is_foreign_or_common(word: str) -> bool:
    foreign = word.isascii() or "·" in word
    return _is_possible(word) if foreign else is_common_name(word)


def _is_common(word: str) -> bool:
    return is_common_name(word) or ("·" in word and _is_possible(word))


def _all(text: str) -> Iterator[Candidate]:
    yield from _labelled(text)
    for sign, before, check in (
        (_SEX, _PARTY, "party"),
        (_NUMBER, _BEFORE_NUMBER, "beside_number"),
    ):
        for found in sign.finditer(text):
            reach = max(0, found.start() - _REACH)
            if match := before.search(text, reach, found.start()):
                yield from _names(text, match, _is_likely, check)


def _labelled(text: str) -> Iterator[Candidate]:
    for pattern, fits in ((_HAN_STRONG, _is_possible), (_HAN_WEAK, _is_common)):
        for match in pattern.finditer(text):
            if _has_label(text, match.start() + 1):
                yield from _names(text, match, fits, "label")
    yield from _spread(text)
    for match in _GLUED.finditer(text):
        if match[1]:
            yield from _names(text, match, _is_common, "label")
        elif _has_label(text, match.start() + 1) and _is_certain(match[2]):
            yield candidate("name", match.start(2), match[2], _LABELLED, "label", "surname")
    for pattern, fits in ((_LATIN_STRONG, _is_foreign_or_common), (_LATIN_WEAK, _is_common)):
        for match in pattern.finditer(text):
            if _LATIN_LABEL.search(text, max(0, match.start() - _REACH), match.start()):
                yield from _names(text, match, fits, "label")


def _spread(text: str) -> Iterator[Candidate]:
    for match in _SPREAD.finditer(text):
        told = _has_label(text, match.start() + 1)
        if told and is_common_name(match[1].replace(" ", "")):
            yield candidate("name", match.start(1), match[1], _LABELLED, "label", "surname")


def _has_label(text: str, end: int) -> bool:
    start = max(0, end - _REACH)
    return text.endswith(_LABELS, start, end) or bool(_SPACED.search(text, start, end))


def _names(text: str, match: re.Match[str], fits: Fits, check: str) -> Iterator[Candidate]:
    """Yield the name that a sign announces, and those that are listed behind it."""
    found = _name(match[1], match.start(1), fits, check)
    while found is not None:
        yield found
        listed = _LIST.match(text, found.end) if check == "label" else None
        # Behind the first name stands a further one only if it surely is one.
        found = _name(listed[1], listed.start(1), is_common_name, check) if listed else None


def _name(word: str, start: int, fits: Fits, check: str) -> Candidate | None:
    if is_masked_name(word):
        return candidate("name", start, word, _LABELLED, check, masked=True)
    at, cut = _cut(word, fits)
    return candidate("name", start + at, cut, _LABELLED, check, "surname") if cut else None


def _cut(word: str, fits: Fits) -> tuple[int, str]:
    """Return where in a run of Han characters the name stands, and the name, or nothing."""
    plain = without_title(word)
    if "·" in plain:
        at = max((len(label) for label in _BEFORE if plain.startswith(label)), default=0)
        return (at, plain[at:]) if fits(plain[at:]) else (0, "")
    if (len(plain) <= LONGEST or plain.isascii()) and fits(plain):
        return 0, plain
    if head := _before_next(plain, fits):
        return 0, head
    return _behind_label(plain)


def _before_next(word: str, fits: Fits) -> str:
    """Return the name before the next label: 张三 of 张三性别男."""
    for length in (3, 2, 4):
        head, rest = word[:length], word[length:]
        if rest and rest.startswith(_NEXT) and _is_likely(head) and fits(head):
            return head
    return ""


def _behind_label(word: str) -> tuple[int, str]:
    """Return the name at the end of a run that begins with a label: 张三 of 我单位职工张三."""
    for length in (3, 2, 4):
        head, tail = word[:-length], word[-length:]
        if head.endswith(_BEFORE) and is_common_name(tail):
            return len(head), tail
    return 0, ""
