from detect.classified.finds.stretch import Joined
from detect.classified.finds.text import TextFinds
from situation.content.piece import Passage
from situation.content.place import Box, Place
from tests.detect.classified.reading import ruleset
from tests.detect.classified.scanning import KEY

ID = "440301199003070019"
BOX = Box(left=0.1, top=0.1, right=0.6, bottom=0.2)


def taken(*passages: Passage) -> TextFinds:
    finds = TextFinds(ruleset(), KEY)
    finds.take_joined(Joined(passages))
    return finds


def counts(finds: TextFinds) -> dict[str, int]:
    return {found.kind: found.count for found in finds.finds()}


def boxed(text: str, page: int = 1) -> Passage:
    return Passage(text=text, place=Place(page=page), box=BOX)


def test_a_value_that_goes_on_in_the_next_line_of_a_page_is_found_where_it_begins() -> None:
    finds = taken(boxed(f"身份证号{ID[:9]}"), boxed(f"{ID[9:]}，在册"))
    (found,) = finds.finds()
    assert (found.kind, found.count) == ("resident_id", 1)
    assert found.hit().places == (Place(page=1, offset=5),)


def test_values_one_below_the_other_are_each_their_own() -> None:
    assert counts(taken(boxed(ID), boxed("13800138000"), boxed(ID))) == {
        "resident_id": 2,
        "mobile": 1,
    }


def test_nothing_goes_on_over_pages_and_paragraphs() -> None:
    assert counts(taken(boxed(ID[:9]), boxed(ID[9:], page=2))) == {}
    assert counts(taken(Passage(text=ID[:9]), Passage(text=ID[9:]))) == {}


def test_kinds_of_one_line_are_kept_together() -> None:
    finds = taken(Passage(text=f"身份证{ID}，电话13800138000"), Passage(text="邮箱a@sz.gov.cn"))
    assert finds.together == {frozenset({"resident_id", "mobile"})}


def test_labelled_numbers_count_however_many_others_fail() -> None:
    near = [Passage(text=f"44030420250101{end:04}") for end in range(60)]
    labelled = Passage(text=f"身份证号：{ID}")
    assert counts(taken(*near, labelled)) == {"resident_id": 1}


def test_the_mask_has_the_groups_that_were_awake() -> None:
    assert taken(Passage(text="说明")).mask == 0
    assert taken(Passage(text=ID)).mask & 1
