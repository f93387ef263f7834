"""Marks of secrecy in paragraphs, pages, plain text and tables."""

import pytest

from detect.classified.mark import Marks
from situation.content.piece import Block, Passage
from situation.content.place import Place, Role
from tests.detect.classified.mark.pages import (
    DECOYS,
    MARKED,
    PROSE,
    is_raised,
    page,
    paragraphs,
    plain,
    table,
)


@pytest.mark.parametrize("lines", MARKED, ids=lambda lines: lines[0][:20])
def test_the_mark_of_a_document_is_raised(lines: tuple[str, ...]) -> None:
    assert is_raised(paragraphs(lines))
    assert is_raised(plain(lines))


@pytest.mark.parametrize("lines", DECOYS, ids=lambda lines: lines[0][:20])
def test_what_talks_about_marks_is_not(lines: tuple[str, ...]) -> None:
    assert not is_raised(paragraphs(lines))
    assert not is_raised(plain(lines))


@pytest.mark.parametrize("role", ["header", "footer", "text_box", "template", "note", "comment"])
def test_a_mark_outside_of_the_body_is_raised(role: Role) -> None:
    assert is_raised(paragraphs(("机密★10年",), role=role))


@pytest.mark.parametrize(
    ("lines", "least"),
    [
        (("机密☆10年", *PROSE), 50),
        (("秘密*5年",), 50),
        (("机密●", *PROSE), 40),
        (("机密?10年",), 50),
        (("机密10年", *PROSE), 50),
        (("密级：机密  保密期限：10年", "某方案"), 50),
        (("机密女10年", "某市人民政府文件"), 50),
        (("000012", "机密", "特急", "某市人民政府文件", "某府〔2026〕12号"), 45),
        (("密级：机密", "某产品需求说明"), 40),
        ((*PROSE, "附件：某方案（秘密★）"), 50),
    ],
)
def test_a_lost_or_replaced_star_is_laid_before_a_person(
    lines: tuple[str, ...], least: int
) -> None:
    for marks in (paragraphs(lines), plain(lines)):
        assert [(mark.classed, least <= mark.score < 60) for mark in marks] == [("secret", True)]


@pytest.mark.parametrize(
    ("lines", "classed"),
    [
        (("绝密★启用前", "2026年普通高等学校招生全国统一考试", "考生注意"), "exam"),
        (("机密★10年（已解密）", *PROSE), "lifted"),
        (("机密★10年", "已解密", "关于某事的通知"), "lifted"),
        (("机密★20年 变更为秘密", "关于某事的通知"), "lifted"),
        (("工作秘密★5年",), "work_secret"),
        (("商业秘密★3年",), "trade_secret"),
        (("内部资料 注意保存", *PROSE), "work_secret"),
        (("国家秘密标志形式为“秘密★10年”。",), "discussion"),
    ],
)
def test_a_mark_is_taken_for_what_it_is(lines: tuple[str, ...], classed: str) -> None:
    assert [mark.classed for mark in paragraphs(lines)] == [classed]
    assert [mark.classed for mark in plain(lines)] == [classed]


def test_a_notice_about_declassification_is_not_declassified_by_its_title() -> None:
    assert is_raised(paragraphs(("机密★10年", "关于做好国家秘密解密工作的通知", *PROSE)))


def test_the_day_of_an_exam_is_told() -> None:
    (mark,) = paragraphs(("绝密★启用前", "2027年6月7日", "高考语文试卷", "考生注意"))
    assert [each.detail for each in mark.reasons if each.code == "exam_day"] == ["2027-06-07"]


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("秘密★50年", ("over_limit",)),
        ("机密★", ("no_term",)),
        ("内部★10年", ("misuse",)),
        ("绝 密★长期", ("split",)),
        ("绝密★30年", ()),
    ],
)
def test_what_is_wrong_with_a_mark_is_told(line: str, faults: tuple[str, ...]) -> None:
    (mark,) = paragraphs((line,))
    assert mark.faults == faults


