"""Values that a list knows, behind their labels in forms, records and key-value text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

from detect.classified.recogniser import COLON, Candidate
from detect.classified.word.candidate import candidate
from detect.classified.word.medical import is_disease
from detect.classified.word.personal import (
    is_crime,
    is_education,
    is_ethnicity,
    is_religion,
    is_sex,
)
from detect.classified.word.table import HAN, either, table, waking, words

_CREDIT = re.compile(r"逾期|失信|呆账|坏账|不良|被执行|黑名单|连三累六|[0-9]{3}分?")
_STATUS = re.compile(
    r"低保|特困|残疾|孤儿|五保|贫困|困难|精神|视力|听力|肢体|智力|言语|多重|[一二三四]级|优抚|烈属|同性|双性"
)
_DAY = re.compile(
    r"(?:19|20)[0-9]{2}[-/.年 ]?(?:0?[1-9]|1[0-2])(?:[-/.月 ]?(?:0?[1-9]|[12][0-9]|3[01])日?|月)?"
)


def _is_credit(value: str) -> bool:
    return bool(_CREDIT.search(value))


def _is_status(value: str) -> bool:
    return bool(_STATUS.search(value))


def _is_day(value: str) -> bool:
    return bool(_DAY.fullmatch(value))


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "religion": is_religion,
    "criminal": is_crime,
    "credit": _is_credit,
    "special_status": _is_status,
    "medical": is_disease,
    "birth_date": _is_day,
    "sex": is_sex,
    "ethnicity": is_ethnicity,
    "education": is_education,
}
_CONFIDENCE: Final = 0.7
_VALUE = rf"([{HAN}0-9A-Za-z](?:[{HAN}0-9A-Za-z.·/()\-年月日]| (?=[0-9A-Za-z])){{0,39}})"


@dataclass(frozen=True)
class Labelled:
    """Finds the values of one kind behind its labels."""

    kind: str
    group: int
    labels: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?i:(?<![0-9A-Za-z_]){either(self.labels)}|{either(self.labels)})"
            rf"(?:\([^()\n]{{1,10}}\))?[\"'`]?[ \t]*(?:[:=|]|=>)[ \t\"'`|]*{_VALUE}"
        )

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of a label with its colon."""
        gap = r"(?:\x22|'| |\t|\xe3\x80\x80)*"
        return (rf"(?i){waking(self.labels)}{gap}(?:{COLON}|=|\x7c|\xef\xbd\x9c)",)

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the values that the list of the kind knows."""
        check = _CHECKS[self.kind]
        for match in self._pattern.finditer(text):
            value = match[1].strip()
            if check(value):
                yield candidate(self.kind, match.start(1), value, _CONFIDENCE, "label", "lexicon")

    def fits(self, cell: str) -> Candidate | None:
        """Return the value that is the whole of a cell; it needs the heading of its kind."""
        if not _CHECKS[self.kind](cell):
            return None
        return candidate(self.kind, 0, cell, 0.3, "lexicon")


def _rows() -> Iterator[Labelled]:
    for kind, row in table("labelled").items():
        said = cast("Mapping[str, object]", row)
        yield Labelled(kind, int(str(said["group"])), words(said["labels"]))


LABELLED: Final = tuple(_rows())
