"""The plan as a page shows it: each rule with what it says, its clause, source and check."""

from collections.abc import Callable
from dataclasses import dataclass

from playbooks.plan.approval import ApprovalRule
from playbooks.plan.document import Plan
from playbooks.plan.notice import ChainStep, NoticeDeadline
from playbooks.plan.response import Response
from playbooks.plan.row import Clock, MatrixCell, Sourced, Split, Threshold, ValueGrade
from playbooks.plan.source import Source
from playbooks.plan.warning import Issuer, WarningColour
from soc_api.web.measure import number
from soc_api.web.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One rule. `level` is the level that it leads to, if it leads to one."""

    table: str
    name: Text
    says: Text
    level: int | None
    instrument: Text
    row: Sourced
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """One table of the plan with its lines."""

    key: str
    lines: list[PlanLine]


def plan_tables(plan: Plan, *, instrument: str, unverified: bool) -> list[PlanTable]:
    """Return the tables with the rules of an instrument, or of all; those to be checked alone."""
    found: dict[str, list[PlanLine]] = {}
    for kind, row in plan.sourced():
        if (instrument and row.instrument != instrument) or (unverified and row.verified):
            continue
        found.setdefault(kind, []).append(_line(plan, kind, row))
    return [PlanTable(key=key, lines=lines) for key, lines in found.items()]


def counts(plan: Plan) -> tuple[int, int]:
    """Return how many rules there are, and how many of them nobody has checked."""
    rows = [row for _, row in plan.sourced()]
    return len(rows), sum(not row.verified for row in rows)


def _line(plan: Plan, kind: str, row: Sourced) -> PlanLine:
    says = next((say(plan, row) for table, say in _SAYS if isinstance(row, table)), Text("", ""))
    instrument = plan.instrument(row.instrument) if row.instrument else None
    return PlanLine(
        table=kind,
        name=_name(plan, row),
        says=says,
        level=getattr(row, "level", None),
        instrument=Text(instrument.zh, instrument.en) if instrument else Text("", ""),
        row=row,
        source=plan.source_of(row),
    )


def _name(plan: Plan, row: Sourced) -> Text:
    if isinstance(row, Threshold | ValueGrade | Split):
        metric = plan.metric(row.metric)
        return Text(metric.zh, metric.en)
    for zh, en in (("zh", "en"), ("addressee_zh", "addressee_en"), ("what_zh", "what_en")):
        if hasattr(row, zh):
            return Text(str(getattr(row, zh)), str(getattr(row, en)))
    return Text(row.name, row.name)


def _threshold(plan: Plan, row: Sourced) -> Text:
    bar = row.at_least if isinstance(row, Threshold | Split) else 0
    metric = row.metric if isinstance(row, Threshold | Split) else ""
    unit = _UNITS[plan.metric(metric).unit]
    return Text(f"≥ {number(bar)}{unit.zh}", f"≥ {number(bar)}{unit.en}")


def _value(plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, ValueGrade):
        return Text("", "")
    word = plan.scale_value(row.metric, row.value)
    return Text(word.zh, word.en)


def _cell(plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, MatrixCell):
        return Text("", "")
    of, loss = (
        plan.scale_value("object_importance", row.object),
        plan.scale_value("business_loss", row.loss),
    )
    return Text(f"{of.zh} × {loss.zh}", f"{of.en} × {loss.en}")


def _clock(_plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, Clock):
        return Text("", "")
    zh, en = _STARTS[row.start]
    limit = number(row.limit_minutes)
    return Text(f"{row.id}：{zh}起 {limit} 分钟内", f"{row.id}: {limit} min from {en}")


def _deadline(_plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, NoticeDeadline):
        return Text("", "")
    receipt, feedback = row.receipt, row.feedback
    return Text(
        f"签收 {_limit(receipt, 'zh')}，反馈 {_limit(feedback, 'zh')}",
        f"receipt {_limit(receipt, 'en')}, feedback {_limit(feedback, 'en')}",
    )


def _limit(limit: object, language: str) -> str:
    minutes, days = getattr(limit, "minutes", None), getattr(limit, "working_days", None)
    if minutes is not None:
        return f"{number(minutes)} 分钟" if language == "zh" else f"{number(minutes)} min"
    return f"{days} 个工作日" if language == "zh" else f"{days} working days"


def _step(_plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, ChainStep):
        return Text("", "")
    levels = "、".join("ⅠⅡⅢⅣ"[level - 1] for level in row.levels)
    roles = ", ".join(row.roles)
    return Text(f"{levels} 级，{roles}", f"{levels.replace('、', ', ')}, {roles}")


def _response(_plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, Response):
        return Text("", "")
    return Text(f"{row.lead_zh}；{row.duty_zh}", f"{row.lead_en}; {row.duty_en}")


def _colour(_plan: Plan, row: Sourced) -> Text:
    return Text(row.lead_zh, row.lead_en) if isinstance(row, WarningColour) else Text("", "")


def _issuer(plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, Issuer):
        return Text("", "")
    colour = plan.colour(row.max_colour)
    return Text(f"至多{colour.zh}", f"up to {colour.en}")


def _approval(_plan: Plan, row: Sourced) -> Text:
    if not isinstance(row, ApprovalRule):
        return Text("", "")
    zh, en = _TIMEOUTS[row.on_timeout]
    minutes = number(row.minutes)
    return Text(
        f"{row.quorum} 人，{minutes} 分钟内；逾期{zh}",
        f"{row.quorum} within {minutes} min; else {en}",
    )


Say = Callable[[Plan, Sourced], Text]

_SAYS: tuple[tuple[type[Sourced], Say], ...] = (
    (Threshold, _threshold),
    (Split, _threshold),
    (ValueGrade, _value),
    (MatrixCell, _cell),
    (Clock, _clock),
    (NoticeDeadline, _deadline),
    (ChainStep, _step),
    (Response, _response),
    (ApprovalRule, _approval),
    (WarningColour, _colour),
    (Issuer, _issuer),
)
"""What each kind of rule says in a few words."""

_STARTS = {
    "discovery": ("发现", "discovery"),
    "receipt": ("收到报告", "receipt of the report"),
    "response_end": ("响应结束", "the end of the response"),
}
_TIMEOUTS = {
    "fail": ("不执行，步骤失败", "the step fails"),
    "skip": ("不执行，跳过这一步", "it is left out"),
    "escalate": ("另行报批", "others are asked"),
}
_UNITS = {
    "minutes": Text(" 分钟", " min"),
    "persons": Text(" 人", " persons"),
    "share": Text("", ""),
    "rmb": Text(" 元", " CNY"),
    "count": Text(" 次", ""),
    "value": Text("", ""),
}
