"""Records of labelled text: what stands where, and why a decoy is none."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

_FORMATTER = string.Formatter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A value in a text: characters `start` to `end`, and its kind by the key of `KINDS`.

    Separators inside the value belong to it, a country code, too; brackets and quotes do not.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text with all values in it.

    `about` is the kind that it was made to try. A positive has a span of that kind; a negative
    has none, and `why` says what tempts. `context` says that a word beside the value tells what
    it is (or, of a negative, what it is not).
    """

    text: str
    about: str
    spans: tuple[Span, ...] = ()
    why: str = ""
    context: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value to be put into a text, with its kind; an empty kind is not labelled."""

    kind: str
    text: str


def compose(form: str, values: Mapping[str, Value]) -> tuple[str, tuple[Span, ...]]:
    """Fill `{name}` in a form with values and tell where those with a kind came to stand."""
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for literal, field, _, _ in _FORMATTER.parse(form):
        parts.append(literal)
        at += len(literal)
        if field is not None:
            value = values[field]
            parts.append(value.text)
            if value.kind:
                spans.append(Span(kind=value.kind, start=at, end=at + len(value.text)))
            at += len(value.text)
    return "".join(parts), tuple(spans)
