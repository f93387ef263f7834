"""Filters as playbooks write them: JSON with the names of the store's closed filter tree.

`{"and": [...]}`, `{"or": [...]}`, `{"not": {...}}`, and leaves by field: `{"eq": {"field": ...,
"value": ...}}`, `in` with `values`, `range` with `since` and `until`, `exists`, `cidr` with
`network`, `prefix` and `phrase` with `text`. Dates are texts after ISO 8601 with their zone.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from situation.events import filter as tree
from situation.events.question import check_filter
from situation.faults import Malformed
from situation.fields import BY_NAME, Kind

_JOINING: Mapping[str, Callable[[tuple[tree.Filter, ...]], tree.Filter]] = {
    "and": tree.And,
    "or": tree.Or,
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "eq": ("field", "value"),
    "in": ("field", "values"),
    "range": ("field", "since", "until"),
    "exists": ("field",),
    "cidr": ("field", "network"),
    "prefix": ("field", "text"),
    "phrase": ("field", "text"),
}
"""Keys of each leaf; a range may leave one of its ends out, the others none."""


def read_filter(document: object, where: str = "where") -> tree.Filter | None:
    """Return the filter of a JSON object, None for an empty one.

    Raise `Malformed` with the place for what is no filter, asks a field what it cannot answer,
    or is larger than a store takes.
    """
    if document == {}:
        return None
    read = _node(document, where, 1)
    try:
        check_filter(read)
    except Malformed as fault:
        raise Malformed(str(fault), where=where) from fault
    return read


def _node(document: object, where: str, depth: int) -> tree.Filter:
    if depth > tree.MAX_DEPTH:
        raise Malformed(f"is deeper than {tree.MAX_DEPTH} levels", where=where)
    if not isinstance(document, Mapping) or len(document) != 1:
        names = ", ".join((*_JOINING, "not", *_KEYS))
        raise Malformed(f"must be an object with one of {names}", where=where)
    ((name, said),) = document.items()
    place = f"{where}.{name}"
    if name in _JOINING:
        return _joined(str(name), said, place, depth)
    if name == "not":
        return tree.Not(_node(said, place, depth + 1))
    return _leaf(str(name), said, place)


def _joined(name: str, said: object, where: str, depth: int) -> tree.Filter:
    if not isinstance(said, list) or not said:
        raise Malformed("must be a list of filters", where=where)
    if len(said) > tree.MAX_NODES:
        raise Malformed(f"has more than {tree.MAX_NODES} parts", where=where)
    parts = (_node(one, f"{where}.{place}", depth + 1) for place, one in enumerate(said))
    return _JOINING[name](tuple(parts))


def _leaf(name: str, said: object, where: str) -> tree.Filter:
    keys = _KEYS.get(name)
    if keys is None:
        raise Malformed("there is no such filter", where=where)
    if not isinstance(said, Mapping):
        raise Malformed(f"must be an object with {', '.join(keys)}", where=where)
    surplus = [str(key) for key in said if key not in keys]
    lacking = [key for key in keys if key not in said and name != "range"]
    if surplus or lacking or "field" not in said:
        raise Malformed(f"must have {', '.join(keys)} and nothing else", where=where)
    field = said["field"]
    if not isinstance(field, str) or field not in BY_NAME:
        raise Malformed("the field is not declared", where=f"{where}.field")
    return _LEAVES[name](field, said, where)


def _eq(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    return tree.Eq(field, _value(field, said["value"], f"{where}.value"))


def _in(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    values = said["values"]
    if not isinstance(values, list) or len(values) > tree.MAX_VALUES:
        reason = f"must be a list of at most {tree.MAX_VALUES} values"
        raise Malformed(reason, where=f"{where}.values")
    return tree.In(field, tuple(_value(field, one, f"{where}.values") for one in values))


def _range(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    ends = {
        name: _value(field, said[name], f"{where}.{name}")
        for name in ("since", "until")
        if said.get(name) is not None
    }
    return tree.Range(field, ends.get("since"), ends.get("until"))


def _exists(field: str, _said: Mapping[object, object], _where: str) -> tree.Filter:
    return tree.Exists(field)


def _cidr(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    return tree.Cidr(field, _text(said["network"], f"{where}.network"))


def _prefix(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    return tree.Prefix(field, _text(said["text"], f"{where}.text"))


def _phrase(field: str, said: Mapping[object, object], where: str) -> tree.Filter:
    return tree.Phrase(field, _text(said["text"], f"{where}.text"))


_LEAVES: Mapping[str, Callable[[str, Mapping[object, object], str], tree.Filter]] = {
    "eq": _eq,
    "in": _in,
    "range": _range,
    "exists": _exists,
    "cidr": _cidr,
    "prefix": _prefix,
    "phrase": _phrase,
}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Malformed("must be a text", where=where)
    return value


def _value(field: str, value: object, where: str) -> tree.Value:
    if BY_NAME[field].kind is Kind.DATE:
        return _time(value, where)
    if isinstance(value, (str, int, float, bool)):
        return value
    raise Malformed("must be a text, a number, true or false", where=where)


def _time(value: object, where: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(_text(value, where))
    except ValueError as error:
        raise Malformed("is no time after ISO 8601", where=where) from error
    if at.tzinfo is None:
        raise Malformed("has no time zone", where=where)
    return at
