"""A template filled with values: which blocks are said, and what stands in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from playbooks.document import row as rows
from playbooks.document.block import Block, Document, Language
from playbooks.document.cleaning import clean
from playbooks.document.phrase import Phrases
from situation.faults import Malformed, Misconfigured

Values = Mapping[str, object]

LONGEST = 1_000_000
"""Characters that a document holds at most; more is no document that a person reads."""
LONGEST_TEXT = 20_000
"""Characters of one text at most; the rest is left out, and the document says how much."""
MOST_ROWS = 20_000
"""Rows that one list of a document holds at most."""

_EMPTY = "—"
_LEFT_OUT = {
    "zh": "……（此处略去{count}字，全文见平台）",
    "en": " ... ({count} characters are left out here; the whole text is on the platform)",
}
_DIGITS: tuple[str, ...] = ("", *"一二三四五六七八九")
_UNCOUNTED = 100
_LANGUAGES = {"zh", "en"}


def in_chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese, as headings are counted; others in figures."""
    tens, ones = divmod(number, 10)
    if not 0 < number < _UNCOUNTED:
        return str(number)
    ten = f"{_DIGITS[tens] if tens > 1 else ''}十" if tens else ""
    return f"{ten}{_DIGITS[ones]}"


class Filling:
    """Fills one template in one language."""

    def __init__(self, phrases: Phrases, name: str, language: Language) -> None:
        self._phrases = phrases
        self._name = name
        self._language = language
        self._written = 0
        self._headings = [0, 0]

    def document(self, sheet: rows.Sheet, data: Values) -> Document:
        """Return the document of `data`; what is in both languages is said in this one."""
        values = cast("Values", self._spoken(data))
        return Document(
            name=self._name,
            language=self._language,
            subject=self._say(sheet.subject, values),
            number=self._say(sheet.number, values),
            grade=self._say(sheet.grade, values),
            issuer=self._say(sheet.issuer, values),
            date=self._say(sheet.date, values),
            drill=bool(values["drill"]),
            blocks=tuple(self._blocks(sheet.blocks, values)),
        )

    def _blocks(self, parts: Sequence[rows.Block], values: Values) -> Iterator[Block]:
        for part in parts:
            if not self._is_said(part, values):
                continue
            if isinstance(part, rows.Repeat):
                for each in self._listed(part.each, values):
                    yield from self._blocks(part.blocks, {**values, "part": each})
            else:
                yield self._block(part, values)

    def _block(self, part: rows.Simple, values: Values) -> Block:
        if isinstance(part, rows.Writing):
            text = self._say(part.text, values)
            if part.kind == "heading":
                text = self._numbered(text, part.level)
            return Block(part.kind, text, level=part.level)
        if isinstance(part, rows.Facts):
            return Block("facts", rows=tuple(self._facts(part, values)))
        if isinstance(part, rows.Table):
            return self._table(part, values)
        if isinstance(part, rows.Listing):
            items = tuple((self._say(part.value, each),) for each in self._each(part.each, values))
            return Block("list", self._say(part.text, values), rows=items)
        if isinstance(part, rows.Signature):
            signed = (self._say(part.office, values),), (self._say(part.date, values),)
            return Block("signature", rows=signed)
        return Block("page_break")

    def _numbered(self, text: str, level: int) -> str:
        self._headings[level - 1] += 1
        self._headings[level:] = [0] * (len(self._headings) - level)
        if self._language == "zh":
            form = "{}、{}" if level == 1 else "（{}）{}"
            return form.format(in_chinese(self._headings[level - 1]), text)
        return f"{'.'.join(str(count) for count in self._headings[:level])}. {text}"

    def _facts(self, part: rows.Facts, values: Values) -> Iterator[tuple[str, str]]:
        for fact in part.rows:
            if self._is_said(fact, values):
                label, value = self._fact(fact.label, fact.value, values)
                room = "\n" * (fact.lines - 1)
                yield label, value if not room else value.removeprefix(_EMPTY) + room
        if part.each and part.label and part.value:
            for each in self._each(part.each, values):
                yield self._fact(part.label, part.value, each)

    def _fact(self, label: rows.Words, value: rows.Words, values: Values) -> tuple[str, str]:
        return self._say(label, values), self._say(value, values) or _EMPTY

    def _table(self, part: rows.Table, values: Values) -> Block:
        return Block(
            "table",
            columns=tuple(self._say(column.head, values) for column in part.columns),
            widths=tuple(column.width for column in part.columns),
            rows=tuple(
                tuple(self._say(column.value, each) or _EMPTY for column in part.columns)
                for each in self._each(part.each, values)
            ),
        )

    def _each(self, name: str, values: Values) -> Iterator[Values]:
        return ({**values, "row": each} for each in self._listed(name, values))

    def _listed(self, name: str, values: Values) -> Sequence[object]:
        found = self._value(name, values)
        if not isinstance(found, tuple):
            raise Misconfigured(f"{name} is no list", where=f"document template {self._name}")
        if len(found) > MOST_ROWS:
            raise Malformed(
                f"{name} has {len(found)} rows, more than {MOST_ROWS}", where=self._name
            )
        return found

    def _is_said(self, part: rows.Part, values: Values) -> bool:
        wanted = part.when is None or bool(self._value(part.when, values))
        return wanted and not (part.unless is not None and self._value(part.unless, values))

    def _value(self, name: str, values: Values) -> object:
        found: object = values
        for step in name.split("."):
            if not isinstance(found, Mapping) or step not in found:
                raise Misconfigured(
                    f"nothing is called {name!r}", where=f"document template {self._name}"
                )
            found = found[step]
        return found

    def _say(self, words: rows.Words, values: Values) -> str:
        text = self._phrases.fill(words.zh if self._language == "zh" else words.en, values).strip()
        if len(text) > LONGEST_TEXT:
            left_out = _LEFT_OUT[self._language].format(count=len(text) - LONGEST_TEXT)
            text = text[:LONGEST_TEXT] + left_out
        self._written += len(text)
        if self._written > LONGEST:
            raise Malformed(f"longer than {LONGEST} characters", where=f"document {self._name}")
        return text

    def _spoken(self, value: object) -> object:
        if isinstance(value, Mapping):
            if set(value) == _LANGUAGES:
                return self._spoken(value[self._language])
            return {str(key): self._spoken(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return tuple(self._spoken(each) for each in value)
        return value if isinstance(value, bool) else "" if value is None else clean(str(value))
