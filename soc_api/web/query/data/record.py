"""One finding with all that explains it: place, law, grade, columns, course. Never a value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from playbooks.finding.ledger import OBJECT
from situation.state.tables import (
    AuditLine,
    DataFinding,
    Notice,
    ScannedResource,
    ScanRun,
)
from soc_api.web.query.data.naming import (
    ReasonLine,
    kind_name,
    place_text,
    reason_line,
    rule_name,
    rule_source,
    rule_todo,
)
from soc_api.web.query.data.queue import (
    SETTLED,
    FindingLine,
    last_scans,
    open_to_all,
)
from soc_api.web.query.incident.grade import names_of
from soc_api.web.text import Text

PLACES_SHOWN = 3
ALIKE_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """A column, or what was found of a kind outside of columns. `places` are the first few."""

    column: str
    kind: Text
    count: int
    mask: str
    masked: bool
    grade: int
    share: float | None
    places: list[Text]
    more_places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that the place breaks, with the law behind it and the reasons."""

    row: DataFinding
    name: Text
    source: Text
    todo: Text
    reasons: list[ReasonLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding with its place and everything that is known of it."""

    line: FindingLine
    resource: ScannedResource
    zone: str
    world_readable: bool | None
    broken: list[Broken]
    why: list[ReasonLine]
    held: list[HeldLine]
    unreadable: list[tuple[str, Text]]
    notice: Notice | None
    run: ScanRun | None
    course: list[AuditLine]
    people: Mapping[str, str]
    alike: list[DataFinding]
    """Other findings of the department that could go into the same notice."""

    @property
    def row(self) -> DataFinding:
        """The finding."""
        return self.line.row

    def who(self, account: str) -> str:
        """Return the shown name of an account."""
        return self.people.get(account, account)


def finding_view(session: Session, finding_id: str) -> FindingView | None:
    """Return one finding; None where there is none, or where it is not for everybody."""
    row = session.scalar(sa.select(DataFinding).where(DataFinding.id == finding_id, open_to_all()))
    return view_of(session, row) if row else None


def view_of(session: Session, row: DataFinding) -> FindingView:
    """Return all that is known of a finding."""
    query = sa.select(ScannedResource).options(defer(ScannedResource.sketch))
    resource = session.scalars(query.where(ScannedResource.id == row.resource_id)).one()
    verdict, course = resource.verdict, _course(session, row)
    since = last_scans(session).get(row.target)
    notice = session.get(Notice, row.notice_id) if row.notice_id else None
    return FindingView(
        line=FindingLine(
            row=row,
            needs_confirm=resource.needs_confirm,
            is_new=since is not None and row.first_seen_at >= since,
            notice_status=notice.status if notice else "",
        ),
        resource=resource,
        zone=str(resource.exposure.get("zone", "internal")),
        world_readable=_flag(resource.exposure.get("world_readable")),
        broken=_broken(session, row),
        why=[reason_line(reason) for reason in rows_in(verdict, "reasons")],
        held=held_lines(verdict),
        unreadable=[
            (str(each.get("reason", "")), place_text(each.get("place")))
            for each in rows_in(verdict, "unreadable")
        ],
        notice=notice,
        run=session.get(ScanRun, resource.run_id),
        course=course,
        people=names_of(session, {line.actor for line in course} | {row.decided_by, row.owner}),
        alike=_alike(session, row),
    )


def rows_in(verdict: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return a list of a stored verdict; what is no row of it is left out."""
    listed = verdict.get(name)
    return (
        [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    )


def held_lines(verdict: Mapping[str, object]) -> list[HeldLine]:
    """Return the columns that hold something, then what was found outside of them."""
    hits, columns = rows_in(verdict, "hits"), rows_in(verdict, "columns")
    judged = [column for column in columns if column.get("kind")]
    lines = [_column_line(column, hits) for column in judged]
    named = {(column.get("kind"), column.get("column")) for column in judged}
    loose = [hit for hit in hits if not _is_in(hit, named)]
    return [*lines, *(_hit_line(hit) for hit in loose)]


def _column_line(column: Mapping[str, object], hits: Sequence[Mapping[str, object]]) -> HeldLine:
    key = (column.get("kind"), column.get("column"))
    own = next((hit for hit in hits if _is_in(hit, {key})), None)
    same = own or next((hit for hit in hits if hit.get("kind") == key[0]), {})
    share = column.get("share")
    return HeldLine(
        column=str(column.get("column", "")),
        kind=kind_name(str(column.get("kind", ""))),
        count=_whole(own.get("count") if own else column.get("filled")),
        mask=str(same.get("mask", "")),
        masked=bool(same.get("masked")),
        grade=_whole(column.get("grade")),
        share=share if isinstance(share, float) else None,
        places=_table(column),
        more_places=0,
    )


def _hit_line(hit: Mapping[str, object]) -> HeldLine:
    places = list(_places(hit))
    return HeldLine(
        column="",
        kind=kind_name(str(hit.get("kind", ""))),
        count=_whole(hit.get("count")),
        mask=str(hit.get("mask", "")),
        masked=bool(hit.get("masked")),
        grade=0,
        share=None,
        places=[place_text(each) for each in places[:PLACES_SHOWN]],
        more_places=max(0, len(places) - PLACES_SHOWN),
    )


def _table(column: Mapping[str, object]) -> list[Text]:
    name = str(column.get("table", ""))
    return [Text(name, name)] if name else []


def _is_in(hit: Mapping[str, object], named: set[tuple[object, object]]) -> bool:
    return any((hit.get("kind"), place.get("column")) in named for place in _places(hit))


def _places(hit: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    listed = hit.get("places")
    for place in listed if isinstance(listed, list) else []:
        if isinstance(place, Mapping):
            yield place


def _broken(session: Session, row: DataFinding) -> list[Broken]:
    """Return the rules that the same place breaks, the one that is asked for first."""
    query = sa.select(DataFinding).where(
        DataFinding.resource_id == row.resource_id,
        DataFinding.restricted == row.restricted,
        sa.or_(DataFinding.id == row.id, DataFinding.state.not_in(SETTLED)),
    )
    rows = sorted(session.scalars(query), key=lambda each: (each.id != row.id, each.rule))
    return [
        Broken(
            row=each,
            name=rule_name(each.rule),
            source=rule_source(each.rule),
            todo=rule_todo(each.rule),
            reasons=[reason_line(reason) for reason in each.reasons],
        )
        for each in rows
    ]


def _course(session: Session, row: DataFinding) -> list[AuditLine]:
    query = sa.select(AuditLine).where(
        AuditLine.object_kind == OBJECT, AuditLine.object_id == row.id
    )
    return list(session.scalars(query.order_by(AuditLine.number.desc())))


def _alike(session: Session, row: DataFinding) -> list[DataFinding]:
    query = (
        sa.select(DataFinding)
        .where(
            DataFinding.department == row.department,
            DataFinding.state.in_(("open", "returned")),
            DataFinding.id != row.id,
            DataFinding.notice_id.is_(None),
            open_to_all(),
        )
        .order_by(DataFinding.severity, DataFinding.first_seen_at.desc(), DataFinding.id)
        .limit(ALIKE_SHOWN)
    )
    return list(session.scalars(query))


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
