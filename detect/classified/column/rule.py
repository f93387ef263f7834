"""Rules: by what share of its cells a column is of a kind, with and without a heading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """Shares of the filled cells that have to fit.

    `alone`: where the heading says nothing; `against`: where it speaks against it (订单号); above
    1 means never. `named`: where it names the kind.
    """

    alone: float
    against: float
    named: float = 0.5


_NEVER = 2.0
CHECKED: Final[Mapping[str, Rule]] = {
    # Of 100 random values, number and date of birth fit half by a chance of 2e-131, a credit code
    # by 6e-47, Luhn four fifths by 7e-61: the share decides alone.
    "resident_id": Rule(0.5, 0.5, 0.2),
    "residence_permit": Rule(0.5, 0.5, 0.2),
    "permanent_residence": Rule(0.5, 0.5, 0.2),
    "uscc": Rule(0.5, 0.5, 0.2),
    "bank_card": Rule(0.8, 0.8, 0.3),
    "imei": Rule(0.8, _NEVER, 0.5),
    "iccid": Rule(0.8, 0.9, 0.5),
    "email": Rule(0.5, 0.8),
    "plate": Rule(0.8, 0.8),
    "mobile": Rule(0.8, 0.95),
    "landline": Rule(0.8, _NEVER),
    "vin": Rule(0.8, 0.9),
    "mac": Rule(0.8, 0.9),
    "ipv4": Rule(0.8, _NEVER),
    "ipv6": Rule(0.8, 0.9),
    "hkid": Rule(0.8, _NEVER),
    "twid": Rule(0.8, _NEVER),
    "gps": Rule(0.8, _NEVER, 0.8),
    "student_number": Rule(0.9, _NEVER, 0.8),
    "estate": Rule(0.8, 0.8, 0.5),
    "private_key": Rule(0.3, 0.3, 0.3),
    "connection_string": Rule(0.3, 0.3, 0.3),
    "cloud_key": Rule(0.5, 0.5, 0.5),
    "token": Rule(0.5, 0.5, 0.5),
    # No check digit, yet a region and a day: fifteen random digits have both once in 4,000 times.
    "resident_id_15": Rule(0.95, _NEVER, 0.5),
    "passport": Rule(_NEVER, _NEVER, 0.6),
    "travel_permit": Rule(_NEVER, _NEVER, 0.6),
    "imsi": Rule(0.9, _NEVER),
    "meid": Rule(_NEVER, _NEVER),
    "organisation_code": Rule(_NEVER, _NEVER),
    "business_licence": Rule(_NEVER, _NEVER),
    "social_security": Rule(_NEVER, _NEVER),
    "driver_archive": Rule(_NEVER, _NEVER),
    "officer_card": Rule(_NEVER, _NEVER),
}
"""Kinds that a validator counts."""

FAMILIES: Final[tuple[tuple[str, ...], ...]] = (
    (
        "resident_id", "resident_id_15", "residence_permit", "permanent_residence", "passport",
        "travel_permit", "hkid", "twid", "officer_card", "driver_archive", "social_security",
        "student_number",
    ),
    ("mobile", "landline"),
    ("bank_card", "account"),
    ("imei", "meid", "imsi", "iccid"),
    ("ipv4", "ipv6"),
    ("uscc", "organisation_code", "business_licence", "resident_id"),
)  # fmt: skip
"""Kinds that stand under one another's headings: 证件号码 holds passports as well.

Validators say which."""

KIN: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("company",),
    "company": ("name",),
    "education": ("company",),
    "account": ("name",),
    "mobile": ("landline",),
    "uscc": ("organisation_code", "business_licence"),
    "passport": ("travel_permit",),
    "travel_permit": ("passport",),
}
"""Kinds that cells may be instead, where they do not look like what the heading names: 户名 is a
person or a company."""

LEXICAL: Final[Mapping[str, float]] = {
    "name": 0.8,
    "address": 0.7,
    "company": 0.6,
    "sex": 0.8,
    "ethnicity": 0.8,
    "religion": 0.7,
    "birth_date": 0.8,
    "education": 0.5,
    "income": 0.8,
    "credit": 0.5,
    "criminal": 0.3,
    "special_status": 0.5,
    "biometric": 0.7,
    "gps": 0.8,
    "medical": 0.6,
    "track": 0.6,
    "call_record": 0.6,
    "account": 0.8,
    "password": 0.7,
    "token": 0.6,
    "cloud_key": 0.6,
    "private_key": 0.5,
    "connection_string": 0.6,
    "estate": 0.7,
    "social_security": 0.8,
    "student_number": 0.8,
    "driver_archive": 0.8,
    "officer_card": 0.7,
}
"""Shares of cells that have to look like a kind that the heading names."""

SHAPED: Final = 0.8
"""The same for a number by its shape alone."""
MASKED: Final = 0.5
"""Share of cells that are masked from which a column is."""


def family_of(kind: str) -> tuple[str, ...]:
    """Return a kind and those that may stand under its heading."""
    kin = (row for row in FAMILIES if kind in row)
    return tuple(dict.fromkeys((kind, *(other for row in kin for other in row))))