def test_a_mark_says_where_it_stands_and_nothing_beside_itself() -> None:
    (mark,) = plain((*PROSE, "", "附件：某方案（秘密★5年）"), first=101)
    assert (mark.text, mark.level, mark.term) == ("秘密★5年", "秘密", "5年")
    assert mark.place == Place(line=126, offset=8)


def test_the_head_of_the_first_page_counts_more_than_its_middle() -> None:
    (head,) = page((("000012", 0.12), ("机密★10年", 0.15), ("某市人民政府文件", 0.25)))
    (middle,) = page((("正文", 0.5), ("机密★10年", 0.6)))
    assert head.score > middle.score >= 60
    assert "ahead" in {reason.code for reason in head.reasons}
    assert "ahead" not in {reason.code for reason in middle.reasons}


def test_a_row_of_a_ledger_is_no_marked_document() -> None:
    marks = table(("序号", "文件名称", "密级"), ("1", "2"), ("甲", "乙"), ("机密★10年", "秘密★5年"))
    assert {mark.classed for mark in marks} == {"discussion"}
    assert all("ledger" in {reason.code for reason in mark.reasons} for mark in marks)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (("机密★10年", ""), (("序号", "1"), ("姓名", "甲"))),
        (("", ""), (("机密★10年", "甲"), ("", "乙"))),
        (("", ""), (("密级", "标题"), ("机密★10年", "关于"))),
    ],
)
def test_a_mark_in_a_cell_of_its_own_is_raised(
    header: tuple[str, ...], columns: tuple[tuple[str, ...], ...]
) -> None:
    assert is_raised(table(header, *columns))


@pytest.mark.parametrize("header", ["绝密★启用前", ""])
def test_an_exam_paper_is_one_in_a_table_as_well(header: str) -> None:
    rows = ("语文试卷", "考生注意：本试卷满分150分")
    marks = table((header,), rows if header else ("绝密★启用前", *rows))
    assert [mark.classed for mark in marks] == ["exam"]


def test_a_mark_in_the_name_of_the_file_is_raised() -> None:
    assert is_raised(paragraphs(("正文",), name="关于某事的方案（机密★10年）.docx"))
    assert not is_raised(paragraphs(("正文",), name="机密文件管理办法.docx"))
    assert not is_raised(paragraphs(("满分150分",), name="绝密★启用前语文试卷.docx"))


def test_each_member_of_an_archive_is_a_document_of_its_own() -> None:
    marks = Marks("收文.zip")
    for member, line in (("a.txt", "机密★10年"), ("b.txt", "秘密★5年"), ("c.txt", "绝密★30年")):
        marks.take(Block(data=f"{line}\n正文".encode(), place=Place(member=member, line=1)))
    found = marks.marks()
    assert {mark.place.member for mark in found} == {"a.txt", "b.txt", "c.txt"}
    assert all(mark.score >= 60 for mark in found)


def test_a_secret_is_sure_once_the_lines_behind_its_mark_were_read() -> None:
    marks = Marks("a.docx")
    marks.take(Passage(text="机密★10年", ordinal=1))
    assert not marks.raised
    for ordinal, line in enumerate(PROSE, 2):
        marks.take(Passage(text=line, ordinal=ordinal))
    assert marks.raised


def test_a_collection_of_secret_documents_is_laid_before_a_person_at_least() -> None:
    parts = ("秘密★5年", *PROSE, "机密★10年", *PROSE, "绝密★30年", *PROSE)
    assert all(mark.classed == "secret" and mark.score >= 40 for mark in plain(parts))
    numbered = ("秘密★5年", "某发〔2026〕1号", *PROSE, "机密★10年", "某发〔2026〕2号", *PROSE)
    assert all(mark.score >= 60 for mark in plain((*numbered, "绝密★30年", "某发〔2026〕3号")))


def test_a_list_of_very_many_marks_ends() -> None:
    marks = plain(tuple(f"{number}\t关于事项{number}的通知\t机密★10年" for number in range(5000)))
    assert len(marks) <= 20
    assert not is_raised(marks)
