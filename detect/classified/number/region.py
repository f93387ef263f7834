"""Codes of administrative regions (GB/T 2260), those that were abolished included."""

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray


def _rows() -> dict[str, str]:
    text = files("detect.classified.number").joinpath("data/region.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


REGIONS: Final[Mapping[str, str]] = _rows()
"""Names by six-digit code."""

PROVINCES: Final = frozenset(code[:2] for code in REGIONS)
"""First two digits that are in use."""


def _known() -> NDArray[np.bool_]:
    known = np.zeros(1_000_000, np.bool_)
    known[[int(code) for code in REGIONS]] = True
    return known


KNOWN: Final = _known()
"""Whether a code, as a number, was ever in use."""
