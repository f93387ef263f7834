"""What a person types into the form of a notice: checked field by field against the plan."""

import datetime as dt
from collections.abc import Callable, Mapping

from playbooks.notice.form import NOTHING, STAMPS, Words, field_of, office, same, text_of
from playbooks.plan import Plan
from playbooks.plan.notice import NoticeField
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import Notice

LONGEST = 10_000
"""Characters that one field may have."""

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
EDITED = "edited"
"""Mark of a field that a person wrote: it follows its incident no more."""


def form_of(
    plan: Plan,
    notice: Notice,
    entered: Mapping[str, str],
    known: Mapping[str, Words | list[Words]] | None = None,
) -> JsonObject:
    """Return the whole form of a new notice of a kind.

    A field that is not entered has what is `known`, else its usual text, else none. Raise
    `Malformed` with the field for an unknown, a missing required, a wrong or a too long one.
    """
    rows = plan.notice_form(notice.kind)
    _refuse_unknown(entered, {row.key for row in rows})
    usual = {key: words(plan, notice) for key, words in USUAL.items()} | dict(known or {})
    return {row.key: _field(plan, row, entered, usual) for row in rows}


def edited(plan: Plan, notice: Notice, entered: Mapping[str, str]) -> JsonObject:
    """Return the form with the entered fields in it; a text that is the same stays as it was.

    Raise `Malformed` as `form_of`.
    """
    rows = {row.key: row for row in plan.notice_form(notice.kind)}
    _refuse_unknown(entered, set(rows))
    fields = dict(notice.fields)
    for key, text in entered.items():
        if key in STAMPS or text.strip() == text_of(fields.get(key)).strip():
            continue
        row = rows[key]
        fields[key] = {**field_of((row.zh, row.en), _value(plan, row, text)), EDITED: True}
    for row in rows.values():
        _refuse_missing(row, text_of(fields.get(row.key)))
    return fields


def with_usual(plan: Plan, notice: Notice, key: str) -> JsonObject:
    """Return the fields with the usual text of this notice in one of them, if it has that."""
    label = next(((r.zh, r.en) for r in plan.notice_form(notice.kind) if r.key == key), None)
    usual = {} if label is None else {key: field_of(label, USUAL[key](plan, notice))}
    return notice.fields | usual


def refreshed(notice: Notice, filled: JsonObject) -> JsonObject:
    """Return newly filled fields, with those kept that a person wrote."""
    return {key: _kept(notice.fields.get(key)) or field for key, field in filled.items()}


def by_hand(notice: Notice, key: str) -> JsonObject:
    """Return the fields with one marked as written by a person."""
    field = notice.fields.get(key)
    return (
        {**notice.fields, key: {**field, EDITED: True}}
        if isinstance(field, dict)
        else notice.fields
    )


def is_edited(notice: Notice, key: str) -> bool:
    """Say whether a person wrote that field."""
    return _kept(notice.fields.get(key)) is not None


def _kept(field: object) -> JsonObject | None:
    return field if isinstance(field, dict) and field.get(EDITED) else None


def _field(
    plan: Plan,
    row: NoticeField,
    entered: Mapping[str, str],
    usual: Mapping[str, Words | list[Words]],
) -> JsonObject:
    label, text = (row.zh, row.en), entered.get(row.key, "").strip()
    if row.key in STAMPS:
        return field_of(label, NOTHING)
    found = _value(plan, row, text) if text else usual.get(row.key, NOTHING)
    field = field_of(label, found)
    _refuse_missing(row, text_of(field))
    return field


def _refuse_unknown(entered: Mapping[str, str], known: set[str]) -> None:
    unknown = next((key for key in entered if key not in known), None)
    if unknown is not None:
        raise Malformed("the form has no such field", where=unknown)


def _refuse_missing(row: NoticeField, text: str) -> None:
    is_typed = row.key not in STAMPS and row.input not in ("system", "files")
    if row.required and is_typed and not text.strip():
        raise Malformed(f"{row.en} is missing", where=row.key)


def _value(plan: Plan, row: NoticeField, text: str) -> Words | list[Words]:
    plain = typed(text, row.key, longest=LONGEST)
    reader = READERS.get(row.input)
    return reader(plan, row, plain) if reader else same(plain)


def _lines(_plan: Plan, _row: NoticeField, text: str) -> list[Words]:
    return [same(line.strip()) for line in text.splitlines() if line.strip()]


def _time(_plan: Plan, row: NoticeField, text: str) -> Words:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("is no time like 2026-03-01 09:30:00", where=row.key) from error
    return same(f"{at:{TIME_FORMAT}}")


def _number(_plan: Plan, row: NoticeField, text: str) -> Words:
    if not (text.isascii() and text.isdigit()):
        raise Malformed("is no number", where=row.key)
    return same(text)


def _choice(plan: Plan, row: NoticeField, text: str) -> Words:
    steps = {word.key: word for word in plan.scale_values if word.scale == row.scale}
    word = steps.get(text) or next((each for each in steps.values() if each.zh == text), None)
    if word is None:
        raise Malformed(f"is none of {', '.join(steps)}", where=row.key)
    return word.zh, word.en


def _contact(plan: Plan, notice: Notice) -> Words:
    ours = plan.city.contact
    return (
        f"处置单位：{notice.contact}；发文单位：{ours}",
        f"department: {notice.contact}; issuer: {ours}",
    )


def _request(plan: Plan, notice: Notice) -> Words:
    kind = plan.notice_kind(notice.kind)
    return kind.request_zh, kind.request_en


READERS: dict[str, Callable[[Plan, NoticeField, str], Words | list[Words]]] = {
    "lines": _lines,
    "time": _time,
    "number": _number,
    "choice": _choice,
}
"""How a text becomes a value, by the kind of input; any other is taken as it is."""

USUAL: dict[str, Callable[[Plan, Notice], Words]] = {
    "source": lambda plan, _: (
        f"{plan.city.zh}网络安全应急指挥机构通报",
        f"desk of {plan.city.en}",
    ),
    "issuer": lambda plan, _: office(plan),
    "request": _request,
    "contact": _contact,
}
"""What stands in a field that nobody entered, by its key."""
