"""Alerts counted for the overview: by status, severity and department, and over time."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Alert
from soc_api.web.query.alert import SEVERE, AlertFilter, conditions

BINS = 48
SHORTEST_BIN = 60
"""Seconds of a bin at least."""
OPEN = "open"
SEVERITIES = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many alerts there are: by severity, those open too, and by department, most first."""

    severities: dict[int, int]
    open_severities: dict[int, int]
    departments: list[tuple[str, int]]

    @property
    def all_alerts(self) -> int:
        """Every alert."""
        return sum(self.severities.values())

    @property
    def open_alerts(self) -> int:
        """Every alert that is open."""
        return sum(self.open_severities.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Alerts over time in `BINS` equal parts, severe ones beside all; None without alerts."""

    start: dt.datetime
    end: dt.datetime
    all_alerts: list[int]
    severe: list[int]

    @property
    def bin_seconds(self) -> float:
        """How long a bin is."""
        return (self.end - self.start).total_seconds() / BINS

    @property
    def middle(self) -> dt.datetime:
        """The time halfway."""
        return self.start + (self.end - self.start) / 2

    @property
    def most(self) -> int:
        """The tallest bin."""
        return max(self.all_alerts)


def tally(session: Session, wanted: AlertFilter) -> Tally:
    """Count the alerts that are wanted in one look at their index."""
    keys = (Alert.status, Alert.severity, Alert.department)
    query = sa.select(*keys, sa.func.count()).where(*conditions(wanted)).group_by(*keys)
    severities, still_open, departments = Counter[int](), Counter[int](), Counter[str]()
    for status, severity, department, amount in session.execute(query).all():
        severities[severity] += amount
        still_open[severity] += amount if status == OPEN else 0
        departments[department] += amount
    return Tally(
        severities={severity: severities[severity] for severity in SEVERITIES},
        open_severities={severity: still_open[severity] for severity in SEVERITIES},
        departments=sorted(departments.items(), key=lambda pair: (-pair[1], pair[0])),
    )


def timeline(session: Session, wanted: AlertFilter) -> Timeline | None:
    """Count the alerts that are wanted over time; the database does it, to the second."""
    ends = sa.select(sa.func.min(Alert.last_seen), sa.func.max(Alert.last_seen))
    first, last = session.execute(ends.where(*conditions(wanted))).one()
    if first is None or last is None:
        return None
    start = first.replace(microsecond=0)
    width = max(-(-int((last - start).total_seconds()) // BINS), SHORTEST_BIN)
    everything, severe = [0] * BINS, [0] * BINS
    for place, severity, amount in _places(session, wanted, start, width):
        everything[min(place, BINS - 1)] += amount
        severe[min(place, BINS - 1)] += amount if severity in SEVERE else 0
    end = start + BINS * dt.timedelta(seconds=width)
    return Timeline(start=start, end=end, all_alerts=everything, severe=severe)


def _places(
    session: Session, wanted: AlertFilter, start: dt.datetime, width: int
) -> Sequence[sa.Row[int, int, int]]:
    # Numbers stand in the text: PostgreSQL takes two parameters for two expressions.
    begin = sa.literal_column(str(int(start.timestamp())), sa.BigInteger)
    size = sa.literal_column(str(width), sa.BigInteger)
    seconds = sa.cast(sa.extract("epoch", Alert.last_seen), sa.BigInteger)
    place = (seconds - begin) // size
    query = (
        sa.select(place, Alert.severity, sa.func.count())
        .where(*conditions(wanted))
        .group_by(place, Alert.severity)
    )
    return session.execute(query).all()
