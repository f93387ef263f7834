"""A city whose shares and databases were scanned: runs, places, findings, catalogue, trend."""

import datetime as dt
import hashlib
import pathlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from situation.content.grade import DataGrade
from situation.content.piece import Unreadable
from situation.content.place import Place
from situation.content.resource import Exposure, Zone
from situation.content.verdict import ColumnVerdict, Hit, Mark, Reason, Verdict
from situation.scan_settings import ScanTargetSettings
from situation.settings import Settings
from situation.state.store import audit
from situation.state.tables import (
    CatalogueEntry,
    DataFinding,
    DataTally,
    Department,
    ScannedResource,
    ScanRun,
)
from soc_api.web.query.data.scanning import Scanning
from tests.soc_api.web.city import LONG_NAME, NOW

HR = "市人力资源和社会保障局"
HEALTH = "市卫生健康委员会"
PLANNING = "市规划和自然资源局信息中心"
ARCHIVE = "市档案馆"
NAS, DATABASE, CODE = "hr-nas", "health-db", "plan-share"
BEGUN = NOW - dt.timedelta(minutes=47)
BEFORE = BEGUN - dt.timedelta(days=1)
SHARED = "/share/public/2026/参保导出_0317.xlsx"
RECIPE = "clinic.public.visit"
SECRET = "/share/inner/规划调整-请示.docx"
"""Path of the file with a mark of secrecy: it stands on one page alone."""

TARGETS: dict[str, ScanTargetSettings] = {
    NAS: ScanTargetSettings(
        url="file:///srv/hr",
        department=HR,
        zone="public_share",
        at="30 1 * * *",
        days="working",
        hours="01:00-05:00",
    ),
    DATABASE: ScanTargetSettings(
        url="postgresql://reader@db.example/clinic", department=HEALTH, at="0 3 * * *"
    ),
    CODE: ScanTargetSettings(url="sftp://files.example/plan", department=PLANNING),
}


def scanning(folder: pathlib.Path) -> Scanning:
    """Return the scan of an installation in `folder`."""
    return Scanning(Settings.model_validate({"store": {"folder": folder}, "scans": TARGETS}))


def fill(session: Session) -> dict[str, str]:
    """Write the runs, places and findings; return ids of findings and runs by a short name."""
    for name in (HR, HEALTH, PLANNING, ARCHIVE):
        session.merge(Department(name=name, updated_at=NOW))
    runs = _runs()
    session.add_all(runs.values())
    session.flush()
    ids = {name: run.id for name, run in runs.items()}
    session.add_all(_quiet_places())
    for name, resource, findings in _noisy_places():
        session.add(resource)
        session.flush()
        for finding in findings:
            session.add(finding)
        ids[name] = findings[0].id
    session.add_all(_catalogue())
    session.add_all(_trend())
    session.flush()
    audit(session, BEGUN, "scan", "finding.open", kind="data_finding", object_id=ids["shared"])
    return ids


def crowd(session: Session, amount: int, *, seed: int = 7) -> None:
    """Write `amount` places with a finding each, over fifty departments."""
    chance = random.Random(seed)  # noqa: S311 - a city like another, the same every time
    rules = [f"V{number:02d}" for number in range(1, 13)]
    for number in range(amount):
        department = f"示例第{number % 50:02d}局"
        resource = place(
            NAS, department, f"/share/{number % 400:03d}/表 {number:06d}.xlsx", number % 7
        )
        session.add(resource)
        session.flush()
        kinds = chance.sample(["resident_id", "mobile", "name", "bank_card", "medical"], 2)
        rule = rules[chance.randrange(1, 12)]
        session.add(
            finding_of(
                resource,
                rule,
                chance.randrange(5),
                kinds=kinds,
                persons=chance.randrange(2_000_000),
                state=chance.choice(("open", "open", "notified", "closed")),
                first=BEFORE - dt.timedelta(minutes=number),
            )
        )


def place(
    target: str,
    department: str,
    path: str,
    grade: int,
    *,
    verdict: Verdict | None = None,
    zone: Zone = "internal",
    first: dt.datetime = BEFORE,
    kind: str = "file",
    **given: object,
) -> ScannedResource:
    """Return a scanned place."""
    said = verdict or Verdict(ruleset="r1", grade=DataGrade(grade))
    document = asdict(said)
    document.pop("sketch")
    values: dict[str, object] = {
        "id": digest(target, path),
        "target": target,
        "department": department,
        "path": path,
        "kind": kind,
        "size": 1_204_311,
        "stamp": "1",
        "content_hash": digest(path),
        "ruleset": "r1",
        "prefilter_mask": "0" * 16,
        "zone": zone,
        "exposure": asdict(Exposure(zone=zone, world_readable=zone == "public_share")),
        "verdict": document,
        "grade": grade,
        "declared_grade": None,
        "needs_confirm": said.needs_confirm,
        "persons": said.persons,
        "sketch": b"",
        "kinds": [hit.kind for hit in said.hits],
        "marks": sum(mark.classed == "secret" for mark in said.marks),
        "unreadable": len(said.unreadable),
        "first_seen_at": first,
        "seen_at": BEGUN,
        "scanned_at": BEGUN,
        "run_id": f"run-{target}",
    }
    return ScannedResource(**(values | given))


