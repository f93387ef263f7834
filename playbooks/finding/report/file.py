"""The report on the scan as a file: Word, PDF, or a sheet of Excel with its findings."""

import datetime as dt
from collections.abc import Mapping

from playbooks.document.block import Language
from playbooks.document.data import word
from playbooks.document.data.scan import scan_data
from playbooks.document.pdf import pdf_of
from playbooks.document.sheet import Value, sheet_of
from playbooks.document.template import Templates
from playbooks.document.word import word_of
from playbooks.finding.report.figures import ScanFigures
from playbooks.finding.rule import rule_of
from playbooks.plan import Plan
from situation.content.grade import GRADE_NAMES, DataGrade
from situation.content.kind import KINDS
from situation.state.tables import DataFinding

TEMPLATE = "scan"

_PLACE: Mapping[Language, int] = {"zh": 0, "en": 1}
_TITLE = ("数据分类分级扫描：未整改的发现", "Scan of classified data: findings not put right")
_HEADS: tuple[tuple[str, str], ...] = (
    ("等级", "severity"),
    ("规则", "rule"),
    ("单位", "department"),
    ("扫描目标", "target"),
    ("位置", "path"),
    ("类型", "kinds"),
    ("人数", "persons"),
    ("级别", "grade"),
    ("状态", "state"),
    ("责任人", "owner"),
    ("首次发现", "first seen"),
    ("最近发现", "last seen"),
    ("整改期限", "due"),
    ("退回次数", "times returned"),
    ("编号", "id"),
)


def docx(
    figures: ScanFigures, plan: Plan, templates: Templates, *, language: Language = "zh"
) -> bytes:
    """Return the report as a Word file."""
    return word_of(templates.fill(TEMPLATE, scan_data(plan, figures), language))


def pdf(
    figures: ScanFigures, plan: Plan, templates: Templates, *, language: Language = "zh"
) -> bytes:
    """Return the report as a PDF."""
    return pdf_of(templates.fill(TEMPLATE, scan_data(plan, figures), language))


def xlsx(figures: ScanFigures, *, who: str, now: dt.datetime, language: Language = "zh") -> bytes:
    """Return the findings of the report as an Excel file, taken out by `who`."""
    place = _PLACE[language]
    heads = [head[place] for head in _HEADS]
    title = f"{figures.department} {_TITLE[place]}".strip()
    rows = [_row(finding, place) for finding in figures.worst]
    return sheet_of(title, heads, rows, who=who, now=now)


def _row(finding: DataFinding, place: int) -> list[Value]:
    rule = rule_of(finding.rule)
    kinds = [KINDS[str(key)] for key in finding.kinds if key in KINDS]
    names = [(kind.zh, kind.en)[place] for kind in kinds]
    return [
        f"P{finding.severity}",
        f"{finding.rule} {(rule.zh, rule.en)[place]}",
        finding.department,
        finding.target,
        finding.path,
        ("、", ", ")[place].join(names),
        finding.persons or None,
        GRADE_NAMES[DataGrade(finding.grade)][place],
        word.FINDING.get(finding.state, (finding.state, finding.state))[place],
        finding.owner,
        finding.first_seen_at,
        finding.last_seen_at,
        finding.due_at,
        finding.times_returned,
        finding.id,
    ]
