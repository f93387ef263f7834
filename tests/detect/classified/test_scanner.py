import pytest

from corpus.dice import Dice
from corpus.labelled import MAKERS
from detect.classified.ruleset import COLUMN_GROUP
from detect.classified.scanner import Scanner, scan
from detect.classified.tally import estimate
from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.content.piece import Nature, Passage, Unreadable
from situation.content.place import Place
from tests.detect.classified.reading import ruleset
from tests.detect.classified.scanning import KEY, block, counts, grid, hit, passages, scanned

ID = "440301199003070019"


def people(number: int) -> list[tuple[str, str, str]]:
    dice = Dice("people")
    return [
        (
            f"王{dice.pick('小大明')}{dice.pick('军华')}",
            MAKERS["resident_id"](dice),
            MAKERS["mobile"](dice),
        )
        for _ in range(number)
    ]


def test_text_is_judged_with_its_lines() -> None:
    verdict = scanned(block(f"第一行\n身份证：{ID}，电话13800138000\n"))
    assert counts(verdict) == {"resident_id": 1, "mobile": 1}
    assert hit(verdict, "resident_id").places == (Place(line=2, offset=5),)
    assert verdict.grade == DataGrade.GENERAL_4
    assert verdict.persons == 1 == estimate(verdict.sketch)


def test_a_label_may_stand_in_the_passage_before() -> None:
    assert counts(scanned(*passages("护照号码", "E12345678"))) == {"passport": 1}
    assert counts(scanned(*passages("护照号码", "另附", "E12345678"))) == {}


def test_passages_of_different_members_are_not_read_together() -> None:
    first = Passage(text="护照号码", place=Place(member="a.zip!1.txt"))
    second = Passage(text="E12345678", place=Place(member="a.zip!2.txt"))
    assert counts(scanned(first, second)) == {}


def test_a_table_is_judged_by_columns() -> None:
    verdict = scanned(grid(("姓名", "身份证号", "手机"), *people(300)))
    assert counts(verdict) | {"minor": 0} == {
        "name": 300, "resident_id": 300, "mobile": 300, "minor": 0,
    }  # fmt: skip
    assert {(each.column, each.kind) for each in verdict.columns if each.kind != "minor"} == {
        ("姓名", "name"), ("身份证号", "resident_id"), ("手机", "mobile"),
    }  # fmt: skip
    assert hit(verdict, "resident_id").places[0] == Place(row=2, column="身份证号")
    assert verdict.mask >> COLUMN_GROUP & 1
    assert (verdict.rows, verdict.persons) == (300, hit(verdict, "resident_id").distinct)


def test_a_long_table_comes_as_several_grids() -> None:
    rows = people(400)
    header = ("姓名", "身份证号", "手机")
    verdict = scanned(grid(header, *rows[:250]), grid(header, *rows[250:], first_row=252))
    assert counts(verdict)["resident_id"] == 400
    assert verdict.rows == 400


def test_a_sampled_table_counts_for_all_its_rows() -> None:
    verdict = scanned(grid(("姓名", "身份证号", "手机"), *people(200), total_rows=20_000))
    assert counts(verdict)["resident_id"] == 20_000
    assert verdict.rows == 20_000
    assert verdict.persons > 15_000


def test_masked_values_are_no_hits_of_the_kind() -> None:
    verdict = scanned(block("身份证：440301********0019\n"))
    assert counts(verdict) == {}
    assert hit(verdict, "resident_id", masked=True).count == 1


def test_a_mark_of_a_state_secret_ends_the_reading() -> None:
    taken = 0

    def pieces() -> object:
        nonlocal taken
        texts = [
            "000001",
            "机密★10年",
            "示例市人民政府文件",
            *["关于工作的通知。"] * 400,
            f"身份证：{ID}",
        ]
        for place, text in enumerate(texts, 1):
            taken += 1
            yield Passage(text=text, ordinal=place)

    verdict = scan(Scanner(ruleset(), KEY, "通知.docx"), pieces())  # type: ignore[arg-type]
    assert verdict.stopped
    assert [mark.level for mark in verdict.marks] == ["机密"]
    assert (verdict.hits, verdict.columns, verdict.persons, verdict.sketch) == ((), (), 0, b"")
    assert taken < 400


