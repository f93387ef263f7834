"""The recognisers that are in use: an explicit list."""

import datetime as dt
from typing import Final

from detect.classified.number.card import CARD_NUMBERS
from detect.classified.number.device import DEVICE_NUMBERS
from detect.classified.number.identity import identity_numbers
from detect.classified.number.masked import MASKED_NUMBERS
from detect.classified.number.network import NETWORK_ADDRESSES
from detect.classified.number.organisation import ORGANISATION_NUMBERS
from detect.classified.number.phone import PHONE_NUMBERS
from detect.classified.number.position import POSITIONS
from detect.classified.number.register import REGISTER_NUMBERS
from detect.classified.number.travel import TRAVEL_NUMBERS
from detect.classified.number.vehicle import VEHICLE_NUMBERS
from detect.classified.recogniser import Recogniser
from detect.classified.secret.catalogue import SECRET_RECOGNISERS
from detect.classified.word.catalogue import WORD_RECOGNISERS

PRIORITY: Final = (
    "private_key",
    "connection_string",
    "cloud_key",
    "token",
    "password",
    "student_number",
    "resident_id",
    "residence_permit",
    "permanent_residence",
    "uscc",
    "bank_card",
    "imei",
    "imsi",
    "iccid",
    "meid",
    "resident_id_15",
    "business_licence",
    "mobile",
    "landline",
)
"""One number is of one kind: where several claim a stretch and none more has its label, the one
that stands first takes it. What is not here comes behind, the longer stretch first."""


def recognisers(today: dt.date) -> tuple[Recogniser, ...]:
    """Return all recognisers; nobody is born after `today`."""
    return (
        *identity_numbers(today),
        *ORGANISATION_NUMBERS,
        *CARD_NUMBERS,
        *PHONE_NUMBERS,
        *TRAVEL_NUMBERS,
        *VEHICLE_NUMBERS,
        *DEVICE_NUMBERS,
        *NETWORK_ADDRESSES,
        *POSITIONS,
        *REGISTER_NUMBERS,
        *MASKED_NUMBERS,
        *WORD_RECOGNISERS,
        *SECRET_RECOGNISERS,
    )
