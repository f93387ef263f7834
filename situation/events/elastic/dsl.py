"""Filter trees in normal form as Elasticsearch's Query DSL, without scores and scripts."""

from situation.events.filter import And, Eq, Exists, Filter, In, Not, Or, Phrase, Prefix, Range
from situation.events.instant import END, iso_text
from situation.events.normal import normal
from situation.events.question import Question

Clause = dict[str, object]


def question_clause(question: Question) -> Clause:
    """Return the clause of time range and filter."""
    ends: Clause = {"gte": iso_text(question.since)}
    if question.until < END:
        ends["lt"] = iso_text(question.until)
    clauses: list[Clause] = [{"range": {"@timestamp": ends}}]
    if question.where is not None:
        clauses.append(clause(normal(question.where)))
    return {"bool": {"filter": clauses}}


def clause(where: Filter) -> Clause:
    """Return the clause of a tree in normal form."""
    match where:
        case And(parts):
            return {"bool": {"filter": [clause(part) for part in parts]}} if parts else _ALL
        case Or(parts):
            return _any([clause(part) for part in parts])
        case Not(part):
            return {"bool": {"must_not": [clause(part)]}}
    return _leaf(where)


_ALL: Clause = {"match_all": {}}


def _any(clauses: list[Clause]) -> Clause:
    if not clauses:
        return {"match_none": {}}
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _leaf(where: Filter) -> Clause:
    match where:
        case Eq(field, value):
            return {"term": {field: {"value": value}}}
        case In(field, values):
            return {"terms": {field: list(values)}}
        case Range(field, since, until):
            ends = {"gte": since, "lt": until}
            return {"range": {field: {way: end for way, end in ends.items() if end is not None}}}
        case Exists(field):
            return {"exists": {"field": field}}
        case Prefix(field, text):
            return {"prefix": {field: {"value": text}}}
        case Phrase(field, text):
            return {"match_phrase": {field: {"query": text}}}
    raise TypeError(where)
