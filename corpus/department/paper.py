"""Documents: official papers with marks in every place and format, and their decoys."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from corpus.department.item import Item
from corpus.department.writing import drafted
from corpus.dice import Dice
from corpus.document.draft import Draft
from corpus.document.picture import scan
from corpus.law import document
from corpus.mark.decoy import decoys
from corpus.mark.grammar import Stamp, lost, over, stamp
from corpus.mark.layout import layout, page
from corpus.mark.page import Page, Truth
from corpus.person import people

Placing = Callable[[str], Draft]
_PLACES: dict[str, tuple[str, Placing]] = {
    "修订痕迹": ("docx", lambda mark: Draft(deleted=(mark,))),
    "页眉": ("docx", lambda mark: Draft(header=mark)),
    "文本框": ("docx", lambda mark: Draft(text_boxes=(mark,))),
    "批注": ("docx", lambda mark: Draft(comments=(mark,))),
    "脚注": ("doc", lambda mark: Draft(footnotes=(mark,))),
    "旧版页眉": ("wps", lambda mark: Draft(header=mark)),
    "隐藏表": ("xlsx", lambda mark: Draft(hidden=(mark, "内容"))),
    "讲稿": ("pptx", lambda mark: Draft(notes=(mark,))),
    "旧版幻灯": ("dps", lambda mark: Draft(text_boxes=(mark,))),
    "模板页": ("ofd", lambda mark: Draft(template=(mark,))),
    "印章注释": ("ofd", lambda mark: Draft(annotations=(mark,))),
    "PDF注释": ("pdf", lambda mark: Draft(annotations=(mark,))),
    "文档属性": ("docx", lambda mark: Draft(properties={"密级": mark})),
    "替代文字": ("docx", lambda mark: Draft(alternatives=(mark,))),
}
"""Where a mark can hide, the format, and how it gets there."""


def _truth(mark: Stamp) -> Truth:
    return Truth(level=mark.level, text=mark.text, term=mark.term, line=0, faults=mark.faults)


def _texts(dice: Dice) -> tuple[str, ...]:
    return tuple(document(dice).splitlines()[:12])


def _first_pages(dice: Dice) -> Iterator[Item]:
    """Papers whose mark stands on the first page by the standard's geometry."""
    ends = ("docx", "doc", "pdf", "ofd", "wps", "pptx", "txt", "xlsx")
    levels = (("机密", "10年"), ("秘密", "5年"), ("绝密", "30年"), ("秘密", "6个月"))
    for number, end in enumerate(ends):
        own = dice.split(f"first/{number}")
        mark = stamp(own, *levels[number % len(levels)])
        plan = replace(
            layout(number * 7), part="body", frame="downward", beside="", split=number % 2 == 0
        )
        made = page(plan, mark, own)
        draft = Draft(lines=made.lines, paragraphs=_texts(own))
        path = f"公文/收文/{made.name.removesuffix('.txt')}.{end}"
        yield _marked(path, draft, made.marks)


def _marked(path: str, draft: Draft, marks: tuple[Truth, ...], note: str = "") -> Item:
    found = ["V01"] + (["V03"] if any(mark.faults for mark in marks) else [])
    return Item(
        path=path,
        data=drafted(path, draft),
        grade=None,
        marks=marks,
        violations=tuple(found),
        note=note or "涉密标志",
    )


def _hidden(dice: Dice) -> Iterator[Item]:
    for number, (where, (end, placing)) in enumerate(_PLACES.items()):
        own = dice.split(where)
        mark = stamp(own, "机密", ("10年", "5年", "20年")[number % 3])
        draft = replace(
            placing(mark.written), title=f"工作材料{number + 1}", paragraphs=_texts(own)
        )
        yield _marked(f"公文/材料/材料{number + 1}_{where}.{end}", draft, (_truth(mark),), where)


def _doubtful(dice: Dice) -> Iterator[Item]:
    mark = over(dice)
    made = page(replace(layout(3), part="body", frame="downward", beside=""), mark, dice)
    yield _marked(
        "公文/收文/期限超限.docx", Draft(lines=made.lines), made.marks, "保密期限超过上限"
    )
    plain = page(
        replace(
            layout(5), part="body", frame="downward", beside="", copy_number=True, numbered=True
        ),
        lost("机密"),
        dice,
    )
    yield Item(
        path="公文/收文/无星号.pdf",
        data=drafted("a.pdf", Draft(lines=plain.lines)),
        grade=None,
        marks=plain.marks,
        violations=("V01",),
        note="疑似，缺★",
    )


def _decoy_draft(one: Page) -> Draft:
    return Draft(paragraphs=tuple(line.text for line in one.lines))


_RAISES = {"work_secret": ("V02",), "misuse": ("V03",)}
_NOTED = {"exam", "mock_exam", "teaching", "quiz", "news", "lifted", "ledger", "law"}
"""Papers whose marks a scan may note as what they are, below a finding of a secret."""


def _decoys() -> Iterator[Item]:
    """Papers that only look like marked ones; some of their marks break other rules."""
    ends = ("docx", "pdf", "txt", "doc", "ofd", "pptx", "md", "xlsx")
    for number, one in enumerate(decoys(20, "department")):
        shared = number % 3 == 0 or one.why == "work_secret"
        folder = "公共共享/资料" if shared else "公文/资料"
        path = f"{folder}/{one.why}-{number}.{ends[number % len(ends)]}"
        yield Item(
            path=path,
            data=drafted(path, _decoy_draft(one)),
            grade=None,
            marks=one.marks,
            violations=_RAISES.get(one.why, ()),
            allowed=("V01",) if one.why in _NOTED else ("V02", "V03"),
            note=f"非涉密：{one.why}",
            open_to_all=shared,
        )


def _letters(dice: Dice) -> Iterator[Item]:
    """Ordinary papers that name people."""
    ends = ("docx", "pdf", "doc", "ofd", "txt", "gbk.txt")
    for number, end in enumerate(ends):
        who = people(dice, 3)
        texts = [
            f"申请人{one.name}（身份证号{one.resident_id}），联系电话{one.mobile}，现住{one.address}。"
            for one in who
        ]
        path = f"公文/信访/信访答复{number + 1}.{end}"
        values = [
            pair
            for one in who
            for pair in (
                ("resident_id", one.resident_id),
                ("mobile", one.mobile),
                ("address", one.address),
                ("name", one.name),
            )
        ]
        made = Item(
            path=path,
            data=drafted(
                path, Draft(title="关于信访事项的答复", paragraphs=(*texts, *_texts(dice)))
            ),
            grade=4,
            planted=frozenset(pair for pair in values if pair[0] != "name" or len(pair[1]) > 2),
            note="信访人信息",
        )
        made.kinds.update(kind for kind, _ in values)
        yield made


def _scans(dice: Dice) -> Iterator[Item]:
    """Yield a scanned paper with a seal: only who reads pictures sees its mark."""
    mark = stamp(dice, "机密", "10年")
    clean = replace(mark, written=mark.text)
    made = page(replace(layout(0), part="body", frame="downward", beside=""), clean, dice)
    yield Item(
        path="公文/扫描/扫描件0001.png",
        data=scan(made.lines, resolution=150),
        grade=None,
        marks=made.marks,
        allowed=("V01", "V11"),
        note="需 OCR",
    )


def items(dice: Dice) -> Iterator[Item]:
    """Yield all papers."""
    yield from _first_pages(dice)
    yield from _hidden(dice)
    yield from _doubtful(dice.split("doubtful"))
    yield from _decoys()
    yield from _letters(dice.split("letters"))
    yield from _scans(dice.split("scan"))
