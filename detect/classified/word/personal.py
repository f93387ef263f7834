"""Values about a person that a list knows: ethnicity, sex, religion, education, crime."""

import re
from typing import Final

from detect.classified.word.table import either, table, words

_TABLE = table("personal")
_ETHNICITIES = words(_TABLE["ethnicities"])
ETHNICITIES: Final = frozenset(_ETHNICITIES) | frozenset(f"{name}族" for name in _ETHNICITIES)
SEXES: Final = frozenset(words(_TABLE["sexes"]))
SEX_CODES: Final = frozenset(words(_TABLE["sex_codes"]))
RELIGIONS: Final = frozenset(words(_TABLE["religions"]))
EDUCATION: Final = frozenset(words(_TABLE["education"]))
_CRIME = re.compile(either(words(_TABLE["crimes"])))


def is_ethnicity(cell: str) -> bool:
    """Return whether a cell names one of the groups of GB/T 3304."""
    return cell in ETHNICITIES


def is_sex(cell: str) -> bool:
    """Return whether a cell says man or woman in words."""
    return cell in SEXES


def is_sex_or_code(cell: str) -> bool:
    """Return whether a cell says it in words or by the codes of GB/T 2261.1."""
    return cell in SEXES or cell in SEX_CODES


def is_religion(cell: str) -> bool:
    """Return whether a cell names a religion."""
    return cell in RELIGIONS


def is_education(cell: str) -> bool:
    """Return whether a cell names a level of education."""
    return cell in EDUCATION


def is_crime(cell: str) -> bool:
    """Return whether a cell names an offence or what followed it."""
    return bool(_CRIME.search(cell))
