"""The list of playbooks: each with its version, what starts it, and how its last runs ended."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import PlaybookRun, PlaybookVersion, StepRun
from soc_api.web.query.playbook.naming import trigger_text
from soc_api.web.query.playbook.reading import name_of, playbook_of
from soc_api.web.query.scope import within
from soc_api.web.term import Names
from soc_api.web.text import Text

OPEN_RUN = ("running", "compensating")
"""States of a run that goes on."""
HELD = ("approval", "unsure")
"""States of a step that wants somebody's decision."""

PUBLISHED, RETIRED = "published", "retired"
IN_THE_MAKING = ("draft", "review")
RUNS_SHOWN = 3

_RANK = {PUBLISHED: 0, "review": 1, "draft": 2, "refused": 3, RETIRED: 4}
"""Which version stands for the playbook, by its state; of one state the newest."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """How a run ended, or how it stands."""

    id: str
    state: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfLine:
    """One playbook of the list. `version` stands for it: the published one if there is one."""

    version: PlaybookVersion
    triggers: list[Text]
    steps: int
    waiting_versions: int
    """Versions that are written or wait for a review, beside the one shown."""
    running: int = 0
    held: int = 0
    """Runs in which somebody has to decide."""
    runs: list[LastRun] = field(default_factory=list)

    @property
    def name(self) -> Text:
        """Name of the playbook."""
        return name_of(self.version)


def shelf(session: Session, names: Names, drill_id: str | None) -> list[ShelfLine]:
    """Return the playbooks: those at work first, those out of use last, by their key."""
    chosen, waiting = _chosen(session)
    ids = [row.playbook_id for row in chosen]
    running, held = _running(session, drill_id), _held(session, drill_id)
    runs = _last_runs(session, ids, drill_id)
    lines = [
        ShelfLine(
            version=row,
            triggers=_triggers(names, row),
            steps=_steps(row),
            waiting_versions=waiting.get(row.playbook_id, 0) - (row.state in IN_THE_MAKING),
            running=running.get(row.playbook_id, 0),
            held=held.get(row.playbook_id, 0),
            runs=runs.get(row.playbook_id, []),
        )
        for row in chosen
    ]
    return sorted(lines, key=lambda line: (_RANK.get(line.version.state, 9), line.version.key))


def version_for(rows: Collection[PlaybookVersion]) -> PlaybookVersion | None:
    """Return the version that stands for a playbook: published, else in the making, else old."""
    return min(rows, key=lambda row: (_RANK.get(row.state, 9), -row.number), default=None)


def _chosen(session: Session) -> tuple[list[PlaybookVersion], dict[str, int]]:
    """Return the version that stands for each playbook, and how many are in the making."""
    heads = session.execute(
        sa.select(
            PlaybookVersion.id,
            PlaybookVersion.playbook_id,
            PlaybookVersion.number,
            PlaybookVersion.state,
        )
    ).all()
    best: dict[str, tuple[int, int, int]] = {}
    waiting: dict[str, int] = {}
    for row_id, playbook_id, number, state in heads:
        rank = (_RANK.get(state, 9), -number, row_id)
        best[playbook_id] = min(best.get(playbook_id, rank), rank)
        waiting[playbook_id] = waiting.get(playbook_id, 0) + (state in IN_THE_MAKING)
    ids = [row_id for _, _, row_id in best.values()]
    rows = session.scalars(sa.select(PlaybookVersion).where(PlaybookVersion.id.in_(ids)))
    return list(rows), waiting


def _running(session: Session, drill_id: str | None) -> Mapping[str, int]:
    query = (
        sa.select(PlaybookVersion.playbook_id, sa.func.count())
        .join(PlaybookRun, PlaybookRun.version_id == PlaybookVersion.id)
        .where(PlaybookRun.state.in_(OPEN_RUN), within(PlaybookRun.drill_id, drill_id))
        .group_by(PlaybookVersion.playbook_id)
    )
    return dict(session.execute(query).all())


def _held(session: Session, drill_id: str | None) -> Mapping[str, int]:
    query = (
        sa.select(PlaybookVersion.playbook_id, sa.func.count(PlaybookRun.id.distinct()))
        .join(PlaybookRun, PlaybookRun.version_id == PlaybookVersion.id)
        .join(StepRun, StepRun.run_id == PlaybookRun.id)
        .where(StepRun.state.in_(HELD), within(PlaybookRun.drill_id, drill_id))
        .group_by(PlaybookVersion.playbook_id)
    )
    return dict(session.execute(query).all())


def _last_runs(
    session: Session, playbook_ids: Sequence[str], drill_id: str | None
) -> dict[str, list[LastRun]]:
    rank = sa.func.row_number().over(
        partition_by=PlaybookVersion.playbook_id,
        order_by=(PlaybookRun.started_at.desc(), PlaybookRun.id),
    )
    ranked = (
        sa.select(
            PlaybookVersion.playbook_id,
            PlaybookRun.id,
            PlaybookRun.state,
            PlaybookRun.started_at,
            rank.label("rank"),
        )
        .join(PlaybookRun, PlaybookRun.version_id == PlaybookVersion.id)
        .where(
            PlaybookVersion.playbook_id.in_(playbook_ids), within(PlaybookRun.drill_id, drill_id)
        )
        .subquery()
    )
    found: dict[str, list[LastRun]] = {}
    rows = session.execute(
        sa.select(ranked).where(ranked.c.rank <= RUNS_SHOWN).order_by(ranked.c.rank)
    )
    for playbook_id, run_id, state, started_at, _ in rows:
        found.setdefault(playbook_id, []).append(LastRun(run_id, state, started_at))
    return found


def _triggers(names: Names, row: PlaybookVersion) -> list[Text]:
    playbook = playbook_of(row)
    return [trigger_text(names, each) for each in playbook.triggers] if playbook else []


def _steps(row: PlaybookVersion) -> int:
    playbook = playbook_of(row)
    steps = playbook.steps.values() if playbook else ()
    return sum(step.call is not None or bool(step.playbook_id) for step in steps)
