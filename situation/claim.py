"""A claim: what a detector says, before it becomes an alert of the desk."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a claim: an observed value beside what is usual.

    `metric` is a key of the detector's own table of words; `unit` one of `count`, `octets`,
    `seconds`, `per_minute`, `share`, `score`. `usual` is the subject's own median in the
    look-back, `usual_low` and `usual_high` its P5 and P95, `peers` the median of others in
    the same window; None where there is no history. `seen_per_month` says how often such a
    value was reached by the subject in 30 days.
    """

    metric: str
    observed: float
    unit: str
    usual: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    peers: float | None = None
    seen_per_month: float | None = None
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a detector found. `reasons` are ordered by weight, at most three.

    `subject` is an address, a pair `a>b` or `a>domain`; `source_ip` is who did it,
    `destination_ip` to whom (None where there were many). `host_ip` is the host of the city
    that the alert belongs to: the victim of an attack from outside, the infected host else.
    `severity` is 1 low to 4 critical; `score` 0 to 1, higher is worse; `p_value` the share of
    usual windows that look as bad, None where the detector is a rule. `evidence` holds event
    ids, at most 50, the most telling first; `event_count` says how many there are.
    """

    detector: str
    version: int
    subject: str
    source_ip: str | None
    destination_ip: str | None
    host_ip: str | None
    window_start: dt.datetime
    window_end: dt.datetime
    first_seen: dt.datetime
    last_seen: dt.datetime
    severity: int
    score: float
    p_value: float | None
    technique: str
    category: str
    sentence_zh: str
    sentence_en: str
    reasons: tuple[Reason, ...]
    evidence: tuple[str, ...]
    evidence_dataset: str = "flow"
    event_count: int
    indicators: dict[str, str] = field(default_factory=dict)
    """Things to look for elsewhere: `domain`, `port`, `address`."""

    def alert_id(self, drill_id: str | None) -> str:
        """Return the deterministic id: detector, version, subject, window and drill."""
        parts = (
            self.detector,
            str(self.version),
            self.subject,
            self.window_start.isoformat(),
            self.window_end.isoformat(),
            drill_id or "",
        )
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
