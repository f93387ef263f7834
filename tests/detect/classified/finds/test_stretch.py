from hypothesis import given
from hypothesis import strategies as st

from detect.classified.finds.stretch import Joined, Lines, part, stretches
from detect.classified.prefilter import STRETCH
from situation.content.piece import Block, Passage
from situation.content.place import Box, Place

BOX = Box(left=0.1, top=0.1, right=0.9, bottom=0.2)


@given(st.lists(st.integers(0, 90_000), max_size=8))
def test_stretches_are_whole_lines_and_together_the_block(lengths: list[int]) -> None:
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    spans = list(stretches(data))
    assert b"".join(data[begin:end] for begin, end in spans) == data
    assert all(data[end - 1 : end] == b"\n" for _, end in spans)
    longest = max(lengths, default=0) + 1
    assert all(end - begin <= max(STRETCH, longest + STRETCH) for begin, end in spans)


def test_a_stretch_knows_its_first_line_and_characters_their_line() -> None:
    block = Block(data=b"a\n" * 3 + "二\u200b12\n".encode(), place=Place(member="x.zip!a", line=10))
    stretch = part(block, 6, len(block.data))
    lines = Lines(stretch)
    place = lines.place(lines.text.index("1"))
    assert (place.member, place.line, place.offset) == ("x.zip!a", 13, 3)


def test_passages_are_lines_of_one_text() -> None:
    first = Passage(text="一\n二３", place=Place(page=1), ordinal=1)
    second = Passage(text="x4", place=Place(page=2), ordinal=2)
    joined = Joined([first, second])
    assert joined.text == "一\n二3\nx4"
    assert joined.place(joined.text.index("3")) == Place(page=1, offset=4)
    assert joined.place(joined.text.index("4")) == Place(page=2, offset=2)


def boxed(text: str, page: int = 1) -> Passage:
    return Passage(text=text, place=Place(page=page), box=BOX)


def test_lines_of_one_page_meet_at_seams() -> None:
    joined = Joined([boxed("号44030119900"), boxed("3070019，完"), boxed("。"), boxed("下一页", 2)])
    seams = joined.seams()
    assert seams.text == "号440301199003070019,完"
    span = seams.straddling(1, 19)
    assert span is not None
    assert joined.text[slice(*span)] == "44030119900\n3070019"
    assert seams.straddling(0, 5) is None
    assert seams.straddling(14, 19) is None


def test_paragraphs_do_not_meet() -> None:
    assert Joined([Passage(text="44"), Passage(text="55")]).seams().text == ""


def test_each_seam_is_its_own() -> None:
    joined = Joined([boxed("甲12"), boxed("34乙"), boxed("丙56"), boxed("78丁")])
    seams = joined.seams()
    for value in ("1234", "5678"):
        at = seams.text.index(value)
        span = seams.straddling(at, at + 4)
        assert span is not None
        assert joined.text[slice(*span)].replace("\n", "") == value
