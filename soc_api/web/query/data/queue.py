"""The queue of findings: which ones, in which order, how many of each."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from playbooks.finding.machine import DECIDED
from playbooks.notice.machine import DRAFTS, NOTICE
from situation.state.tables import DataFinding, Notice, ScannedResource, ScanRun
from soc_api.web.query.data.naming import kinds_text, rule_name
from soc_api.web.text import Text

PAGE_ROWS = 100
MOST_PAGES = 1000
FACET_VALUES = 6
KINDS_SHOWN = 4
"""Kinds that the sentence of a finding names; of the others it tells the number."""
NO_BARS = 4
"""Severity P4 has no bar, P0 has all four."""

View = Literal["due", "new", "handling", "closed", "set_aside", "all"]
VIEWS: dict[str, tuple[str, ...]] = {
    "due": ("open", "returned"),
    "handling": ("notified", "answered"),
    "closed": ("closed",),
    "set_aside": DECIDED,
}
"""The tabs of the queue and the states of each."""
SETTLED = ("closed", *DECIDED)
"""States of a finding that is done with."""
_NOTICE_OVER = (*NOTICE.terminal, "passed")
_ORDER = (
    DataFinding.severity,
    DataFinding.first_seen_at.desc(),
    DataFinding.persons.desc(),
    DataFinding.id,
)
"""By effect, then the newest first."""
_COLUMNS: dict[str, InstrumentedAttribute[str] | InstrumentedAttribute[int]] = {
    "department": DataFinding.department,
    "severity": DataFinding.severity,
    "rule": DataFinding.rule,
    "grade": DataFinding.grade,
    "target": DataFinding.target,
}
_KINDS = sa.cast(DataFinding.kinds, sa.Text)
_FIELDS = {
    "department": "departments",
    "severity": "severities",
    "rule": "rules",
    "grade": "grades",
    "kind": "kinds",
    "target": "targets",
}
"""Field of the filter by the name of its facet."""
FACETS = tuple(_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings; an empty tuple or text asks for all. Severities are 0 (P0) to 4."""

    view: View = "due"
    departments: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[int, ...] = ()
    grades: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    text: str = ""

    def chosen(self, facet: str) -> frozenset[str]:
        """Return the values that are asked for of a facet."""
        values: tuple[object, ...] = getattr(self, _FIELDS[facet])
        return frozenset(map(str, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One row of the queue. `is_new`: the last scan of its target saw it first."""

    row: DataFinding
    needs_confirm: bool
    is_new: bool
    notice_status: str = ""

    @property
    def bars(self) -> int:
        """Severity as the number of bars."""
        return NO_BARS - self.row.severity

    @property
    def what(self) -> Text:
        """What is wrong, and with what."""
        rule, kinds = rule_name(self.row.rule), kinds_text(self.row.kinds, most=KINDS_SHOWN)
        en = rule.en[:1].upper() + rule.en[1:]
        if not self.row.kinds:
            return Text(rule.zh, en)
        return Text(f"{rule.zh}：{kinds.zh}", f"{en}: {kinds.en}")

    @property
    def is_sent(self) -> bool:
        """Whether it stands in a notice that is not over."""
        return bool(self.notice_status) and self.notice_status not in _NOTICE_OVER

    @property
    def state(self) -> str:
        """Its state; `sent` while its notice waits for the second person."""
        waits = self.notice_status in DRAFTS and self.row.state in VIEWS["due"]
        return "sent" if waits else self.row.state

    @property
    def file(self) -> str:
        """The last part of its path."""
        return self.row.path.rpartition("/")[2] or self.row.path

    @property
    def folder(self) -> str:
        """The path before it."""
        return self.row.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFacet:
    """The values of one field with their counts; `rest` values are not listed."""

    field: str
    values: list[tuple[str, int]]
    rest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """One page of the queue; pages count from 1. `withheld` are findings about marks."""

    lines: list[FindingLine]
    total: int
    page: int
    facets: list[FindingFacet]
    tabs: dict[str, int]
    withheld: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_ROWS))

    @property
    def first(self) -> int:
        """Number of the first row of the page."""
        return (self.page - 1) * PAGE_ROWS + 1


def open_to_all() -> sa.ColumnElement[bool]:
    """Return the condition of a finding that everybody with the right to the scan may see.

    What is restricted is the secrecy officer's alone: its path says where the secret lies.
    """
    return sa.not_(DataFinding.restricted)


def last_scans(session: Session) -> dict[str, dt.datetime]:
    """Return when the last whole scan of each target began: what was seen first since is new."""
    begun = sa.select(ScanRun.target, sa.func.max(ScanRun.started_at))
    query = begun.where(ScanRun.state == "done", ScanRun.started_at.is_not(None))
    rows = session.execute(query.group_by(ScanRun.target)).all()
    return {target: at for target, at in rows if at}


def finding_page(session: Session, wanted: FindingFilter, *, page: int) -> FindingPage:
    """Return page number `page` of the queue, or the last."""
    newest = last_scans(session)
    tabs = _tabs(session, wanted, newest)
    total = tabs[wanted.view]
    page = max(1, min(page, -(-total // PAGE_ROWS)))
    return FindingPage(
        lines=finding_lines(session, wanted, newest, start=(page - 1) * PAGE_ROWS, rows=PAGE_ROWS),
        total=total,
        page=page,
        facets=[_facet(session, wanted, newest, facet) for facet in FACETS],
        tabs=tabs,
        withheld=withheld_count(session),
    )


def finding_lines(
    session: Session,
    wanted: FindingFilter,
    newest: Mapping[str, dt.datetime],
    *,
    start: int,
    rows: int,
) -> list[FindingLine]:
    """Return `rows` rows from `start`: by effect, then the newest first."""
    # Whole rows are read of those that are shown alone: sorting all of them takes far longer.
    shown = sa.select(DataFinding.id).where(*conditions(wanted, newest)).order_by(*_ORDER)
    query = (
        sa.select(DataFinding, ScannedResource.needs_confirm, Notice.status)
        .join(ScannedResource, ScannedResource.id == DataFinding.resource_id)
        .join(Notice, Notice.id == DataFinding.notice_id, isouter=True)
        .where(DataFinding.id.in_(shown.offset(start).limit(rows)))
        .order_by(*_ORDER)
    )
    return [
        FindingLine(
            row=row,
            needs_confirm=confirm,
            is_new=row.target in newest and row.first_seen_at >= newest[row.target],
            notice_status=status or "",
        )
        for row, confirm, status in session.execute(query).all()
    ]


def conditions(
    wanted: FindingFilter, newest: Mapping[str, dt.datetime], *, but: str = ""
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of the filter, those of the facet `but` left out."""
    found = [open_to_all()]
    if wanted.view == "new":
        found += [is_new(newest), unsettled()]
    elif wanted.view != "all":
        found.append(DataFinding.state.in_(VIEWS[wanted.view]))
    for facet, column in _COLUMNS.items():
        values: tuple[object, ...] = getattr(wanted, _FIELDS[facet])
        if values and facet != but:
            found.append(column.in_(values))
    if wanted.kinds and but != "kind":
        found.append(sa.or_(*(_KINDS.contains(json.dumps(kind)) for kind in wanted.kinds)))
    return [*found, *_about(wanted.text)]


def is_new(newest: Mapping[str, dt.datetime]) -> sa.ColumnElement[bool]:
    """Return the condition of a finding that its target's last scan saw first."""
    since = (
        sa.and_(DataFinding.target == target, DataFinding.first_seen_at >= at)
        for target, at in newest.items()
    )
    return sa.or_(sa.false(), *since)


def withheld_count(session: Session) -> int:
    """Count the findings about marks of secrecy that nobody has settled yet."""
    query = sa.select(sa.func.count()).select_from(DataFinding)
    return session.scalar(query.where(DataFinding.restricted, unsettled())) or 0


def unsettled() -> sa.ColumnElement[bool]:
    """Return the condition of a finding that is not done with."""
    return DataFinding.state.not_in(SETTLED)


def _about(text: str) -> list[sa.ColumnElement[bool]]:
    if not text:
        return []
    searched = (DataFinding.path, DataFinding.department, DataFinding.owner, DataFinding.target)
    return [sa.or_(*(column.icontains(text, autoescape=True) for column in searched))]


def _tabs(
    session: Session, wanted: FindingFilter, newest: Mapping[str, dt.datetime]
) -> dict[str, int]:
    listed = (
        sa.select(DataFinding.state, is_new(newest).label("is_new"))
        .where(*conditions(replace(wanted, view="all"), newest))
        .subquery()
    )
    query = sa.select(listed.c.state, listed.c.is_new, sa.func.count())
    rows = session.execute(query.group_by(listed.c.state, listed.c.is_new)).all()
    counted = [(str(state), bool(new), amount) for state, new, amount in rows]
    tabs = {
        view: sum(amount for state, _, amount in counted if state in states)
        for view, states in VIEWS.items()
    }
    new = sum(amount for state, new, amount in counted if new and state not in SETTLED)
    return tabs | {"new": new, "all": sum(amount for _, _, amount in counted)}


def _facet(
    session: Session, wanted: FindingFilter, newest: Mapping[str, dt.datetime], facet: str
) -> FindingFacet:
    column = _COLUMNS.get(facet, _KINDS)
    query = sa.select(column, sa.func.count()).where(*conditions(wanted, newest, but=facet))
    counted: Counter[str] = Counter()
    for value, amount in session.execute(query.group_by(column)).all():
        for each in json.loads(str(value)) if facet == "kind" else (str(value),):
            counted[each] += amount
    chosen = wanted.chosen(facet)
    ranked = sorted(counted.items(), key=lambda pair: _rank(facet, *pair))
    shown = [pair for rank, pair in enumerate(ranked) if rank < FACET_VALUES or pair[0] in chosen]
    return FindingFacet(field=facet, values=shown, rest=len(ranked) - len(shown))


def _rank(facet: str, value: str, amount: int) -> tuple[int, str]:
    if facet == "severity":
        return 0, value
    return (-int(value), "") if facet == "grade" else (-amount, value)
