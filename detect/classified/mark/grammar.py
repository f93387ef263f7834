"""The grammar of marks: level, star, term (保守国家秘密法实施条例 2024 art 21)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from detect.classified.mark.term import TERM, Term, term_of
from situation.content.verdict import MarkClass

STAR: Final = "★\uf0ab"
"""The star of the law, and the code that the font Wingdings holds it under."""
LIKE: Final = "☆⭐✩✪✫✬✭✮✯✰⋆*∗⁎✱✶●○•◆■▲※"
"""What stands in place of the star, by evasion or by typing."""
LOST: Final = "?□\ufffd女大太木米水众食六文衣xXkKyY+"
"""What becomes of the star in a code page that has none, or where a picture is read; it counts
before a term alone."""

LEADS: Final[Mapping[str, str]] = {
    **dict.fromkeys("绝絕絶", "绝密"),
    **dict.fromkeys("机機", "机密"),
    **dict.fromkeys("秘祕", "秘密"),
}
"""First characters of the levels, in traditional and variant forms as well."""

OWNERS: Final[Mapping[str, MarkClass]] = {
    "工作秘密": "work_secret",
    "警务工作秘密": "work_secret",
    "内部资料": "work_secret",
    "内部文件": "work_secret",
    "内部事项": "work_secret",
    "内部": "work_secret",
    "敏感": "work_secret",
    "商业秘密": "trade_secret",
    "企业秘密": "trade_secret",
    "公司秘密": "trade_secret",
    "核心商密": "trade_secret",
    "普通商密": "trade_secret",
    "核心商业秘密": "trade_secret",
    "普通商业秘密": "trade_secret",
    "商密": "trade_secret",
}
"""Words that may stand before the star only by misuse: it belongs to state secrets alone."""

Star = Literal["star", "like", "none"]

_GAP: Final = r"[ \t\n]{0,6}"


def _spaced(word: str) -> str:
    return _GAP.join(word)


_LEVEL: Final = rf"(?P<lead>[{''.join(LEADS)}]){_GAP}密"
_OWNER: Final = "|".join(_spaced(word) for word in sorted(OWNERS, key=len, reverse=True))
_ANY: Final = re.escape(STAR + LIKE)
_STARRED: Final = re.compile(
    rf"(?:(?P<owner>{_OWNER})|{_LEVEL}){_GAP}"
    rf"(?:(?P<star>[{STAR}])|(?P<like>[{re.escape(LIKE)}]))"
    rf"(?:[{_ANY}]{{1,2}}(?={_GAP}(?:{TERM}))|(?![{_ANY}]))\ufe0f?"
    rf"(?:{_GAP}(?P<term>{TERM}))?"
    rf"|{_LEVEL.replace('lead', 'lost')}{_GAP}[{re.escape(LOST)}]{_GAP}(?P<late>{TERM})"
)
_BARE: Final = re.compile(
    rf"{_LEVEL}(?!{_GAP}[{_ANY}])(?:{_GAP}(?:保?密?期限)?{_GAP}[:：]?{_GAP}(?P<term>{TERM}))?"
)


class Form(NamedTuple):
    """A mark in a line of normalised text. `owner` is set where the word is none of a level."""

    level: str
    star: Star
    term: Term | None
    owner: str
    start: int
    end: int
    split: bool

    @property
    def text(self) -> str:
        """The mark in its one form, as it is told to people."""
        sign = {"star": "★", "like": "☆", "none": ""}[self.star]
        return (self.level or self.owner) + sign + (self.term.text if self.term else "")


def starred(line: str) -> Iterator[Form]:
    """Yield the marks of a line that hold a star or what stands for one."""
    for found in _STARRED.finditer(line):
        if _is_ornament(line[: found.start()].rstrip()[-1:], found):
            continue
        term = found["term"] or found["late"]
        lead = found["lead"] or found["lost"]
        yield Form(
            level=LEADS[lead] if lead else "",
            star="star" if found["star"] else "like",
            term=term_of(term) if term else None,
            owner=re.sub(r"\s", "", found["owner"] or ""),
            start=found.start(),
            end=found.end(),
            split=_is_split(found[0]),
        )


def bare(line: str) -> Iterator[Form]:
    """Yield the levels of a line that no star follows."""
    for found in _BARE.finditer(line):
        term = found["term"]
        yield Form(
            level=LEADS[found["lead"]],
            star="none",
            term=term_of(term) if term else None,
            owner="",
            start=found.start(),
            end=found.end(),
            split=_is_split(found[0]),
        )


def _is_ornament(before: str, found: re.Match[str]) -> bool:
    """Tell whether a star in front makes it emphasis (*机密*) or an ornament (★绝密★)."""
    if found["star"]:
        return before in {*STAR} and not found["term"]
    return before in {*STAR, *LIKE}


def _is_split(found: str) -> bool:
    return any(space in found[: found.find("密") + 1] for space in " \t\n")
