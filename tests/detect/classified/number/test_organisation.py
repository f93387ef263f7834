import pytest
from stdnum.cn import uscc

from corpus.dice import Dice
from corpus.labelled import MAKERS
from tests.detect.classified.number.only import one
from tests.detect.classified.reading import found, kinds


@pytest.mark.parametrize(
    "value",
    [
        "914403001922038216",
        "91440300708461136T",
        "11440300007500016J",
        "124403004557500190",
        "N2440306MF1234567R",
        "Y1440300MB2C00013K",
        "92440300MA5EABCD6J",
        "91440300708461136t",
    ],
)
def test_credit_codes_are_found_by_themselves(value: str) -> None:
    candidate = one(found(f"某公司{value}，"))
    assert (candidate.kind, candidate.value) == ("uscc", value.upper())


def test_a_code_that_fails_the_inner_check_needs_its_label() -> None:
    value = "914403001234567893"
    assert kinds(value) == []
    assert kinds(f"统一社会信用代码：{value}") in ([], ["uscc"])


@pytest.mark.parametrize("value", ["91440300708461136X", "9144030070846I136T"])
def test_what_is_no_credit_code_is_not_found(value: str) -> None:
    assert kinds(f"统一社会信用代码：{value}") == []


def test_the_oracle_rejects_only_codes_that_begin_with_a_letter() -> None:
    dice = Dice("uscc oracle")
    for _ in range(500):
        value = MAKERS["uscc"](dice)
        assert kinds(value) == ["uscc"]
        assert uscc.is_valid(value) == value[:8].isdigit()


def test_organisation_codes_need_their_label() -> None:
    assert kinds("MA5G1234-3") == []
    assert kinds("组织机构代码：MA5G1234-3") == ["organisation_code"]
    assert kinds("组织机构代码：455750019") == ["organisation_code"]
    assert kinds("组织机构代码：MA5G1234-4") == []


def test_licences_need_their_label() -> None:
    assert kinds("440301101234569") == []
    assert kinds("营业执照注册号：440301101234569") == ["business_licence"]
    assert kinds("营业执照注册号：440301101234560") == []
