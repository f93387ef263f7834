"""Upkeep by night: days that go, files that are merged, the proof of the audit."""

from collections.abc import Mapping

from playbooks.incident.tasks import open_task
from situation import retention
from situation.events.parquet.store import ParquetStore
from situation.state.proof import Proof
from soc_api.wiring import City

BROKEN = "audit_broken"
"""Kind of the task to look into what was found in the audit."""


def retain(city: City) -> Mapping[str, int]:
    """Drop the days that `store.retention_days` keeps no longer."""
    days, today = city.settings.store.retention_days, city.clock.now().date()
    gone = retention.drop(city.events, days, today)
    return {
        "days": sum(len(expiry.days) for expiry in gone),
        "documents": sum(expiry.documents for expiry in gone),
        "octets": sum(expiry.octets for expiry in gone),
    }


def compact(city: City) -> Mapping[str, int]:
    """Merge the small segments of the embedded store; Elasticsearch merges by itself."""
    events = city.events
    if not isinstance(events, ParquetStore):
        return {"segments": 0}
    return {"segments": sum(events.compact(dataset) for dataset in events.datasets())}


def prove(city: City) -> Mapping[str, int]:
    """Walk the audit; what is found becomes a task for the desk, once for each finding."""
    proof = city.state.verify()
    if proof.breaches:
        _tell(city, proof)
    return {
        "lines": proof.lines,
        "anchored": proof.anchored,
        "breaches": len(proof.breaches),
    }


def _tell(city: City, proof: Proof) -> None:
    first, now = proof.breaches[0], city.clock.now()
    with city.state.transaction() as session:
        open_task(
            session,
            kind=BROKEN,
            object_kind="audit",
            object_id=proof.chain,
            key=f"{first.code}:{first.number}",
            title_zh=f"审计链核验发现异常：{first.code}（第 {first.number} 行）",
            title_en=f"The audit is broken: {first.code} at line {first.number}: {first.reason}",
            due_at=now,
            drill_id=None,
            now=now,
        )
