"""Columns whose heading is not known: kinds of words that their cells alone can tell."""

from collections.abc import Callable
from typing import Final, NamedTuple

from detect.classified.column.view import View
from detect.classified.word.address import parts_of
from detect.classified.word.company import CompanyRecogniser
from detect.classified.word.medical import is_disease
from detect.classified.word.naming import Fit, name_fit
from detect.classified.word.personal import (
    is_education,
    is_ethnicity,
    is_religion,
    is_sex,
)

FEWEST: Final = 5
"""Cells below which words prove nothing without a heading."""


class _Alone(NamedTuple):
    kind: str
    fits: Callable[[View], float]
    wanted: float


def _whole_addresses(view: View) -> float:
    return view.share(lambda cell: parts_of(cell).whole)


_SURE: Final = 0.5
_COMPANY = CompanyRecogniser()


def _sure_companies(view: View) -> float:
    return view.share(
        lambda cell: (found := _COMPANY.fits(cell)) is not None and found.confidence > _SURE
    )


def _religions(view: View) -> float:
    named = sum(1 for cell in view.cells if is_religion(cell))
    return view.share(is_religion) if named > 1 else 0.0


def names(view: View) -> float:
    """Return the share of names, if they come as names of people do.

    Most people bear a common surname, most given names end in one of their characters, and few
    names come twice: products and places do not look like that.
    """
    certain = view.share(lambda cell: name_fit(cell) is Fit.CERTAIN)
    if certain < _CERTAIN or view.distinct < _DISTINCT:
        return 0.0
    return view.share(lambda cell: name_fit(cell) >= Fit.LIKELY)


_CERTAIN = 0.6
_DISTINCT = 0.5

_RESULTS: Final = frozenset({"阴性", "阳性", "弱阳性", "阴性(-)", "阳性(+)", "可疑阳性"})
_ROWS: Final = (
    _Alone("sex", lambda view: view.share(is_sex), 0.9),
    _Alone("ethnicity", lambda view: view.share(is_ethnicity), 0.9),
    _Alone("religion", _religions, 0.9),
    _Alone("education", lambda view: view.share(is_education), 0.9),
    _Alone("name", names, 0.8),
    _Alone("address", _whole_addresses, 0.8),
    _Alone("company", _sure_companies, 0.8),
    _Alone("medical", lambda view: view.share(is_disease), 0.9),
    _Alone("medical", lambda view: view.share(_RESULTS.__contains__), 0.95),
)


def unnamed(view: View) -> tuple[str, float] | None:
    """Return the kind that the cells alone tell and its share."""
    if view.sampled < FEWEST:
        return None
    glimpse = view.glimpse(_GLIMPSE)
    likely = (row for row in _ROWS if row.fits(glimpse) >= row.wanted - _SLACK)
    found = ((row.kind, row.fits(view), row.wanted) for row in likely)
    return next(((kind, share) for kind, share, wanted in found if share >= wanted), None)


_GLIMPSE: Final = 40
_SLACK: Final = 0.3
