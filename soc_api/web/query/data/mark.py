"""Findings about marks of secrecy, for the secrecy officer alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.verdict import verdict_of
from situation.content.verdict import Mark
from situation.state.tables import DataFinding, ScannedResource
from soc_api.web.query.data.naming import ReasonLine, place_text, reason_line
from soc_api.web.query.data.queue import SETTLED
from soc_api.web.query.data.record import FindingView, view_of
from soc_api.web.text import Text

MOST_ROWS = 500
CLASSES: Mapping[str, Text] = {
    "secret": Text("国家秘密", "state secret"),
    "work_secret": Text("工作秘密", "work secret"),
    "trade_secret": Text("商业秘密", "trade secret"),
    "exam": Text("启用前试卷", "exam paper"),
    "discussion": Text("谈论密级的文字", "text about marks"),
    "lifted": Text("已解密或变更", "declassified or changed"),
}
FAULTS: Mapping[str, Text] = {
    "over_limit": Text("期限超出规定", "term over the limit"),
    "misuse": Text("标志使用不当", "misused"),
    "no_term": Text("没有期限", "without a term"),
    "split": Text("标志被拆开", "split"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """A mark as it was found: its text, where it stands, and why it is taken for one."""

    mark: Mark
    place: Text
    reasons: list[ReasonLine]
    faults: list[Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedView:
    """A finding about a mark, with its marks and the digest of the file."""

    view: FindingView
    marks: list[MarkLine]
    digest: str


def marked_findings(session: Session) -> list[DataFinding]:
    """Return the findings about marks: what waits first, then the newest."""
    query = (
        sa.select(DataFinding)
        .where(DataFinding.restricted)
        .order_by(
            DataFinding.state.in_(SETTLED),
            DataFinding.severity,
            DataFinding.first_seen_at.desc(),
            DataFinding.id,
        )
        .limit(MOST_ROWS)
    )
    return list(session.scalars(query))


def marked_view(session: Session, finding_id: str) -> MarkedView | None:
    """Return one finding about a mark; None where there is none."""
    wanted = sa.select(DataFinding).where(DataFinding.id == finding_id, DataFinding.restricted)
    row = session.scalar(wanted)
    if row is None:
        return None
    verdict = verdict_of(session.get_one(ScannedResource, row.resource_id))
    marks = [_line(mark) for mark in verdict.marks]
    return MarkedView(view=view_of(session, row), marks=marks, digest=verdict.digest_sm3)


def _line(mark: Mark) -> MarkLine:
    place = {"page": mark.place.page, "member": mark.place.member, "role": mark.place.role}
    more = {"sheet": mark.place.sheet, "row": mark.place.row, "line": mark.place.line}
    return MarkLine(
        mark=mark,
        place=place_text({**place, **more}),
        reasons=[
            reason_line({"code": reason.code, "detail": reason.detail}) for reason in mark.reasons
        ],
        faults=[FAULTS.get(fault, Text(fault, fault)) for fault in mark.faults],
    )
