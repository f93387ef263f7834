"""300 layouts of first pages and the marks on them.

A layout is a frame (kind of document), whether it bears a copy number, urgency and a document
number, how mark and neighbours share their lines, and in what part of the page the mark stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.dice import Dice
from corpus.law import document, document_number
from corpus.mark.grammar import (
    VALID,
    Stamp,
    evading,
    lost,
    over,
    stamp,
    termless,
)
from corpus.mark.page import Page, Sheet, Truth, split_runs
from corpus.region import REGIONS

LAYOUTS = 300
_WIDE = 28
"""Characters of a line of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a first page is arranged."""

    number: int
    frame: str
    copy_number: bool
    urgency: str
    numbered: bool
    beside: str
    """What shares the line of the mark: nothing, the copy number, the urgency, a label."""
    part: str
    """Where the mark stands: body, header, text_box."""
    split: bool
    """Whether its line is set in many runs."""


_FRAMES = (
    "downward", "downward", "upward", "letter", "minutes", "order", "telegram", "briefing",
    "approval", "cover", "drawing", "attachment", "meeting",
)  # fmt: skip
_URGENCIES = ("", "", "特急", "加急", "特提", "平急")
_BESIDE = ("", "", "", "copy", "urgency", "label", "tab")
_PARTS = ("body", "body", "body", "body", "header", "text_box")


def layout(number: int, seed: str = "1") -> Layout:
    """Draw the layout of this number (0 to 299)."""
    dice = Dice(f"{seed}/layout/{number}")
    return Layout(
        number=number,
        frame=_FRAMES[number % len(_FRAMES)],
        copy_number=dice.chance(0.6),
        urgency=dice.pick(_URGENCIES),
        numbered=dice.chance(0.7),
        beside=dice.pick(_BESIDE),
        part=dice.pick(_PARTS),
        split=dice.chance(0.3),
    )


_OFFICES = (
    "示例市人民政府", "示例市人力资源和社会保障局", "中共示例市委办公室", "示例省数据局",
    "示例市国家保密局", "示例市发展和改革委员会", "示例市卫生健康委员会",
    "示例市东港区人民政府办公室",
)  # fmt: skip
_TOPICS = (
    "年度重点任务", "专项检查", "应急处置预案", "机构设置方案", "重点项目资金安排", "干部考察情况",
    "信访维稳形势", "谈判方案", "网络安全风险评估", "重要会议筹备", "战略物资储备",
    "审计发现问题整改",
)  # fmt: skip
_KINDS = ("通知", "报告", "请示", "函", "意见", "决定", "批复", "情况通报", "方案")


def _mark_line(dice: Dice, plan: Layout, mark: Stamp) -> str:
    copy = dice.digits(6)
    forms = {
        "": mark.written,
        "copy": f"{copy}    {mark.written}",
        "urgency": f"{mark.written}    {plan.urgency or '特急'}",
        "label": f"密级：{mark.written}",
        "tab": f"\t{mark.written}\t",
    }
    return forms[plan.beside]


def _marking(sheet: Sheet, dice: Dice, plan: Layout, mark: Stamp) -> int:
    if plan.copy_number and plan.beside != "copy":
        sheet.set(dice.digits(6))
    text = _mark_line(dice, plan, mark)
    runs = tuple(split_runs(text)) if plan.split else ()
    at = "right" if plan.frame in {"cover", "approval"} and dice.chance(0.5) else "left"
    line = sheet.set(text, at=at, role=plan.part, runs=runs)
    if plan.urgency and plan.beside != "urgency":
        sheet.set(plan.urgency)
    return line


def _title(dice: Dice) -> str:
    return f"关于{dice.pick(_TOPICS)}的{dice.pick(_KINDS)}"


def _head_red(sheet: Sheet, dice: Dice, plan: Layout) -> None:
    office = dice.pick(_OFFICES)
    red = {"minutes": f"{office}会议纪要", "order": f"{office}令", "briefing": "工 作 简 报"}
    sheet.skip(1)
    sheet.set(red.get(plan.frame, f"{office}文件"), 36, at="centre")
    number = document_number(dice) if plan.numbered else ""
    if plan.frame == "upward":
        sheet.set(f"{number}            签发人：{dice.pick('赵钱孙李周')}某某")
    elif number:
        sheet.set(number, at="centre")
    sheet.set(_title(dice), 22, at="centre")


def _head_letter(sheet: Sheet, dice: Dice, plan: Layout) -> None:
    if plan.numbered:
        sheet.set(document_number(dice), at="right")
    sheet.set(_title(dice), 22, at="centre")


def _head_telegram(sheet: Sheet, dice: Dice, plan: Layout) -> None:
    sheet.set("发 电", 26, at="centre")
    sheet.set(f"发往：{dice.pick(REGIONS).county}人民政府    等级：{plan.urgency or '平急'}")
    sheet.set(f"示机发{dice.whole(1, 900)}号" if plan.numbered else "签批盖章：")
    sheet.set(_title(dice), 22, at="centre")


def _head_form(sheet: Sheet, dice: Dice, plan: Layout) -> None:
    names = {
        "approval": "公文呈批单",
        "cover": "研究报告",
        "drawing": "总平面图",
        "attachment": "附件1",
    }
    sheet.set(names.get(plan.frame, "会议通知"), 22, at="centre")
    sheet.set(
        f"拟办意见：{_title(dice)}已阅，请领导批示。" if plan.frame == "approval" else _title(dice)
    )
    if plan.numbered:
        sheet.set(document_number(dice))


_HEADS: dict[str, Callable[[Sheet, Dice, Layout], None]] = {
    "downward": _head_red,
    "upward": _head_red,
    "minutes": _head_red,
    "order": _head_red,
    "briefing": _head_red,
    "letter": _head_letter,
    "telegram": _head_telegram,
}


def _body(sheet: Sheet, dice: Dice) -> None:
    sheet.set("各区人民政府，市政府直属各单位：")
    for text in document(dice).splitlines()[3 : 3 + dice.whole(2, 4)]:
        whole = f"　　{text[:90]}"
        for at in range(0, len(whole), _WIDE):
            sheet.set(whole[at : at + _WIDE])
    sheet.skip(1)
    sheet.set(f"{dice.whole(2023, 2026)}年{dice.whole(1, 12)}月{dice.whole(1, 28)}日", at="right")


def page(plan: Layout, mark: Stamp, dice: Dice) -> Page:
    """Set a first page with a mark; letters bear it below their office's name and red lines."""
    sheet = Sheet()
    head = _HEADS.get(plan.frame, _head_form)
    if plan.frame == "letter":
        sheet.set(dice.pick(_OFFICES), 30, at="centre")
        line = _marking(sheet, dice, plan, mark)
        head(sheet, dice, plan)
    elif plan.frame == "drawing":
        head(sheet, dice, plan)
        line = _marking(sheet, dice, plan, mark)
    else:
        line = _marking(sheet, dice, plan, mark)
        head(sheet, dice, plan)
    _body(sheet, dice)
    truth = Truth(
        level=mark.level,
        text=mark.text if mark.classed == "secret" else mark.written,
        term=mark.term,
        line=line,
        classed=mark.classed,
        faults=mark.faults,
        raised=mark.raised,
    )
    return Page(name=_file_name(dice), lines=sheet.lines(), marks=(truth,), why=plan.frame)