def test_what_comes_before_a_mark_is_forgotten() -> None:
    verdict = scanned(block(f"身份证：{ID}\n绝密★30年\n\n正文\n" + "说明。\n" * 40))
    assert verdict.stopped
    assert verdict.hits == ()


def test_what_cannot_be_read_is_kept_and_the_rest_is_judged() -> None:
    broken = Unreadable(reason="encrypted", place=Place(member="a.zip!x"))
    verdict = scanned(broken, block(f"身份证：{ID}\n"))
    assert verdict.unreadable == (broken,)
    assert counts(verdict) == {"resident_id": 1}


def test_a_key_store_is_a_private_key() -> None:
    assert counts(scanned(Nature(trait="key_store"))) == {"private_key": 1}
    assert counts(scanned(Nature(trait="image"))) == {}


def test_numbers_that_pass_by_chance_among_many_that_fail_are_dropped() -> None:
    numbers = [f"44030420250101{end:04}" for end in range(100)]
    assert counts(scanned(block("\n".join(numbers)))) == {}
    assert counts(scanned(grid(("内容",), *((each,) for each in numbers)))) == {}
    assert counts(scanned(block(f"{ID}\n"))) == {"resident_id": 1}


def test_a_child_is_counted_beside_its_number() -> None:
    verdict = scanned(block("身份证：440304202501010039\n"))
    assert counts(verdict) == {"resident_id": 1, "minor": 1}
    assert verdict.grade == DataGrade.GENERAL_4


def test_base64_is_judged_as_text() -> None:
    verdict = scanned(block("data: NDQwMzAxMTk5MDAzMDcwMDE5\n"))
    assert counts(verdict) == {"resident_id": 1}
    assert hit(verdict, "resident_id").places == (Place(line=1, offset=7),)


def test_people_are_counted_by_the_best_identifier() -> None:
    lines = [f"{number}，电话{phone}" for _, number, phone in people(50)]
    assert scanned(block("\n".join(lines))).persons == 50
    phones = "\n".join(f"电话{phone}" for *_, phone in people(50))
    assert scanned(block(f"身份证：{ID}\n{phones}")).persons == 50


def test_the_declaration_has_its_say() -> None:
    declared = Declared(dataset="d", grade=DataGrade.IMPORTANT, registered=True)
    verdict = scanned(block(f"身份证：{ID}\n"), declared=declared)
    assert verdict.grade == DataGrade.IMPORTANT


def test_hits_come_in_the_order_of_kinds() -> None:
    verdict = scanned(block(f"邮箱a@sz.gov.cn 电话13800138000 身份证{ID}\n"))
    order = list(KINDS)
    found = [each.kind for each in verdict.hits]
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize("number", [1, 40])
def test_no_value_stands_in_a_verdict(number: int) -> None:
    rows = people(number)
    text = "\n".join(" ".join(row) for row in rows)
    verdict = repr(scanned(grid(("姓名", "身份证号", "手机"), *rows), block(text)))
    assert not any(value in verdict for row in rows for value in row)


def test_a_row_that_was_taken_for_headings_is_counted_and_not_shown() -> None:
    rows = people(30)
    verdict = scanned(grid(rows[0], *rows[1:]))
    assert counts(verdict)["resident_id"] == 30
    assert not any(value in repr(verdict) for value in rows[0])


def test_the_same_rows_give_the_same_grade_in_any_form() -> None:
    rows = people(40)
    header = ("姓名", "身份证号", "手机")
    lines = [f"姓名：{name}，身份证号：{number}，手机：{phone}" for name, number, phone in rows]
    verdicts = [
        scanned(grid(header, *rows)),
        scanned(block("\n".join(lines))),
        scanned(*passages(*lines)),
    ]
    assert {verdict.grade for verdict in verdicts} == {DataGrade.GENERAL_4}
    assert {verdict.persons for verdict in verdicts} == {40}
    assert {counts(verdict)["resident_id"] for verdict in verdicts} == {40}


def test_values_behind_escapes_of_an_address_are_counted_once() -> None:
    text = f"/q?body=%7B%22idNo%22%3A%22{ID}%22%7D&phone=%2B8613800138000&mobile=13900139000"
    assert counts(scanned(block(text))) == {"resident_id": 1, "mobile": 2}
