"""The city's own patterns: a TOML file of regular expressions with checksum, words and grade."""

import pathlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detect.classified.context import Words
from detect.classified.number import check
from detect.classified.recogniser import LEFT, LIKELY, POSSIBLE, RIGHT, SHAPE, Candidate
from situation.content.grade import DataGrade
from situation.content.kind import Kind, KindClass
from situation.faults import Misconfigured
from situation.validation import sentences

FIRST_GROUP: Final = 48
GROUPS: Final = 13
"""Bits that own patterns share."""
MOST: Final = 200

CheckName = Literal["luhn", "mod_11_2", "mod_31", "organisation", "mod_11_10"]


def _sized(length: int, test: Callable[[str], bool], signs: str) -> Callable[[str], bool]:
    shape = re.compile(f"[{signs}]{{{length}}}")
    return lambda value: bool(shape.fullmatch(value)) and test(value)


CHECKS: Final[Mapping[CheckName, Callable[[str], bool]]] = {
    "luhn": lambda value: value.isdecimal() and value.isascii() and check.luhn(value),
    "mod_11_2": _sized(18, lambda value: value[:17].isdecimal() and check.mod_11_2(value), "0-9X"),
    "mod_31": _sized(18, check.mod_31, "0-9A-Z"),
    "organisation": _sized(9, check.organisation, "0-9A-Z"),
    "mod_11_10": lambda value: value.isdecimal() and value.isascii() and check.mod_11_10(value),
}
"""Checksums by the names that a pattern can ask for."""

GradeName = Literal["general_1", "general_2", "general_3", "general_4"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]
    regex: Annotated[str, Field(min_length=3, max_length=500)]
    checksum: CheckName | None = None
    labels: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    needs_label: bool = False
    grade: GradeName = "general_2"
    klass: Annotated[KindClass, Field(alias="class")] = "identity"
    sensitive: bool = False
    identifies: Annotated[int, Field(ge=0, le=9)] = 0


@dataclass(frozen=True)
class OwnPattern:
    """A pattern of the city, as a recogniser. Its kind is `own:NAME`."""

    name: str
    row: _Row
    group: int

    @property
    def kind(self) -> str:
        """Key of the kind."""
        return f"own:{self.name}"

    @property
    def body(self) -> str:
        """The rule as text, for the fingerprint."""
        return f"{self.name} {self.row.model_dump_json()}"

    @property
    def wakes(self) -> tuple[str, ...]:
        """The pattern itself wakes it."""
        return (self.row.regex,)

    @property
    def words(self) -> Words:
        """Words about it."""
        return Words(labels=self.row.labels, negatives=self.row.negatives)

    @property
    def described(self) -> Kind:
        """The kind, as pages and reports show it."""
        return Kind(
            key=self.kind,
            zh=self.row.zh,
            en=self.row.en,
            klass=self.row.klass,
            grade=DataGrade[self.row.grade.upper()],
            sensitive=self.row.sensitive,
            identifies=self.row.identifies,
        )

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile(f"{LEFT}(?:{self.row.regex}){RIGHT}")

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self.row.regex})")

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield what matches and passes the checksum."""
        for match in self._found.finditer(text):
            candidate = self._judged(match[0], match.start())
            if candidate is not None:
                yield candidate

    def fits(self, cell: str) -> Candidate | None:
        """Return the candidate that is the whole of a cell."""
        return self._judged(cell, 0) if self._whole.fullmatch(cell) else None

    def _judged(self, found: str, start: int) -> Candidate | None:
        value = re.sub(r"[\s\-]", "", found).upper()
        test = CHECKS[self.row.checksum] if self.row.checksum else None
        if test is not None and not test(value):
            return None
        confidence = SHAPE if self.row.needs_label else LIKELY if test else POSSIBLE
        checks = (self.row.checksum,) if self.row.checksum else ("shape",)
        return Candidate(
            self.kind, start, start + len(found), confidence, checks, masked=False, value=value
        )


def read_patterns(path: pathlib.Path) -> tuple[OwnPattern, ...]:
    """Read the patterns of a file: tables `[patterns.NAME]`.

    Raises `Misconfigured` with every fault of it.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Misconfigured(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(str(error), where=str(path)) from error
    rows, faults = table.pop("patterns", {}), [f"{key} is unknown" for key in table]
    if not isinstance(rows, dict) or len(rows) > MOST:
        raise Misconfigured(f"needs [patterns.NAME], at most {MOST} of them", where=str(path))
    made = [_made(name, said, place, faults) for place, (name, said) in enumerate(rows.items())]
    if faults:
        raise Misconfigured.listing(faults, where=str(path))
    return tuple(pattern for pattern in made if pattern is not None)


_NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")


def _made(name: str, said: object, place: int, faults: list[str]) -> OwnPattern | None:
    regex = said.get("regex") if isinstance(said, dict) else None
    wrong = list(regex_faults(regex)) if isinstance(regex, str) else []
    if not _NAME.fullmatch(name):
        wrong.append("the name may have small letters, digits and _ alone, at most 40")
    faults += [f"patterns.{name}: {each}" for each in wrong]
    try:
        row = _Row.model_validate(said)
    except ValidationError as error:
        faults += [f"patterns.{name}.{each}" for each in sentences(error)]
        return None
    return OwnPattern(name, row, FIRST_GROUP + place % GROUPS)


_ESCAPED: Final = re.compile(r"\\.")
_CLASS: Final = re.compile(r"\[\^?\]?[^\]]*\]")
_REPEAT: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")
LONGEST_REPEAT: Final = 128


def regex_faults(regex: str) -> Iterator[str]:
    """Yield why a regular expression is refused: so that none takes long, whatever it reads.

    Repeats are bounded and never repeated themselves; there is nothing in it that Vectorscan
    and `re` would read differently.
    """
    try:
        compiled = re.compile(regex)
    except re.error as error:
        yield f"regex: {error}"
        return
    if compiled.groups and re.search(r"\\[1-9]|\(\?P=", regex):
        yield "regex: it refers back to a group"
    if compiled.fullmatch("") or re.search(r"\(\?[=!<P(#aiLmsux-]", regex):
        yield "regex: it matches nothing at all, looks around, names a group or sets flags"
    bare = _CLASS.sub("c", _ESCAPED.sub("e", regex))
    if re.search(r"[*+]", bare):
        yield "regex: * and + have no bound; write {1,20}"
    if any(_too_long(*repeat) for repeat in _REPEAT.findall(bare)):
        yield f"regex: a repeat needs a bound of at most {LONGEST_REPEAT}"
    if re.search(r"\)[{?]", bare) and re.search(r"\([^()]*[{?][^()]*\)\{", bare):
        yield "regex: a repeat is repeated"
    if not all(map(str.isascii, _CLASS.findall(regex))):
        yield "regex: Han characters in [...]; write (?:甲|乙)"


def _too_long(least: str, comma: str, most: str) -> bool:
    last = most if comma else least
    return not last or int(last) > LONGEST_REPEAT