def _file_name(dice: Dice) -> str:
    return f"{_title(dice)}{dice.whole(1, 99)}.txt"


def _stamps(dice: Dice) -> Iterator[Stamp]:
    for level, term in dice.some(VALID, 8):
        yield stamp(dice, level, term)
    yield termless(dice, dice.pick(("绝密", "机密", "秘密")))
    yield over(dice)


def marked(seed: str = "1") -> Iterator[Page]:
    """Set each of the 300 layouts with ten marks that have to be raised: 3,000 pages."""
    for number in range(LAYOUTS):
        dice = Dice(f"{seed}/marked/{number}")
        plan = layout(number, seed)
        for mark in _stamps(dice):
            yield page(plan, mark, dice)


def doubtful(seed: str = "1") -> Iterator[Page]:
    """Set pages whose mark has another sign for a star or none: to be laid before a person.

    A lost star needs its neighbours: copy number or document number, alone on its line.
    """
    for number in range(LAYOUTS):
        dice = Dice(f"{seed}/doubtful/{number}")
        plan = layout(number, seed)
        level, term = dice.pick(VALID)
        yield page(plan, evading(dice, level, term), dice)
        if plan.beside == "" and plan.part == "body" and plan.frame == "downward":
            bold = plan.copy_number or plan.numbered
            if bold:
                yield page(plan, lost(level), dice)
