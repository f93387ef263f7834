"""Names of what playbooks are made of: what starts them, what they do, what came of it."""

from collections.abc import Iterable

from playbooks.cacao.playbook import Clause, TriggerRow
from playbooks.plan.document import Plan
from soc_api.web.term import CLOCKS, DETECTORS, Names, named
from soc_api.web.text import Text

NUMERALS = "ⅠⅡⅢⅣ"
MILDEST = 4
DAILY = "day"

COLOURS: dict[str, Text] = {
    "red": Text("红色", "red"),
    "orange": Text("橙色", "orange"),
    "yellow": Text("黄色", "yellow"),
    "blue": Text("蓝色", "blue"),
}
"""Colours of warnings."""

STARTS: dict[str, Text] = {
    "hand": Text("人工启动", "by hand"),
    "grade": Text("定级", "a grade"),
    "category": Text("事件类别", "a category"),
    "detector": Text("检测结果", "a detection"),
    "warning": Text("预警", "a warning"),
    "clock": Text("时限将到", "a clock near its end"),
    "period": Text("重点保障时期", "a period of heightened duty"),
    "playbook": Text("另一个剧本", "another playbook"),
}
"""What started a run, by the code in its row."""

LOG: dict[str, Text] = {
    "ask": Text("申请审批", "Approval asked for"),
    "agree": Text("已获批准", "Approved"),
    "begin": Text("开始", "Begun"),
    "again": Text("将重试", "To be tried again"),
    "waits": Text("等待", "Waits"),
    "release": Text("等到了", "Came about"),
    "unsure": Text("结果不明", "Nobody knows whether it happened"),
    "done": Text("完成", "Done"),
    "failed": Text("失败", "Failed"),
    "skipped": Text("跳过", "Left out"),
    "cancelled": Text("取消", "Cancelled"),
    "repeat": Text("由人重试", "Tried again by a person"),
    "revive": Text("恢复", "Taken up again"),
}
"""What became of a step, by the code in the log."""

GLYPHS: dict[str, str] = {
    "due": "run",
    "running": "run",
    "approval": "wait",
    "waiting": "wait",
    "unsure": "late",
    "done": "done",
    "failed": "late",
    "compensating": "soon",
    "succeeded": "done",
}
"""Glyph of the state of a step or a run; any other has a ring."""

LOG_GLYPHS: dict[str, str] = {
    "ask": "wait",
    "begin": "run",
    "again": "soon",
    "waits": "wait",
    "unsure": "late",
    "failed": "late",
    "skipped": "open",
    "cancelled": "open",
    "repeat": "run",
    "revive": "run",
}
"""Glyph of a line of the log; any other has a tick."""


def trigger_text(names: Names, row: TriggerRow) -> Text:
    """Say what starts a playbook by itself."""
    what = _TELLERS[row.on](names, row) if row.on in _TELLERS else Text(row.on, row.on)
    if row.on != "grade" and row.level < MILDEST:
        level = NUMERALS[row.level - 1]
        what = Text(f"{what.zh}，{level} 级及以上", f"{what.en}, grade {level} or graver")
    if row.once == DAILY:
        return Text(f"{what.zh}，每天一次", f"{what.en}, once a day")
    return what


def clause_text(plan: Plan, clause: Clause | None) -> Text:
    """Say the clause that a step carries out; empty where it names none."""
    if clause is None:
        return Text("", "")
    row = next((each for each in plan.instruments if each.key == clause.instrument), None)
    if row is None:
        return Text(f"{clause.instrument} {clause.clause}", f"{clause.instrument} {clause.clause}")
    return Text(f"{row.zh} {clause.clause}", f"{row.en} {clause.clause}")


def _grade(names: Names, row: TriggerRow) -> Text:
    _ = names
    level = NUMERALS[row.level - 1]
    return Text(f"事件定为 {level} 级或更高", f"an incident is graded {level} or graver")


def _category(names: Names, row: TriggerRow) -> Text:
    values = _listed(names.type(value) for value in row.values)
    return Text(f"事件类别：{values.zh}", f"category of the incident: {values.en}")


def _detector(names: Names, row: TriggerRow) -> Text:
    values = _listed(_detection(names, value) for value in row.values)
    return Text(f"检测到{values.zh}", f"detected: {values.en}")


def _detection(names: Names, value: str) -> Text:
    return DETECTORS[value] if value in DETECTORS else names.kind(value)


def _warning(names: Names, row: TriggerRow) -> Text:
    _ = names
    values = _listed(named(COLOURS, value) for value in row.values)
    return Text(f"发布{values.zh}预警", f"a warning is issued: {values.en}")


def _clock(names: Names, row: TriggerRow) -> Text:
    _ = names
    values = _listed(named(CLOCKS, value) for value in row.values)
    return Text(
        f"时限只剩 {row.minutes} 分钟：{values.zh}", f"{row.minutes} min left on: {values.en}"
    )


def _period(names: Names, row: TriggerRow) -> Text:
    _ = names, row
    return Text("重点保障时期开始", "a period of heightened duty begins")


_TELLERS = {
    "grade": _grade,
    "category": _category,
    "detector": _detector,
    "warning": _warning,
    "clock": _clock,
    "period": _period,
}


def _listed(texts: Iterable[Text]) -> Text:
    found = list(texts)
    if not found:
        return Text("任一", "any")
    return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))
