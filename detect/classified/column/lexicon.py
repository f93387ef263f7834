"""Headings: what a column says that it holds, in Chinese, pinyin, English."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from detect.classified.normal import folded

NONE: Final = "none"
"""A heading that speaks against every kind: 订单号, 备注."""


class Said(NamedTuple):
    """What a heading says: a kind (or `NONE`), and how surely, 0 to 1."""

    kind: str
    strength: float


UNSAID: Final = Said("", 0.0)
EXACT, ENDING, INITIALS, LAST_WORD = 1.0, 0.9, 0.75, 0.6
"""Strengths: the heading is a label; it ends in one; it is its initials; it ends in its word."""


class _Tables(NamedTuple):
    endings: dict[str, str]
    whole: dict[str, str]
    latin: dict[str, str]
    initials: dict[str, str]


_ROWS = tomllib.loads(files(__package__).joinpath("data", "header.toml").read_text("utf-8"))
_ROLES = _ROWS.pop("roles")
_ROLE_INITIALS: Final = tuple(sorted(_ROLES["initials"], key=len, reverse=True))
_ROLE_WORDS: Final = frozenset(_ROLES["words"])
_TAILS: Final = frozenset(_ROLES["tails"])


def _compact(label: str) -> str:
    return re.sub(r"[\s_\-./]+", "", folded(label).lower())


def _by_label(part: str) -> dict[str, str]:
    """Return label -> kind; the first kind that claims a label has it."""
    found: dict[str, str] = {}
    for kind, row in _ROWS.items():
        for label in row.get(part, ()):
            found.setdefault(label.lower() if part == "latin" else _compact(label), kind)
    return found


def _tables() -> _Tables:
    zh, latin = _by_label("zh"), _by_label("latin")
    whole = {
        **latin,
        **{_compact(label): kind for label, kind in latin.items()},
        **zh,
        **_by_label("exact"),
    }
    return _Tables(zh, whole, latin, _by_label("initials"))


_LEXICON: Final = _tables()
_LONGEST_PIECE: Final = 40
_SHORTEST_WORD: Final = 3
_LONGEST: Final = max(map(len, _LEXICON.endings))

_BRACKETS = re.compile(r"[(\[{<【《〈〔「]([^()\[\]{}<>【】《》〈〉〔〕「」]*)[)\]}>】》〉〕」]")
_DIVIDERS = re.compile(
    r"[/\\|>:;,、→\n\r\t]+|(?<=[\u3400-\u9fff])[-_.—]+|[-_.—]+(?=[\u3400-\u9fff])|——"
    r"|(?<=[\u3400-\u9fff])[及和与](?=[\u3400-\u9fff])"
)
_JUNK = re.compile(r"^[\s\d*#★※☆.、)\"'`]+|[\s*#★※☆:\"'`?!。.一二三]+$|(?<=[\u3400-\u9fff])\d+$")
_TAIL_WORDS = re.compile(r"(?:信息|情况|字段|列|值|数据|原文|明文|如有|必填|选填|全称|填写)$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+")


@lru_cache(maxsize=8192)
def said(header: str) -> tuple[Said, ...]:
    """Return what a heading may say, the best first; nothing where it is not known.

    A heading of several levels or languages (`基本信息/姓名`, `姓名 Name`) is looked at piece by
    piece, the last first; what stands in brackets counts where nothing else is known.
    """
    text = folded(header).strip()
    found: list[Said] = []
    for pieces in (_outside, _languages, _inside):
        if all(one.kind == NONE for one in found):
            found += [one for piece in pieces(text) if (one := _said(piece)) is not UNSAID]
    best = {one.kind: one for one in sorted(found, key=lambda one: one.strength)}
    kinds = dict.fromkeys(one.kind for one in found)
    return tuple(best[kind] for kind in sorted(kinds, key=lambda kind: kind == NONE))


def kind_of(header: str) -> str:
    """Return the kind that a heading names, or nothing."""
    known = next((one.kind for one in said(header)), "")
    return "" if known == NONE else known


def _outside(text: str) -> Iterator[str]:
    outside = _BRACKETS.sub("", text)
    yield outside
    if len(parts := [part for part in _DIVIDERS.split(outside) if part.strip()]) > 1:
        yield from reversed(parts)


def _inside(text: str) -> Iterator[str]:
    return (piece for found in _BRACKETS.finditer(text) for piece in _DIVIDERS.split(found[1]))


def _languages(text: str) -> Iterator[str]:
    """Yield the Han part and the Latin part of a heading that has both: `姓名Name`."""
    outside = _BRACKETS.sub("", text)
    han = "".join(_HAN.findall(outside))
    latin = _HAN.sub(" ", outside).strip()
    if han and len(latin) > 1:
        yield from (han, latin)


def _said(piece: str) -> Said:
    text = _JUNK.sub("", _JUNK.sub("", piece))
    if not text or len(text) > _LONGEST_PIECE:
        return UNSAID
    if kind := _LEXICON.whole.get(_compact(text)):
        return Said(kind, EXACT)
    return _by_ending(_compact(text)) if _HAN.search(text) else _by_words(text)


def _by_ending(text: str) -> Said:
    """Return the kind of the longest label that a Chinese heading ends in."""
    kind = next(
        (
            found
            for start in range(max(1, len(text) - _LONGEST), len(text) - 1)
            if (found := _LEXICON.endings.get(text[start:]))
        ),
        "",
    )
    shorter = (_SORT_WORDS if kind == NONE else _TAIL_WORDS).sub("", text)
    if kind not in {"", NONE} or shorter == text:
        return Said(kind, ENDING) if kind else UNSAID
    known = _LEXICON.whole.get(shorter, "") or _by_ending(shorter).kind
    if kind == NONE and known not in _SENSITIVE:
        return Said(NONE, ENDING)
    return Said(known, ENDING) if known else UNSAID


_SORT_WORDS = re.compile(
    r"(?:类型|类别|种类|等级|级别|标志|标识|状态|次数|代码|编码|说明|描述|名称|日期|时间)$"
)
_SENSITIVE: Final = frozenset({"special_status", "criminal", "religion", "credit", "medical"})
"""Kinds of which even the sort is sensitive: 低保类型, 疾病代码."""


def _by_words(text: str) -> Said:
    words = [word.lower().rstrip("0123456789") for word in _WORDS.findall(text)]
    words = [word for word in words if word]
    if not words:
        return UNSAID
    tail = len(words) > 1 and words[-1] in _TAILS
    if not tail and (kind := _initials(words[-1])):
        return Said(kind, INITIALS)
    return _by_last_words(words)


def _initials(word: str) -> str:
    """Return the kind of initials of pinyin, also behind those of a role."""
    if kind := _LEXICON.initials.get(word):
        return kind
    rests = (word.removeprefix(role) for role in _ROLE_INITIALS if word.startswith(role))
    return next(
        (_LEXICON.initials[rest] for rest in rests if len(rest) > 1 and rest in _LEXICON.initials),
        "",
    )


def _by_last_words(words: list[str]) -> Said:
    weak = UNSAID
    for ends in _without_tails(words):
        for start in range(len(ends)):
            last = ends[start:]
            kind = _LEXICON.whole.get(" ".join(last)) or _LEXICON.whole.get("".join(last))
            if kind == NONE and len(last) == 1 and start and last[0] in _TAILS:
                weak = Said(NONE, LAST_WORD)
            elif kind:
                return Said(kind, _strength(ends[:start], last))
    return weak if weak is not UNSAID else _glued(words[-1])


def _without_tails(words: list[str]) -> Iterable[list[str]]:
    """Yield the words, then those without `no`, `code` and the like at the end."""
    yield words
    while len(words) > 1 and words[-1] in _TAILS:
        words = words[:-1]
        yield words


def _strength(before: list[str], last: list[str]) -> float:
    if not before or all(word in _ROLE_WORDS or len(word) == 1 for word in before):
        return EXACT if not before else ENDING
    return ENDING if len(last) > 1 else LAST_WORD


def _glued(word: str) -> Said:
    """Return what a word says behind that of a role: `custphone`."""
    rests = (word.removeprefix(role) for role in _ROLE_WORDS if word.startswith(role))
    kinds = (
        _LEXICON.whole.get(rest) for rest in sorted(rests, key=len) if len(rest) >= _SHORTEST_WORD
    )
    return next((Said(kind, INITIALS) for kind in kinds if kind), UNSAID)
