"""Names of what the scan says by codes: grades, kinds, rules, reasons, states, places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detect.classified import violation
from detect.classified.grading import REASONS as GRADING_REASONS
from detect.classified.mark.judging import REASONS as MARK_REASONS
from playbooks.finding.rule import rule_of
from situation.content.grade import GRADE_NAMES, DataGrade
from situation.content.kind import KINDS
from soc_api.web.text import Text

_BETWEEN = re.compile(r"[,+、] ?")
"""What stands between the kinds of a detail."""
OWN = "own:"
"""What the key of a kind by an own pattern begins with."""

REASONS: dict[str, tuple[str, str]] = {
    **GRADING_REASONS,
    **MARK_REASONS,
    **violation.REASONS,
}
"""Why a grade or a severity is what it is, by the code that its maker gave it."""

STATES: dict[str, Text] = {
    "open": Text("待发通报", "To be sent"),
    "sent": Text("待签发", "Waits for sign-off"),
    "marked": Text("待核实", "To be verified"),
    "notified": Text("整改中", "Being put right"),
    "answered": Text("待复扫", "Waits for a re-scan"),
    "returned": Text("复扫仍在", "Still there"),
    "closed": Text("已消除", "Put right"),
    "false_alarm": Text("误报", "False alarm"),
    "accepted": Text("已接受", "Accepted"),
    "confirmed": Text("已确认", "Confirmed"),
    "declassified": Text("已解密", "Declassified"),
}
GLYPHS: dict[str, str] = {
    "sent": "wait",
    "notified": "run",
    "answered": "wait",
    "returned": "soon",
    "closed": "done",
    "false_alarm": "done",
    "accepted": "done",
    "confirmed": "run",
    "declassified": "done",
}
"""How a state is drawn; a ring where nothing is named."""

ZONES: dict[str, Text] = {
    "internal": Text("内网", "internal network"),
    "internet": Text("互联网", "Internet"),
    "public_share": Text("公共共享", "public share"),
    "partner": Text("合作单位", "partner network"),
    "personal": Text("个人存储", "personal storage"),
}
THINGS: dict[str, Text] = {
    "file": Text("文件", "file"),
    "object": Text("对象", "object"),
    "table": Text("表", "table"),
    "index": Text("索引", "index"),
}
UNREADABLE: dict[str, Text] = {
    "encrypted": Text("已加密", "encrypted"),
    "unknown_type": Text("未知类型", "of unknown type"),
    "truncated": Text("不完整", "cut off"),
    "broken": Text("已损坏", "broken"),
    "too_large": Text("过大", "too large"),
    "too_deep": Text("嵌套过深", "nested too deep"),
    "too_many": Text("成员过多", "too many members"),
    "ratio": Text("压缩比异常", "unpacks to too much"),
    "time": Text("读取超时", "took too long"),
    "memory": Text("内存超限", "took too much memory"),
    "crash": Text("解析器中止", "its parser died"),
    "no_reader": Text("没有解析器", "no reader for it"),
    "garbled": Text("文字无法识别", "garbled text"),
    "denied": Text("没有权限", "not allowed"),
    "vanished": Text("读取时消失", "vanished"),
    "path": Text("成员路径越界", "its path leads outside"),
    "changing": Text("读取时变化", "changing while read"),
}
ROLES: dict[str, Text] = {
    "header": Text("页眉", "header"),
    "footer": Text("页脚", "footer"),
    "text_box": Text("文本框", "text box"),
    "footnote": Text("脚注", "footnote"),
    "comment": Text("批注", "comment"),
    "revision": Text("修订", "revision"),
    "note": Text("备注页", "speaker's notes"),
    "hidden": Text("隐藏部分", "hidden part"),
    "template": Text("模板页", "template page"),
    "annotation": Text("注释", "annotation"),
    "alt_text": Text("替代文字", "alternative text"),
    "property": Text("文档属性", "property"),
    "subject": Text("邮件标题", "subject"),
    "name": Text("文件名", "file name"),
}

_PARTS: tuple[tuple[str, str, str], ...] = (
    ("member", "{}", "{}"),
    ("page", "第 {} 页", "page {}"),
    ("sheet", "工作表 {}", "sheet {}"),
    ("row", "第 {} 行", "row {}"),
    ("column", "{} 列", "column {}"),
    ("line", "第 {} 行", "line {}"),
    ("offset", "第 {} 字", "character {}"),
)
"""Fields of a place in the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """A reason in words: what, its figure or name, the grade that it leads to (0: none)."""

    text: Text
    detail: Text
    grade: int


def grade_name(grade: int) -> Text:
    """Return the name of a grade of data."""
    return Text(*GRADE_NAMES[DataGrade(grade)])


def kind_name(key: str) -> Text:
    """Return the name of a kind; an own pattern and what nobody knows keep their keys."""
    known = KINDS.get(key)
    return Text(known.zh, known.en) if known else Text(*[key.removeprefix(OWN)] * 2)


def kinds_text(keys: Sequence[object], *, most: int | None = None) -> Text:
    """Return the names of kinds in one text; of those beyond `most` their number."""
    names = [kind_name(str(key)) for key in keys[:most]]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    rest = len(keys) - len(names)
    return Text(f"{zh} 等 {len(keys)} 种", f"{en} and {rest} more") if rest else Text(zh, en)


def rule_name(rule: str) -> Text:
    """Return what a rule says is wrong."""
    row = rule_of(rule)
    return Text(row.zh, row.en)


def rule_todo(rule: str) -> Text:
    """Return what a department is asked to do about a rule."""
    row = rule_of(rule)
    return Text(row.todo_zh, row.todo_en)


def rule_source(rule: str) -> Text:
    """Return the law behind a rule; empty where nobody knows it."""
    known = violation.RULES.get(rule)
    return Text(known.source_zh, known.source_en) if known else Text("", "")


def reason_line(reason: object) -> ReasonLine:
    """Return a stored reason in words."""
    told = reason if isinstance(reason, Mapping) else {}
    code = str(told.get("code", ""))
    grade = told.get("grade", 0)
    return ReasonLine(
        text=Text(*REASONS.get(code, (code, code))),
        detail=_detail(str(told.get("detail", ""))),
        grade=int(grade) if isinstance(grade, int) else 0,
    )


def _detail(text: str) -> Text:
    """Return a detail with its number grouped, or its kinds by name; else as it is."""
    if text.isascii() and text.isdigit():
        return Text(*[f"{int(text):,}"] * 2)
    parts = _BETWEEN.split(text)
    return kinds_text(parts) if all(part in KINDS for part in parts) else Text(text, text)


def place_text(place: object) -> Text:
    """Return a stored place in words, from the outside to the inside."""
    told = place if isinstance(place, Mapping) else {}
    role = ROLES.get(str(told.get("role", "")))
    parts = [
        Text(zh.format(told[field]), en.format(told[field]))
        for field, zh, en in _PARTS
        if told.get(field) not in (None, "")
    ]
    parts += [role] if role else []
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))
