"""The values of the report on the classified-data scan."""

from playbooks.document.data import word
from playbooks.document.data.saying import (
    Said,
    both,
    day,
    field,
    iso_day,
    minute,
    office_of,
    worded,
)
from playbooks.finding.data_map import DepartmentRow, MapRow
from playbooks.finding.report.figures import RuleLine, ScanFigures
from playbooks.finding.rule import rule_of
from playbooks.finding.sending import short_path
from playbooks.plan import Plan
from situation.clock import CITY_ZONE
from situation.content.grade import GRADE_NAMES, DataGrade
from situation.content.kind import CLASS_NAMES, KINDS
from situation.state.tables import DataFinding

_MIB = 1 << 20
_GRADES = tuple(reversed(DataGrade))
_CITY = both("全市", "the city")


def scan_data(plan: Plan, figures: ScanFigures) -> Said:
    """Return the values of the report for the template scan."""
    whose = both(figures.department, figures.department) if figures.department else _CITY
    title = both(
        f"{whose['zh']}数据分类分级扫描报告",
        f"Report on the scan of classified data: {whose['en']}",
    )
    highest = max((row.highest for row in figures.departments), default=0)
    return {
        **office_of(plan),
        "number": f"SJSM-{figures.made_at.astimezone(CITY_ZONE):%Y%m%d}",
        "title": title,
        "subject": title,
        "grade": _grade(highest),
        "drill": False,
        "on": iso_day(figures.made_at),
        "dated": day(figures.made_at),
        "since": minute(figures.since),
        "until": minute(figures.until),
        "fields": _fields(figures),
        "departments": [_department(row) for row in figures.departments],
        "classes": [_class(row) for row in figures.classes],
        "places": [_place(row) for row in figures.places],
        "rules": [_rule(row) for row in figures.rules],
        "worst": [_finding(row) for row in figures.worst],
        "more": str(figures.more) if figures.more else "",
        "marks": str(figures.marks) if figures.marks else "",
    }


def _fields(figures: ScanFigures) -> list[Said]:
    rows = figures.departments
    counts: tuple[tuple[str, str, object], ...] = (
        ("扫描次数", "runs", figures.runs),
        ("查看资源", "resources looked at", figures.seen),
        ("读取数据量（MiB）", "read, MiB", figures.octets // _MIB),
        ("在册资源", "resources known", sum(row.resources for row in rows)),
        ("本次新增", "of them new", sum(sum(row.new_by_grade.values()) for row in rows)),
        ("涉及人次", "persons, added up", sum(row.persons for row in rows)),
        ("未整改发现", "findings not put right", sum(row.open_findings for row in rows)),
        ("其中逾期", "of them overdue", sum(row.overdue_findings for row in rows)),
    )
    return [field(both(zh, en), f"{number:,}") for zh, en, number in counts]


def _department(row: DepartmentRow) -> Said:
    return {
        "name": row.name or both("未知", "unknown"),
        "resources": row.resources,
        "grades": _grades(row),
        "open": row.open_findings,
        "overdue": row.overdue_findings,
    }


def _grades(row: MapRow) -> Said:
    said = [(GRADE_NAMES[grade], row.by_grade.get(grade, 0)) for grade in _GRADES]
    zh = "、".join(f"{names[0]} {count}" for names, count in said if count)
    en = ", ".join(f"{names[1]} {count}" for names, count in said if count)
    return both(zh, en)


def _class(row: MapRow) -> Said:
    words: dict[str, tuple[str, str]] = {str(key): names for key, names in CLASS_NAMES.items()}
    return {
        "name": worded(words, row.name),
        "resources": row.resources,
        "highest": _grade(row.highest),
    }


def _place(row: MapRow) -> Said:
    return {
        "name": row.name,
        "zone": worded(word.ZONE, row.zone),
        "resources": row.resources,
        "highest": _grade(row.highest),
    }


def _rule(row: RuleLine) -> Said:
    rule = rule_of(row.rule)
    return {
        "name": both(f"{row.rule} {rule.zh}", f"{row.rule} {rule.en}"),
        "opened": row.opened,
        "closed": row.closed,
        "open": row.open,
        "overdue": row.overdue,
    }


def _finding(row: DataFinding) -> Said:
    rule = rule_of(row.rule)
    kinds = [KINDS[str(key)] for key in row.kinds if key in KINDS]
    return {
        "severity": f"P{row.severity}",
        "path": f"{row.target}\n{short_path(row.path)}",
        "rule": both(rule.zh, rule.en),
        "kinds": both("、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds)),
        "persons": row.persons or "",
        "grade": _grade(row.grade),
        "due": iso_day(row.due_at),
        "state": worded(word.FINDING, row.state),
    }


def _grade(grade: int) -> Said:
    return both(*GRADE_NAMES[DataGrade(grade)])