def finding_of(
    resource: ScannedResource,
    rule: str,
    severity: int,
    *,
    kinds: Sequence[str] = (),
    persons: int = 0,
    state: str = "open",
    reasons: Sequence[Reason] = (),
    first: dt.datetime = BEFORE,
    first_run: str = "run-before",
    **given: object,
) -> DataFinding:
    """Return a finding about a place."""
    values: dict[str, object] = {
        "id": digest(resource.id, rule),
        "resource_id": resource.id,
        "target": resource.target,
        "department": resource.department,
        "path": resource.path,
        "rule": rule,
        "severity": severity,
        "restricted": resource.marks > 0,
        "grade": resource.grade,
        "kinds": list(kinds),
        "persons": persons,
        "reasons": [asdict(reason) for reason in reasons],
        "state": state,
        "due_at": NOW + dt.timedelta(days=3),
        "first_seen_at": first,
        "last_seen_at": BEGUN,
        "first_run_id": first_run,
        "last_run_id": f"run-{resource.target}",
    }
    return DataFinding(**(values | given))


def digest(*parts: str) -> str:
    """Return an id of parts."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _runs() -> dict[str, ScanRun]:
    minute = dt.timedelta(minutes=1)
    return {
        "before": _run("run-before", NAS, HR, BEFORE, "done", total=212, seen=212, untouched=0),
        "nas": _run(
            "run-hr-nas",
            NAS,
            HR,
            BEGUN,
            "done",
            total=214,
            seen=214,
            untouched=209,
            octets=48_204_311,
            counts={
                "read": 5,
                "reused": 2,
                "gone": 1,
                "unreadable encrypted": 2,
                "unreadable broken": 1,
                "findings opened": 2,
                "findings kept": 4,
            },
        ),
        "running": _run(
            "run-health-db",
            DATABASE,
            HEALTH,
            NOW - 4 * minute,
            "running",
            ended=None,
            total=820,
            seen=410,
            untouched=12,
            octets=3_902_114,
            cursor="clinic.public.patient",
            owner="desk-1",
            lease_until=NOW + minute,
        ),
        "failed": _run(
            "run-plan-share",
            CODE,
            PLANNING,
            NOW - 90 * minute,
            "failed",
            total=None,
            seen=0,
            error="files.example cannot be reached: connection refused",
        ),
    }


def _run(
    run_id: str,
    target: str,
    department: str,
    begun: dt.datetime,
    state: str,
    *,
    ended: dt.datetime | None = NOW,
    counts: Mapping[str, object] | None = None,
    **given: object,
) -> ScanRun:
    values: dict[str, object] = {
        "id": run_id,
        "target": target,
        "location": TARGETS[target].url,
        "department": department,
        "zone": TARGETS[target].zone,
        "asked_by": "clock",
        "asked_at": begun,
        "state": state,
        "ruleset": "r1",
        "started_at": begun,
        "ended_at": begun + dt.timedelta(minutes=34) if ended else None,
        "total_octets": None,
        "counts": dict(counts or {}),
    }
    return ScanRun(**(values | given))


def _quiet_places() -> Iterator[ScannedResource]:
    amounts = {
        HR: (18, 60, 41, 11, 2, 0),
        HEALTH: (9, 44, 38, 21, 4, 1),
        PLANNING: (33, 71, 9, 2, 6, 0),
        ARCHIVE: (12, 15, 7, 2, 0, 0),
        LONG_NAME: (2, 8, 12, 11, 2, 0),
    }
    for department, by_grade in amounts.items():
        for grade, amount in enumerate(by_grade, 1):
            for number in range(amount):
                yield place(NAS, department, f"/share/{department}/{grade}/{number:03d}", grade)


Placed = tuple[str, ScannedResource, list[DataFinding]]


def _noisy_places() -> Iterator[Placed]:
    yield _shared()
    yield _table()
    yield _credentials()
    yield _unreadable()
    yield _secret()


def _shared() -> Placed:
    combined = Reason(code="combination", detail="name, resident_id", grade=DataGrade.GENERAL_4)
    many = Reason(code="candidate_volume", detail="1204311")
    sheet = Place(sheet="参保人员", row=2)
    verdict = Verdict(
        ruleset="r1",
        grade=DataGrade.GENERAL_4,
        needs_confirm=True,
        persons=1_204_311,
        rows=1_204_311,
        reasons=(combined, many),
        hits=(
            _hit("name", 1_204_311, "王**", sheet, "A 姓名"),
            _hit("resident_id", 1_204_298, "000000********000X", sheet, "C 证件"),
            _hit("bank_card", 1_187_020, "0000 **** **** 0000", sheet, "F 卡号"),
            _hit("mobile", 642, "000****0000", Place(sheet="备注", row=7), "B 备注"),
        ),
        columns=(
            _column("A 姓名", "name", DataGrade.GENERAL_2),
            _column("C 证件", "resident_id", DataGrade.GENERAL_3),
            _column("F 卡号", "bank_card", DataGrade.GENERAL_3),
            _column("G 状态", "", DataGrade.NONE),
        ),
    )
    resource = place(
        NAS, HR, SHARED, DataGrade.GENERAL_4, verdict=verdict, zone="public_share", first=BEGUN
    )
    kinds = ["name", "resident_id", "bank_card"]
    reasons = [Reason(code="world_readable"), Reason(code="grade", grade=DataGrade.GENERAL_4)]
    crossed = [Reason(code="step", detail="1000000")]
    found = [
        finding_of(
            resource,
            rule,
            1,
            kinds=kinds,
            persons=1_204_311,
            reasons=why,
            first=BEGUN,
            first_run="run-hr-nas",
            owner="陈",
        )
        for rule, why in (("V05", reasons), ("V08", crossed))
    ]
    return "shared", resource, found


def _hit(kind: str, count: int, mask: str, at: Place, column: str) -> Hit:
    place_ = Place(sheet=at.sheet, row=at.row, column=column)
    return Hit(kind=kind, count=count, distinct=count, confidence=0.99, mask=mask, places=(place_,))


def _column(name: str, kind: str, grade: DataGrade) -> ColumnVerdict:
    rows = 1_204_311
    return ColumnVerdict(
        table="参保人员",
        column=name,
        kind=kind,
        confidence=0.98,
        share=0.998,
        rows=rows,
        filled=rows,
        by="both",
        grade=grade,
        reasons=(),
    )


def _table() -> Placed:
    verdict = Verdict(
        ruleset="r1",
        grade=DataGrade.GENERAL_4,
        persons=12_480,
        hits=(_hit("medical", 12_480, "A00.0", Place(row=1), "icd"),),
    )
    resource = place(DATABASE, HEALTH, RECIPE, DataGrade.GENERAL_4, verdict=verdict, kind="table")
    outside = finding_of(
        resource, "V09", 2, kinds=["medical"], persons=12_480, state="notified", owner="李"
    )
    label = finding_of(resource, "V06", 4, state="answered")
    return "table", resource, [outside, label]


def _credentials() -> Placed:
    verdict = Verdict(
        ruleset="r1",
        grade=DataGrade.GENERAL_4,
        hits=(
            Hit(
                kind="password",
                count=2,
                distinct=2,
                confidence=0.9,
                mask="********",
                places=(Place(line=14), Place(line=22, offset=9)),
            ),
        ),
    )
    resource = place(CODE, PLANNING, "app/config/prod.yml", DataGrade.GENERAL_4, verdict=verdict)
    exposed = finding_of(resource, "V07", 1, kinds=["password"], state="returned", times_returned=1)
    return "credentials", resource, [exposed]


def _unreadable() -> Placed:
    verdict = Verdict(
        ruleset="r1",
        unreadable=(Unreadable(reason="encrypted", place=Place(member="工资.zip!2026/三月.xlsx")),),
    )
    resource = place(NAS, HR, "/share/finance/工资.zip", 0, verdict=verdict)
    return "unreadable", resource, [finding_of(resource, "V11", 3)]


def _secret() -> Placed:
    mark = Mark(
        classed="secret",
        level="机密",
        text="机密★10年",
        term="10年",
        score=95,
        place=Place(page=1, role="header"),
        reasons=(Reason(code="star_term", detail="+70"), Reason(code="numbered", detail="+20")),
    )
    verdict = Verdict(ruleset="r1", marks=(mark,), stopped=True, digest_sm3="5f" * 32)
    resource = place(NAS, PLANNING, SECRET, 0, verdict=verdict, first=BEGUN)
    restricted = finding_of(resource, "V01", 0, first=BEGUN, first_run="run-hr-nas")
    beside = finding_of(resource, "V06", 3)
    return "secret", resource, [restricted, beside]


def _catalogue() -> list[CatalogueEntry]:
    return [
        _entry(HR, "参保人员明细", NAS, "/share/hr/**", DataGrade.GENERAL_3),
        _entry(HEALTH, "门诊就诊", DATABASE, RECIPE, DataGrade.GENERAL_4, registered=True),
        _entry(ARCHIVE, "馆藏目录", "", "/share/archive/*.csv", DataGrade.GENERAL_1),
    ]


def _entry(
    department: str,
    dataset: str,
    target: str,
    pattern: str,
    grade: DataGrade,
    *,
    registered: bool = False,
) -> CatalogueEntry:
    return CatalogueEntry(
        department=department,
        dataset=dataset,
        target=target,
        pattern=pattern,
        grade=grade,
        opening="none",
        registered=registered,
        expected=[],
        population=None,
        declared_by="zhou",
        declared_at=BEFORE,
    )


def _trend() -> Iterator[DataTally]:
    today = NOW.date()
    for back in range(30):
        for grade, resources in ((3, 41), (4, 11 + (30 - back) // 6), (5, 2)):
            yield DataTally(
                day=today - dt.timedelta(days=back),
                department=HR,
                grade=grade,
                resources=resources,
                persons=resources * 100,
                open_findings=2 + (30 - back) // 10 if grade == 4 else 0,
            )
