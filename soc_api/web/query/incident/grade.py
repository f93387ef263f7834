"""Why an incident has its level: instruments, facts with their sources, and how it came to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.facts import flat
from playbooks.plan.document import Plan
from situation.state.tables import Account, GradeChange, Incident
from soc_api.web.term import GRADE_REASONS, named
from soc_api.web.text import Text

FactState = Literal["proved", "assumed"]

PENDING = "pending"

_LONG = re.compile(r"[《》]|[（(].*?[）)]|\s*(?:〔|, ).*")
"""What the name of an instrument has beside its words: brackets, year, number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReason:
    """One instrument's verdict: its clause, the fact against the threshold, the level.

    `words` stands for a value that is a step of a scale; `state` says how sure the fact is and
    `source` where it is from.
    """

    level: int
    instrument: Text
    clause: str
    verified: bool
    metric: Text
    unit: str
    value: object
    words: Text | None
    threshold: object
    state: FactState
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that was graded: its value, whether it is proved, where it is from."""

    key: str
    value: object
    state: FactState
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the level with the shown names of who asked and who decided."""

    row: GradeChange
    asked_by: str
    decided_by: str

    @property
    def reason(self) -> Text:
        """Why it was changed, in the words of the person or of the platform."""
        return named(GRADE_REASONS, self.row.reason)

    @property
    def remark(self) -> Text:
        """What was said to the decision."""
        return named(GRADE_REASONS, self.row.remark)


def grade_reasons(row: Incident, names: Mapping[str, str]) -> list[GradeReason]:
    """Return the verdicts of the instruments, the gravest first; `names` are shown for accounts."""
    reasons = [reason for reason in row.reasons if isinstance(reason, dict)]
    found = [grade_reason(row, reason, names) for reason in reasons]
    return sorted(found, key=lambda reason: reason.level)


def grade_reason(
    row: Incident, reason: Mapping[str, object], names: Mapping[str, str]
) -> GradeReason:
    """Return one verdict as a page shows it."""
    weakest = _weakest(row, str(reason.get("metric", "")))
    return GradeReason(
        level=int(str(reason.get("level", row.level))),
        instrument=both(reason, "instrument"),
        clause=str(reason.get("clause", "")),
        verified=bool(reason.get("verified")),
        metric=both(reason, "metric"),
        unit=str(reason.get("unit", "value")),
        value=reason.get("value"),
        words=both(reason, "value") if reason.get("value_zh") else None,
        threshold=reason.get("threshold"),
        state=fact_state(row, weakest),
        source=fact_source(row, weakest, names),
    )


def facts_of(row: Incident, names: Mapping[str, str]) -> list[Fact]:
    """Return the facts that are known."""
    return [
        Fact(
            key=key,
            # A ransom of which nothing is known is a fact all the same.
            value=True if isinstance(value, Mapping) else value,
            state=fact_state(row, key),
            source=fact_source(row, key, names),
        )
        for key, value in flat(row.facts).items()
    ]


def fact_state(row: Incident, key: str) -> FactState:
    """Tell whether a fact is proved; what has no source is assumed."""
    source = _source_of(row, key)
    if isinstance(source, dict) and source.get("state") == "proved":
        return "proved"
    return "assumed"


def fact_source(row: Incident, key: str, names: Mapping[str, str]) -> Text:
    """Return where a fact is from, empty where nobody said; who told it by the shown name."""
    source = _source_of(row, key)
    if not isinstance(source, dict):
        return Text("", "")
    said, by = both(source, ""), str(source.get("by", ""))
    if not by:
        return said
    return Text(*(text.replace(by, names.get(by, by), 1) for text in said))


def tellers_of(row: Incident) -> set[str]:
    """Return the accounts of those who told facts."""
    sources = [source for source in row.fact_sources.values() if isinstance(source, dict)]
    return {str(source["by"]) for source in sources if source.get("by")}


def changes_of(session: Session, incident_id: str) -> list[Change]:
    """Return the history of the level, the newest first."""
    rows = session.scalars(
        sa.select(GradeChange)
        .where(GradeChange.incident_id == incident_id)
        .order_by(GradeChange.asked_at.desc(), GradeChange.id.desc())
    ).all()
    return _named(session, rows)


def clauses_of(plan: Plan, key: str) -> list[Text]:
    """Return the clauses that a fact counts for, without those of other facts."""
    rows = [
        *(row for row in plan.thresholds if row.metric == key),
        *(row for row in plan.value_grades if row.metric == key),
        *(row for row in plan.matrix[:1] if key in ("object_importance", "business_loss")),
    ]
    found = {(row.instrument, row.clause): plan.instrument(row.instrument) for row in rows}
    return [
        Text(f"{_brief(instrument.zh)} {clause}", f"{_brief(instrument.en)} {clause}")
        for (_, clause), instrument in found.items()
    ]


def _brief(name: str) -> str:
    return " ".join(_LONG.sub(" ", name).split())


def both(mapping: Mapping[str, object], key: str) -> Text:
    """Return the text under `key` in both languages; under `zh` and `en` if `key` is empty."""
    plain = str(mapping.get(key, ""))
    prefix = f"{key}_" if key else ""
    return Text(
        str(mapping.get(f"{prefix}zh", plain)),
        str(mapping.get(f"{prefix}en", plain)),
    )


def names_of(session: Session, accounts: set[str]) -> dict[str, str]:
    """Return the shown names of accounts; somebody without an account keeps the name."""
    rows = session.execute(
        sa.select(Account.name, Account.display_name).where(Account.name.in_(accounts))
    ).all()
    return {name: name for name in accounts} | {name: shown for name, shown in rows if shown}


def _named(session: Session, rows: Sequence[GradeChange]) -> list[Change]:
    people = {name for row in rows for name in (row.asked_by, row.decided_by) if name}
    names = names_of(session, people)
    return [
        Change(
            row=row,
            asked_by=names[row.asked_by],
            decided_by=names[row.decided_by] if row.decided_by else "",
        )
        for row in rows
    ]


def _weakest(row: Incident, metric: str) -> str:
    keys = metric.split(" x ")
    return next((key for key in keys if fact_state(row, key) == "assumed"), keys[0])


def _source_of(row: Incident, key: str) -> object:
    return row.fact_sources.get(key, row.fact_sources.get(key.partition(".")[0]))
