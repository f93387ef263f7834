"""The facts of an incident: what is known, typed and checked, ready to be graded."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.types import AllowInfNan
from pydantic_core import ErrorDetails

from playbooks.plan.row import (
    BusinessLoss,
    DataClass,
    ObjectImportance,
    Operator,
    Sector,
    SocialHarm,
    plain_number,
)
from playbooks.text import typed
from situation.faults import Malformed


def _told(text: str) -> str:
    try:
        return typed(text, "text")
    except Malformed as fault:
        raise ValueError(fault.reason) from fault


Measured = Annotated[
    float, Field(ge=0), AllowInfNan(allow_inf_nan=False), AfterValidator(plain_number)
]
Share = Annotated[float, Field(ge=0, le=1), AllowInfNan(allow_inf_nan=False)]
Count = Annotated[
    float,
    Field(ge=0, multiple_of=1),
    AllowInfNan(allow_inf_nan=False),
    AfterValidator(plain_number),
]

Told = Annotated[str, AfterValidator(_told)]

SCALES: dict[str, tuple[str, ...]] = {
    "object_importance": ("general", "important", "special"),
    "business_loss": ("minor", "considerable", "severe", "especially_severe"),
    "social_harm": ("general", "considerable", "major", "especially_major"),
    "data_class": ("general", "important", "core"),
}
"""The facts that are steps of a scale, mildest step first."""


_NO_MEASURES = ("ransomware", "exercise")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OutageMinutes(_Strict):
    """How long what was down, in minutes; fractions allowed."""

    portal_province_up: Measured | None = None
    portal_city_up: Measured | None = None
    portal_other: Measured | None = None
    cii_whole: Measured | None = None
    cii_main_function: Measured | None = None
    telecom: Measured | None = None


class Deface(_Strict):
    """How long a defaced page stood, in minutes, and how far it spread."""

    home_minutes: Measured | None = None
    other_minutes: Measured | None = None
    reposts: Count | None = None
    views: Count | None = None


class Facts(_Strict):
    """What is known of an incident; None is not known. Shares are 0 to 1, money is RMB.

    `ransomware` holds what is known of the ransom: `amount`, `method`, `date` and more.
    """

    operator: Operator = "other"
    outage_minutes: OutageMinutes = OutageMinutes()
    people_affected: Count | None = None
    share_province: Share | None = None
    share_city: Share | None = None
    persons_leaked: Count | None = None
    sensitive_persons_leaked: Count | None = None
    infected_hosts: Count | None = None
    loss_rmb: Measured | None = None
    deface: Deface = Deface()
    object_importance: ObjectImportance | None = None
    business_loss: BusinessLoss | None = None
    social_harm: SocialHarm | None = None
    sector: Sector | None = None
    data_class: DataClass | None = None
    ransomware: dict[Told, Told | float | bool | None] | None = None
    exercise: bool = False

    def document(self) -> dict[str, object]:
        """Return the facts that are known, as in a facts file."""
        return self.model_dump(exclude_defaults=True, exclude_none=True)

    def measures(self) -> dict[str, float]:
        """Return every number by its path, for example `outage_minutes.cii_whole`.

        Persons whose sensitive data leaked are persons whose data leaked.
        """
        numbers: dict[str, float] = {}
        for name, value in self.document().items():
            parts = value.items() if isinstance(value, dict) else [(None, value)]
            for part, number in parts:
                if name not in _NO_MEASURES and isinstance(number, (int, float)):
                    numbers[name if part is None else f"{name}.{part}"] = number
        leaked = numbers.get("persons_leaked", 0.0)
        sensitive = numbers.get("sensitive_persons_leaked", 0.0)
        return numbers | ({"persons_leaked": max(leaked, sensitive)} if leaked or sensitive else {})

    def cii_minutes(self) -> float:
        """Return the longest outage of critical information infrastructure, 0 if none."""
        outage = self.outage_minutes
        return max(outage.cii_whole or 0.0, outage.cii_main_function or 0.0)


def flat(document: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of a facts file by their path; a ransom of which nothing is known stays."""
    paths: dict[str, object] = {}
    for name, value in document.items():
        if isinstance(value, Mapping) and value:
            paths |= {f"{name}.{part}": each for part, each in value.items()}
        else:
            paths[name] = value
    return paths


def nested(paths: Mapping[str, object]) -> dict[str, object]:
    """Return facts by path as a facts file has them."""
    document: dict[str, object] = {}
    for path, value in paths.items():
        name, _, part = path.partition(".")
        document[name] = _joined(document.get(name), part, value)
    return document


def _joined(there: object, part: str, value: object) -> object:
    parts = there if isinstance(there, Mapping) else {}
    if part:
        return {**parts, part: value}
    return {**value, **parts} if isinstance(value, Mapping) else value


def parse_facts(document: object, *, where: str = "facts") -> Facts:
    """Check a decoded JSON object; null means not known.

    Raise `Malformed` with `where` the path of the first faulty key and every fault in the
    reason; `where` names the document when it is no object at all.
    """
    if not isinstance(document, Mapping):
        raise Malformed("must be an object of facts", where=where)
    try:
        return Facts.model_validate(_known(document))
    except ValidationError as error:
        faults = list(dict.fromkeys((_path(fault), _reason(fault)) for fault in error.errors()))
    (place, reason), *others = faults
    more = "".join(f"; {path}: {why}" for path, why in others)
    raise Malformed(reason + more, where=place)


def _known(document: Mapping[object, object]) -> dict[object, object]:
    return {
        key: _known(value) if isinstance(value, dict) and key != "ransomware" else value
        for key, value in document.items()
        if value is not None
    }


def _path(fault: ErrorDetails) -> str:
    loc = fault["loc"][:2] if fault["loc"][0] == "ransomware" else fault["loc"]
    return ".".join(str(part) for part in loc)


_REASONS = {
    "extra_forbidden": "unknown key",
    "invalid_key": "unknown key",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "multiple_of": "must be a whole number",
    "literal_error": "must be {expected}",
    "bool_type": "must be true or false",
    "model_type": "must be an object",
    "dict_type": "must be an object",
}


def _reason(fault: ErrorDetails) -> str:
    if fault["loc"][0] == "ransomware" and len(fault["loc"]) > 1:
        return "must be text, a number, true, false or null"
    template = _REASONS.get(fault["type"], fault["msg"])
    return template.format(**fault.get("ctx", {}))
