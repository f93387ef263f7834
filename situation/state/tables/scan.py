"""Tables of the classified-data scan: its runs, what it knows of each resource, the catalogue."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row

IN_CODE_POINTS = String().with_variant(String(collation="C"), "postgresql")
"""Text that both databases order by its code points, as a walk does."""


class ScanRun(Row):
    """One walk over a target. `state`: waiting, running, resting, done, failed, stopped.

    It rests outside of its hours and goes on where it was. A worker holds it while `lease_until`
    lies ahead; another one goes on at `cursor` once it has passed.
    """

    __tablename__ = "scan_run"
    __table_args__ = (
        Index("ix_scan_run_target", "target", "asked_at"),
        Index("ix_scan_run_state", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]
    """Name of the target in the settings, or the path or URL of a scan by hand."""
    location: Mapped[str]
    """Path or URL without a password."""
    department: Mapped[str]
    zone: Mapped[str]
    asked_by: Mapped[str]
    """clock, or the person who asked for it."""
    asked_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    ruleset: Mapped[str] = mapped_column(default="")
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    cursor: Mapped[str] = mapped_column(default="")
    """Path of the last resource that is done with; the walk is in the order of paths."""
    total: Mapped[int | None]
    """Resources that the listing counted; None while it counts."""
    total_octets: Mapped[int | None] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(default=0)
    untouched: Mapped[int] = mapped_column(default=0)
    """Of those seen, the ones that needed no reading."""
    octets: Mapped[int] = mapped_column(BigInteger, default=0)
    """Octets read."""
    counts: Mapped[JsonObject]
    """What became of the resources: read, reused, unreadable by reason, gone, findings by rule."""
    stop_asked: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class ScanRuleset(Row):
    """A ruleset that a scan went by: digests of its parts, to know what a change of it touches."""

    __tablename__ = "scan_ruleset"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    readers: Mapped[str]
    """Version of what reads the formats."""
    groups: Mapped[JsonObject]
    """By the bit of a group: the digest of what wakes it, and of what it does then."""
    first_used_at: Mapped[dt.datetime]


class ScannedResource(Row):
    """What is known of a resource since it was scanned last. Holds no value that was found."""

    __tablename__ = "scanned_resource"
    __table_args__ = (
        UniqueConstraint("target", "path"),
        Index(
            "ix_scanned_resource_map",
            "gone_at",
            "department",
            "grade",
            "zone",
            "target",
            "classes",
            "persons",
            "marks",
            "first_seen_at",
        ),
        Index("ix_scanned_resource_content", "content_hash"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Digest of target and path."""
    target: Mapped[str]
    department: Mapped[str]
    path: Mapped[str] = mapped_column(IN_CODE_POINTS)
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[str]
    content_hash: Mapped[str]
    """BLAKE2b of name, declaration and content under the tool's own key; empty for tables."""
    ruleset: Mapped[str]
    prefilter_mask: Mapped[str]
    """The verdict's mask as 16 hexadecimal digits."""
    exposure: Mapped[JsonObject]
    verdict: Mapped[JsonObject]
    """The fields of `situation.content.verdict.Verdict`, without its sketch; without hits and
    places where it holds a mark of secrecy."""
    zone: Mapped[str] = mapped_column(default="internal")
    """Of the exposure, for the data map."""
    grade: Mapped[int] = mapped_column(default=0)
    """The one that stands: what a person confirmed, else what was found."""
    declared_grade: Mapped[int | None]
    confirmed_grade: Mapped[int | None]
    """What a person said of one that may be important data."""
    needs_confirm: Mapped[bool] = mapped_column(default=False)
    classes: Mapped[int] = mapped_column(default=0)
    """A bit for each class of data in it, in the order of `situation.content.kind.CLASS_NAMES`."""
    persons: Mapped[int] = mapped_column(BigInteger, default=0)
    sketch: Mapped[bytes]
    kinds: Mapped[JsonList]
    marks: Mapped[int] = mapped_column(default=0)
    """Marks of state secrets that were raised."""
    unreadable: Mapped[int] = mapped_column(default=0)
    first_seen_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    scanned_at: Mapped[dt.datetime]
    gone_at: Mapped[dt.datetime | None]
    run_id: Mapped[str]
    """The run that read it last."""


