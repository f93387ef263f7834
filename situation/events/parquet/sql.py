"""Filter trees in normal form as DuckDB conditions with bound parameters.

A condition on a missing field is NULL, which `And` and `Or` carry and `Not` turns into a match.
"""

from situation.events import address
from situation.events.filter import And, Eq, Exists, Filter, In, Not, Or, Phrase, Prefix, Range
from situation.events.instant import END, iso_text
from situation.events.normal import normal
from situation.events.question import Question
from situation.events.word import words_value
from situation.fields import BY_NAME, Kind

KEY = "_key:"
"""Prefix of the hidden column with the sortable keys of an address."""
WORDS = "_words:"
"""Prefix of the hidden column with the words of a text."""

_CASTS = {
    Kind.DATE: "CAST(? AS TIMESTAMPTZ_NS)",
    Kind.LONG: "CAST(? AS BIGINT)",
    Kind.DOUBLE: "CAST(? AS DOUBLE)",
}


def quoted(name: str) -> str:
    """Return a column's name for SQL."""
    return f'"{name}"'


class Condition:
    """Gathers the parameters of one statement in the order of their places."""

    def __init__(self, *parameters: object) -> None:
        self.parameters = list(parameters)

    def of_question(self, question: Question) -> str:
        """Return the condition of time range, filter and cursor."""
        parts = [f'"@timestamp" >= {self._bound("@timestamp", iso_text(question.since))}']
        if question.until < END:
            parts.append(f'"@timestamp" < {self._bound("@timestamp", iso_text(question.until))}')
        if question.where is not None:
            parts.append(self.of(normal(question.where)))
        if question.after is not None:
            parts.append(self._after(question.after, "<" if question.newest else ">"))
        return " AND ".join(parts)

    def of(self, where: Filter) -> str:
        """Return the condition of a tree in normal form."""
        match where:
            case And(parts):
                return f"({' AND '.join(self.of(part) for part in parts) or 'TRUE'})"
            case Or(parts):
                return f"({' OR '.join(self.of(part) for part in parts) or 'FALSE'})"
            case Not(part):
                return f"({self.of(part)} IS NOT TRUE)"
        return self._leaf(where)

    def _leaf(self, where: Filter) -> str:
        match where:
            case Eq(name, value):
                return f"({column(name)} = {self._bound(name, value)})"
            case In(name, values):
                places = ", ".join(self._bound(name, value) for value in values)
                return f"({column(name)} IN ({places}))"
            case Range(name, since, until):
                ends = ((">=", since), ("<", until))
                tests = [
                    f"{column(name)} {op} {self._bound(name, v)}" for op, v in ends if v is not None
                ]
                return f"({' AND '.join(tests)})"
            case Exists(name):
                return f"({quoted(name)} IS NOT NULL)"
            case Prefix(name, text):
                return f"starts_with({quoted(name)}, {self._bound(name, text)})"
            case Phrase(name, text):
                self.parameters.append(words_value(text))
                return f"contains({quoted(WORDS + name)}, ?)"
        raise TypeError(where)

    def _bound(self, name: str, value: object) -> str:
        kind = BY_NAME[name].kind
        self.parameters.append(address.key(str(value)) if kind is Kind.IP else value)
        return _CASTS.get(kind, "?")

    def _after(self, after: tuple[int, str], way: str) -> str:
        nanos, event_id = after
        self.parameters += [iso_text(nanos), iso_text(nanos), event_id]
        place = _CASTS[Kind.DATE]
        return f'("@timestamp" {way} {place} OR ("@timestamp" = {place} AND "event.id" {way} ?))'


def column(name: str) -> str:
    """Return the column by which a field is compared and grouped."""
    return quoted(KEY + name if BY_NAME[name].kind is Kind.IP else name)
