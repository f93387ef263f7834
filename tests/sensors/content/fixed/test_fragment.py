from sensors.content.fixed.fragment import Fragment, lines_of
from situation.content.place import Box

EVERYWHERE = float("inf")


def fragment(text: str, left: float, bottom: float, size: float = 5.0) -> Fragment:
    """Return a fragment of wide characters."""
    right = left + size * len(text)
    return Fragment(
        text=text, left=left, top=bottom - size, right=right, bottom=bottom, size=size, points=16.0
    )


def test_characters_drawn_one_by_one_and_in_any_order_are_one_line() -> None:
    parts = [fragment("★", 20, 50), fragment("机", 10, 50), fragment("密", 15, 50.4)]
    assert [line.text for line in lines_of(parts, 0.6)] == ["机密★"]


def test_a_line_has_the_box_of_all_its_parts() -> None:
    (line,) = lines_of([fragment("机", 10, 50), fragment("密", 15, 50)], 0.6)
    assert line.box(100, 100) == Box(left=0.1, top=0.45, right=0.2, bottom=0.5)
    assert line.points == 16.0


def test_gaps_are_a_space_or_a_tab_by_their_width() -> None:
    parts = [fragment("甲", 10, 50), fragment("乙", 20, 50), fragment("丙", 60, 50)]
    assert [line.text for line in lines_of(parts, EVERYWHERE)] == ["甲 乙\t丙"]


def test_what_is_farther_than_the_reach_is_another_line() -> None:
    parts = [fragment("甲", 10, 50), fragment("丙", 60, 50)]
    assert [line.text for line in lines_of(parts, 0.6)] == ["甲", "丙"]


def test_lines_keep_the_order_of_the_page_content() -> None:
    parts = [fragment("下", 10, 90), fragment("上", 10, 20)]
    assert [line.text for line in lines_of(parts, 0.6)] == ["下", "上"]


def test_a_page_without_a_size_has_no_boxes() -> None:
    assert fragment("甲", 10, 50).box(0, 0) is None


def test_a_box_never_leaves_the_page() -> None:
    found = fragment("甲", -20, 500).box(100, 100)
    assert found == Box(left=0.0, top=1.0, right=0.0, bottom=1.0)


def test_texts_that_lie_over_one_another_are_lines_of_their_own() -> None:
    parts = [fragment(sign, 10 + at * 5, 50) for at, sign in enumerate("机密★十年")]
    assert [line.text for line in lines_of([*parts, fragment("特急", 10, 50)], EVERYWHERE)] == [
        "机密★十年",
        "特急",
    ]


def test_a_text_that_was_drawn_twice_to_look_bold_comes_once() -> None:
    parts = [fragment("机密", 10, 50), fragment("机密", 10.3, 50)]
    assert [line.text for line in lines_of(parts, EVERYWHERE)] == ["机密"]