class DataFinding(Row):
    """A rule that a resource breaks, until it is put right.

    `state`: open, notified, answered (the owner says that it is done; a re-scan looks), returned
    (the re-scan still found it), confirmed (a mark of secrecy that is true), closed, false_alarm,
    accepted, declassified. One of a resource with a mark of secrecy is `restricted`: the secrecy
    officer alone opens it.
    """

    __tablename__ = "data_finding"
    __table_args__ = (
        UniqueConstraint("resource_id", "rule"),
        Index("ix_data_finding_queue", "state", "severity", "last_seen_at", "id"),
        Index("ix_data_finding_department", "department", "state"),
        Index(
            "ix_data_finding_facets",
            "restricted",
            "state",
            "department",
            "severity",
            "rule",
            "grade",
            "target",
            "first_seen_at",
        ),
        Index("ix_data_finding_notice", "notice_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Digest of resource and rule: the same finding keeps its id."""
    resource_id: Mapped[str] = mapped_column(ForeignKey("scanned_resource.id"))
    target: Mapped[str]
    department: Mapped[str]
    path: Mapped[str]
    rule: Mapped[str]
    """V01 to V12."""
    severity: Mapped[int]
    """0 (P0) to 4 (P4)."""
    restricted: Mapped[bool] = mapped_column(default=False)
    grade: Mapped[int] = mapped_column(default=0)
    kinds: Mapped[JsonList]
    persons: Mapped[int] = mapped_column(BigInteger, default=0)
    reasons: Mapped[JsonList]
    """Objects with the fields of `situation.content.verdict.Reason`."""
    state: Mapped[str] = mapped_column(default="open")
    owner: Mapped[str] = mapped_column(default="")
    """Who has to put it right, a person or a unit of the department."""
    due_at: Mapped[dt.datetime | None]
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    first_run_id: Mapped[str]
    last_run_id: Mapped[str]
    times_returned: Mapped[int] = mapped_column(default=0)
    alert_id: Mapped[str | None]
    notice_id: Mapped[str | None]
    rectification_item_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[dt.datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    """Why it is a false alarm, is accepted, or was declassified."""
    decided_content: Mapped[str] = mapped_column(default="")
    """Hash of the content that was decided about; another content is another matter."""
    closed_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class CatalogueEntry(Row):
    """A data set that a department declares, and where it lies. Fields as in `Declared`."""

    __tablename__ = "catalogue_entry"
    __table_args__ = (UniqueConstraint("department", "dataset"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department: Mapped[str]
    dataset: Mapped[str]
    target: Mapped[str]
    """Name of the target that it lies in; empty for any of the department."""
    pattern: Mapped[str]
    """Path with * and **, as in a shell; or name of a table."""
    grade: Mapped[int]
    opening: Mapped[str] = mapped_column(default="")
    registered: Mapped[bool] = mapped_column(default=False)
    system: Mapped[str] = mapped_column(default="")
    approved: Mapped[str] = mapped_column(default="")
    open_export: Mapped[bool] = mapped_column(default=False)
    expected: Mapped[JsonList]
    population: Mapped[int | None]
    declared_by: Mapped[str]
    declared_at: Mapped[dt.datetime]
    label: Mapped[str] = mapped_column(default="")
    """HMAC-SM3 over department, data set, pattern and grade, under the tool's key."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class DataTally(Row):
    """How many resources of a grade a department had on a day: the trend of the data map."""

    __tablename__ = "data_tally"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)
    grade: Mapped[int] = mapped_column(primary_key=True)
    resources: Mapped[int]
    persons: Mapped[int] = mapped_column(BigInteger)
    open_findings: Mapped[int]
