"""The form of facts: which facts a person may tell, how each is written and how it is read."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from playbooks.facts import SCALES
from playbooks.flag import RANSOM_FIELDS
from playbooks.text import typed
from situation.faults import Malformed
from soc_api.web.measure import number

Kind = Literal["whole", "number", "share", "choice", "yes", "text"]

PROVED, ASSUMED = "proved", "assumed"
"""How sure a person is of a fact."""

TEXT_LIMIT = 200
LARGEST = Decimal(10) ** 15
"""No count of persons and no sum of money of a city is beyond it."""

_PER_CENT = 100
_SCALED = {"万": 10_000, "亿": 100_000_000}
_RANSOM = "ransomware"


@dataclass(frozen=True, slots=True)
class FactField:
    """A fact of the form: its path in the facts file, how it is entered, the steps of a choice."""

    key: str
    kind: Kind
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that are asked for together."""

    key: str
    fields: tuple[FactField, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from the form: values by key, None where it was emptied; faults by key.

    `states` says for each value whether the person takes it as proved or assumed. A fault is the
    key of the sentence that says how to mend it.
    """

    values: Mapping[str, object]
    states: Mapping[str, str]
    faults: Mapping[str, str]

    def without(self, key: str, fault: str) -> "Reading":
        """Return the same with one value less and a fault in its place."""
        values = {name: value for name, value in self.values.items() if name != key}
        return Reading(values, self.states, {**self.faults, key: fault})


def _scale(key: str) -> FactField:
    return FactField(key, "choice", tuple(reversed(SCALES[key])))


GROUPS: tuple[FactGroup, ...] = (
    FactGroup(
        "outage",
        (
            FactField("outage_minutes.portal_city_up", "number"),
            FactField("outage_minutes.portal_province_up", "number"),
            FactField("outage_minutes.portal_other", "number"),
            FactField("outage_minutes.cii_whole", "number"),
            FactField("outage_minutes.cii_main_function", "number"),
            FactField("outage_minutes.telecom", "number"),
        ),
    ),
    FactGroup(
        "data",
        (
            FactField("persons_leaked", "whole"),
            FactField("sensitive_persons_leaked", "whole"),
            _scale("data_class"),
        ),
    ),
    FactGroup(
        "people",
        (
            FactField("people_affected", "whole"),
            FactField("share_city", "share"),
            FactField("share_province", "share"),
        ),
    ),
    FactGroup(
        "harm",
        (
            FactField("loss_rmb", "number"),
            FactField("infected_hosts", "whole"),
            _scale("object_importance"),
            _scale("business_loss"),
            _scale("social_harm"),
        ),
    ),
    FactGroup(
        "who",
        (
            FactField("operator", "choice", ("cii", "central_organ", "other")),
            FactField("sector", "choice", ("miit", "finance")),
        ),
    ),
    FactGroup(
        "deface",
        (
            FactField("deface.home_minutes", "number"),
            FactField("deface.other_minutes", "number"),
            FactField("deface.reposts", "whole"),
            FactField("deface.views", "whole"),
        ),
    ),
    FactGroup(
        "ransom",
        (
            FactField(_RANSOM, "yes"),
            *(FactField(f"{_RANSOM}.{name}", "text") for name in RANSOM_FIELDS),
        ),
    ),
)
"""The facts in the order in which they are asked for: what a caller tells first stands first."""

FIELDS: dict[str, FactField] = {field.key: field for group in GROUPS for field in group.fields}


def written(field: FactField, value: object) -> str:
    """Write a fact as it stands in its field; what is not known is an empty field."""
    if value is None:
        return ""
    if field.kind == "yes":
        return "yes"
    if field.kind == "share" and isinstance(value, int | float):
        return number(round(value * _PER_CENT, 4))
    if field.kind in ("whole", "number") and isinstance(value, int | float):
        return f"{Decimal(str(value)):,f}"
    return str(value)


def known(facts: Mapping[str, object], key: str) -> object:
    """Return the fact at a path of the facts file, None if it is not known."""
    name, _, part = key.partition(".")
    value = facts.get(name)
    if not part:
        return value
    return value.get(part) if isinstance(value, Mapping) else None


def read(
    told: Mapping[str, str],
    assumed: Collection[str],
    facts: Mapping[str, object],
    states: Mapping[str, str],
) -> Reading:
    """Read what differs from `facts` and their `states` (proved, assumed), both by key.

    `told` are the texts of the fields, `assumed` the facts that the person ticked as not sure.
    A fact whose state alone changed counts as told. What cannot be read becomes a fault; the
    others are read all the same.
    """
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    for key, text in told.items():
        field, plain = FIELDS.get(key), text.strip()
        if field is None or _as_it_was(field, plain, _state(key, assumed), facts, states):
            continue
        try:
            values[key] = _READERS[field.kind](field, plain) if plain else None
        except (ValueError, InvalidOperation):
            faults[key] = f"mend_{field.kind}"
    return Reading(values, {key: _state(key, assumed) for key in values}, faults)


def _state(key: str, assumed: Collection[str]) -> str:
    return ASSUMED if key in assumed else PROVED


def _as_it_was(
    field: FactField,
    text: str,
    state: str,
    facts: Mapping[str, object],
    states: Mapping[str, str],
) -> bool:
    same = text == written(field, known(facts, field.key))
    return same and (not text or state == states.get(field.key, PROVED))


def _amount(text: str) -> Decimal:
    plain = text.replace(",", "").replace("，", "").replace(" ", "")
    factor = _SCALED.get(plain[-1:], 1)
    amount = Decimal(plain[:-1] if factor > 1 else plain) * factor
    if not amount.is_finite() or not 0 <= amount <= LARGEST:
        raise ValueError(text)
    return amount


def _number(_field: FactField, text: str) -> float:
    amount = _amount(text)
    return int(amount) if amount == int(amount) else float(amount)


def _whole(_field: FactField, text: str) -> int:
    amount = _amount(text)
    if amount != int(amount):
        raise ValueError(text)
    return int(amount)


def _share(_field: FactField, text: str) -> float:
    share = _amount(text.removesuffix("%").removesuffix("％")) / _PER_CENT
    if share > 1:
        raise ValueError(text)
    return float(share)


def _choice(field: FactField, text: str) -> str:
    if text not in field.steps:
        raise ValueError(text)
    return text


def _yes(_field: FactField, text: str) -> bool:
    if text != "yes":
        raise ValueError(text)
    return True


def _text(field: FactField, text: str) -> str:
    try:
        return typed(text, field.key, longest=TEXT_LIMIT)
    except Malformed as fault:
        raise ValueError(text) from fault


_READERS: dict[Kind, Callable[[FactField, str], object]] = {
    "whole": _whole,
    "number": _number,
    "share": _share,
    "choice": _choice,
    "yes": _yes,
    "text": _text,
}
