"""Context: words beside a value that speak for or against its kind."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final, Literal

BEFORE: Final = 30
"""Characters before a value in which its label may stand."""
AFTER: Final = 10
LABEL: Final = 0.25
"""What a label adds to the confidence. It adds and never sets: a shape alone stays weak."""
HEADER: Final = 0.35
"""What the heading of a column adds where it is the label and nothing else."""
NEGATIVE: Final = -0.4
HIGHEST: Final = 0.99

Said = Literal[1, 0, -1]
"""1: a label of the kind is nearest; -1: a word that speaks against it; 0: neither."""

_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN: Final = re.compile(r"[a-z]+")
_LONGEST_TOKENS: Final = 4
_ATTACHED: Final = re.compile(r"\W{0,3}(?:号码?|编?码|no|num|number|id)?\W{0,8}[为是系即]?\W{0,6}")
"""What may stand between a word against a kind and the value that it is about."""
_ASIDE: Final = re.compile(r"<[^<>]{0,40}>|\([^()]{0,16}\)|（[^（）]{0,16}）")
"""What says nothing between a label and its value: marks of XML, words in brackets."""
_SUFFIXES: Final = frozenset({"编号", "号码", "代码", "编码", "证号", "件号"})
"""Words that end labels and alone speak against every kind: 身份证统一编号, 案件编号."""
_SUFFIX_REACH: Final = 4
_OTHER_FIELD: Final = re.compile(r"[,，;；。、|\t]\s*[^,，;；。、|\t:=]{1,12}[:=]")
"""A field of another name between a label and a value."""
_BEHIND: Final = re.compile(r"\s?(?:[(\[【（]|是|号的?)")
"""How a label behind a value begins; without it the word belongs to what follows."""
_NEAR: Final = 2
_SPREAD: Final = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
"""Blanks that spread a label over the width of a form."""
_QUANTITY: Final = re.compile(
    r" ?[万亿]?(?:元|美元|港元|件|人次|人|次|吨|千克|公斤|公里|千米|米|平方米|立方米|度|千瓦时"
    r"|台|套|份|户|辆|册|瓶|箱|支|株|亩|公顷|字节|[kmgt]?b|%)(?![\u4e00-\u9fffa-z0-9])"
)
"""A unit behind digits: they count something."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words about a kind: labels in text, more headings of columns, and what speaks against it.

    Han words are found wherever they stand, the longest first; ASCII words as whole tokens.
    Case, blanks, hyphens and underscores do not count.
    """

    labels: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()

    @cached_property
    def _said(self) -> dict[str, Said]:
        """Every word in one form; a label overrides what speaks against every kind."""
        against: dict[str, Said] = dict.fromkeys(map(_form, (*AGAINST, *self.negatives)), -1)
        return against | dict.fromkeys(map(_form, self.labels), 1)

    @cached_property
    def _han(self) -> re.Pattern[str]:
        words = sorted((word for word in self._said if not word.isascii()), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)) or r"(?!)")

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(map(_form, (*self.labels, *self.headers)))

    def _nearest(self, text: str) -> tuple[int, int, Said]:
        """Return the word that ends last, as begin, end and what it says; end is 0 for none."""
        best: tuple[int, int, Said] = (0, 0, 0)
        for match in self._han.finditer(text):
            said = self._said[match[0]]
            if match[0] in _SUFFIXES and best[2] > 0 and _one_word(text[best[1] : match.start()]):
                said = 1
            best = (match.start(), match.end(), said)
        if any(map(str.isascii, text)):
            best = max(best, self._last_token(text), key=lambda found: found[1])
        return best

    def _last_token(self, text: str) -> tuple[int, int, Said]:
        tokens = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
        for last in range(len(tokens), 0, -1):
            for first in range(max(0, last - _LONGEST_TOKENS), last):
                begin, end = tokens[first][0], tokens[last - 1][1]
                said = self._said.get(_form(text[begin:end]), 0)
                if said:
                    return begin, end, said
        return 0, 0, 0

    def beside(self, text: str, start: int, end: int) -> Said:
        """Return what the words around `text[start:end]` say; those before it come first."""
        said = self._before(text, start) or self._after(text[end : end + AFTER])
        if said or not text[start:end].isdigit():
            return said
        return -1 if _QUANTITY.match(text[end : end + AFTER].lower()) else 0

    def _before(self, text: str, start: int) -> Said:
        window = text[max(0, start - BEFORE) : start]
        line = window.rpartition("\n")[2]
        if not line.strip(" \t\"'(:|") and "\n" in window:
            # A form with the label over the value, or its cells one below the other; one line
            # between them may be blank.
            above = window[: len(window) - len(line) - 1].removesuffix("\n")
            line = above.rpartition("\n")[2]
        line = _lowered(line)
        if " " in line:
            line = _SPREAD.sub("", line)
        _, until, said = self._nearest(line)
        gap = _ASIDE.sub(" ", line[until:])
        if said < 0:
            return -1 if _ATTACHED.fullmatch(gap) else 0
        return 0 if _OTHER_FIELD.search(gap) else said

    def _after(self, window: str) -> Said:
        line = _lowered(window.partition("\n")[0])
        opened = _BEHIND.match(line)
        if opened is None:
            return 0
        found = self._nearest(line[opened.end() :])
        return 1 if found[2] > 0 and found[0] <= _NEAR else 0

    def heads(self, header: str) -> float:
        """Return what the heading of a column adds: `HEADER`, `LABEL`, 0 or `NEGATIVE`."""
        if _form(_lowered(header)) in self._exact:
            return HEADER
        said = self._nearest(_lowered(header))[2]
        return {1: LABEL, 0: 0.0, -1: NEGATIVE}[said]


def _one_word(between: str) -> bool:
    return len(between) <= _SUFFIX_REACH and (not between or between.isalpha())


def _lowered(text: str) -> str:
    return text.lower() if text.islower() else _CAMEL.sub("_", text).lower()


def _form(word: str) -> str:
    return word.lower().replace(" ", "").replace("_", "").replace("-", "")


_HAN_WAKES, _LATIN_WAKES = 2, 4
"""Characters from which a label is telling enough to wake something."""


def label_wakes(kind: str) -> tuple[str, ...]:
    """Return patterns that wake a recogniser by the labels of its kind, where its shape is weak."""
    labels = CONTEXT[kind].labels
    han = [label for label in labels if not label.isascii() and len(label) >= _HAN_WAKES]
    latin = [
        label.replace(" ", "[ _\\-]?")
        for label in labels
        if label.isascii() and len(label) >= _LATIN_WAKES
    ]
    return ("|".join(han), "(?i)" + "|".join(latin))


def _words(said: Mapping[str, Iterable[str]]) -> Words:
    return Words(**{part: tuple(words) for part, words in said.items()})


_TABLE: Final[Mapping[str, Mapping[str, Iterable[str]]]] = tomllib.loads(
    files("detect.classified").joinpath("context.toml").read_text("utf-8")
)
AGAINST: Final = tuple(_TABLE["against"]["words"])
"""Words that speak against every kind, unless a label of the kind holds them."""

CONTEXT: Final[Mapping[str, Words]] = {
    kind: _words(said) for kind, said in _TABLE.items() if kind != "against"
}
"""Words by kind, the rows of context.toml: shared by text and columns."""

NO_WORDS: Final = Words()
"""Of a kind that has no row: only what speaks against every kind counts."""


def raised(confidence: float, by: float) -> float:
    """Return a confidence with what context adds, never above `HIGHEST`, never below 0."""
    return max(0.0, min(HIGHEST, confidence + by))
