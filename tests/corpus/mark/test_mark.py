"""First pages with marks: as many layouts as asked for, marks where the truth says, geometry."""

import unicodedata

from corpus.mark import decoy, layout
from corpus.mark.page import Page


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    kept = (sign for sign in plain if unicodedata.category(sign) != "Cf" and not sign.isspace())
    return "".join(kept).replace("絕", "绝").replace("機", "机")


def shape(page: Page) -> tuple[object, ...]:
    mark = page.marks[0]
    return (page.why, mark.line, page.lines[mark.line].role, len(page.lines[mark.line].runs) > 1,
            tuple(round(line.left, 2) for line in page.lines[:6]))  # fmt: skip


def test_there_are_three_hundred_layouts_that_differ() -> None:
    plans = [layout.layout(number) for number in range(layout.LAYOUTS)]
    assert len(plans) == 300
    assert (
        len(
            {
                (p.frame, p.copy_number, p.urgency, p.numbered, p.beside, p.part, p.split)
                for p in plans
            }
        )
        > 230
    )


def test_a_mark_stands_in_the_line_that_the_truth_names() -> None:
    pages = list(layout.marked())
    assert len(pages) == 3000
    for page in pages:
        (mark,) = page.marks
        assert folded(mark.text) in folded(page.lines[mark.line].text)


def test_marks_are_written_in_many_ways() -> None:
    pages = list(layout.marked())
    written = {page.lines[page.marks[0].line].text for page in pages}
    assert {"絕", "\u200b", "\u3000", "１"} <= {sign for text in written for sign in text}
    assert len({shape(page) for page in pages}) > 250


def test_lines_lie_on_the_page_and_the_mark_near_its_head() -> None:
    for page in list(layout.marked())[::10]:
        for line in page.lines:
            assert 0 <= line.left < line.right <= 1
            assert 0 <= line.top < line.bottom <= 1
        assert page.lines[page.marks[0].line].top < 0.45


def test_runs_make_up_the_line() -> None:
    pages = [page for page in layout.marked() if page.lines[page.marks[0].line].runs]
    assert pages
    for page in pages:
        line = page.lines[page.marks[0].line]
        assert "".join(line.runs) == line.text


def test_over_long_terms_are_said_to_be() -> None:
    faults = [page.marks[0].faults for page in layout.marked()]
    assert faults.count(("over_limit",)) == 300


def test_doubtful_marks_have_no_star() -> None:
    for page in layout.doubtful():
        (mark,) = page.marks
        assert not mark.raised
        assert "★" not in page.lines[mark.line].text


def test_decoys_are_of_many_kinds_and_none_may_be_raised() -> None:
    pages = list(decoy.decoys())
    assert len(pages) == 300
    assert len({page.why for page in pages}) == len(decoy.MAKERS)
    for page in pages:
        assert not [mark for mark in page.marks if mark.classed == "secret" or mark.raised]


def test_a_decoy_s_mark_stands_in_its_line() -> None:
    for page in decoy.decoys():
        for mark in page.marks:
            assert folded(mark.text) in folded(page.lines[mark.line].text)


def test_pages_come_again_by_their_seed() -> None:
    assert list(decoy.decoys(30, "5")) == list(decoy.decoys(30, "5"))
    assert next(layout.marked("5")) == next(layout.marked("5"))
    assert next(layout.marked("5")) != next(layout.marked("6"))
