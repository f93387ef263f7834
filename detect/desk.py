"""Claims become alerts of the desk: with department and level, in one audited transaction."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from situation.assets import UNKNOWN, Assets
from situation.claim import Claim
from situation.mirror import TOPIC
from situation.state.store import StateStore, audit, send
from situation.state.tables import Alert, Suppression
from situation.suppression import SUPPRESSED, hides, in_force

ACTOR = "detect"
CLOSED = "closed"

_SAME_NAMES = (
    "detector", "subject", "source_ip", "destination_ip", "host_ip", "window_start", "window_end",
    "first_seen", "last_seen", "severity", "score", "p_value", "technique", "category",
    "sentence_zh", "sentence_en", "evidence_dataset", "event_count",
)  # fmt: skip
"""Fields that a claim and an alert call alike."""


def put_on_desk(
    claims: Iterable[Claim],
    state: StateStore,
    assets: Assets,
    now: dt.datetime,
    drill_id: str | None,
) -> tuple[list[str], Counter[str]]:
    """Insert or update the alerts of the claims; return the ids that changed, and counts.

    The counts are `made`, `changed`, `unchanged`, `kept_closed` (somebody closed it, so it stays
    as it was), `suppressed` (made, and hidden by a suppression) and `unknown_asset`. Raises
    `Conflict` where somebody changed one meanwhile.
    """
    touched: list[str] = []
    counts: Counter[str] = Counter()
    with state.transaction() as session:
        desk = _Desk(session, now, drill_id, in_force(session, drill_id, now))
        for claim in claims:
            content = _content(claim, assets)
            outcome = desk.upsert(claim.alert_id(drill_id), content)
            counts[outcome] += 1
            counts["unknown_asset"] += content["asset"] == UNKNOWN
            if outcome in ("made", "changed"):
                touched.append(claim.alert_id(drill_id))
    counts.update({"suppressed": desk.suppressed} if desk.suppressed else {})
    return touched, counts


def _content(claim: Claim, assets: Assets) -> dict[str, object]:
    """Return the columns of the alert that follow from the claim and the asset table."""
    asset = assets.of(claim.host_ip) if claim.host_ip else None
    return {
        **{name: getattr(claim, name) for name in _SAME_NAMES},
        "detector_version": claim.version,
        "reasons": [asdict(reason) for reason in claim.reasons],
        "evidence": list(claim.evidence),
        "indicators": dict(claim.indicators),
        "asset": asset.name if asset else UNKNOWN,
        "department": asset.department if asset else UNKNOWN,
        "district": asset.district if asset else UNKNOWN,
        "role": asset.role if asset else UNKNOWN,
        "protection_level": asset.protection_level if asset else None,
        "cii": asset.cii if asset else None,
    }


class _Desk:
    """The desk of a drill, or of no drill, within one transaction."""

    def __init__(
        self,
        session: Session,
        now: dt.datetime,
        drill_id: str | None,
        suppressions: Sequence[Suppression],
    ) -> None:
        self._session, self._now, self._drill_id = session, now, drill_id
        self._suppressions = suppressions
        self.suppressed = 0

    def upsert(self, alert_id: str, content: dict[str, object]) -> str:
        """Insert or update an alert; return what came of it, as `put_on_desk` counts it."""
        alert = self._session.get(Alert, alert_id)
        if alert is None:
            self._make(alert_id, content)
            return "made"
        changed = {name: value for name, value in content.items() if getattr(alert, name) != value}
        if not changed:
            return "unchanged"
        if alert.status == CLOSED:
            return "kept_closed"
        for name, value in changed.items():
            setattr(alert, name, value)
        alert.updated_at = self._now
        self._tell("alert.update", alert_id, content, fields=sorted(changed))
        return "changed"

    def _make(self, alert_id: str, content: dict[str, object]) -> None:
        now, drill_id = self._now, self._drill_id
        row = Alert(id=alert_id, drill_id=drill_id, created_at=now, updated_at=now, **content)
        hiding = next((one for one in self._suppressions if hides(one, row)), None)
        detail: dict[str, object] = {}
        if hiding is not None:
            row.status, row.suppression_id = SUPPRESSED, hiding.id
            detail["suppression"] = hiding.id
            self.suppressed += 1
        self._session.add(row)
        self._tell("alert.create", alert_id, content, **detail)

    def _tell(
        self, action: str, alert_id: str, content: dict[str, object], **detail: object
    ) -> None:
        """Add the audit line and the outgoing message to the transaction of the change."""
        named = {"detector": content["detector"], "subject": content["subject"], **detail}
        audit(self._session, self._now, ACTOR, action, kind="alert", object_id=alert_id, **named)
        send(self._session, self._now, TOPIC, alert_id, {})
