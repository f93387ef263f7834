"""Names of companies."""

import pytest

from detect.classified.word.company import CompanyRecogniser, is_organisation

_FINDER = CompanyRecogniser()


def _companies(text: str) -> list[str]:
    return [one.value for one in _FINDER.find(text)]


@pytest.mark.parametrize(
    "cell",
    [
        "深圳市某某科技有限公司", "某某技术有限公司深圳分公司", "上海某某律师事务所",
        "某某(示例)投资合伙企业(有限合伙)", "Example Technologies Co., Ltd.", "某某水果超市",
    ],
)  # fmt: skip
def test_a_cell_with_the_ending_of_a_company_is_one(cell: str) -> None:
    assert _FINDER.fits(cell) is not None
    assert is_organisation(cell) or cell.isascii()


@pytest.mark.parametrize("cell", ["公司", "王秀英", "厂长", "2026"])
def test_other_cells_are_none(cell: str) -> None:
    assert _FINDER.fits(cell) is None


def test_offices_schools_and_banks_are_organisations() -> None:
    assert is_organisation("某某市第一人民医院")
    assert is_organisation("某某银行南山支行")
    assert not is_organisation("王秀英")


def test_a_company_is_cut_out_of_its_sentence() -> None:
    text = "原告与深圳市某某科技有限公司签订合同,由江城华丽服饰有限公司承担责任"
    assert _companies(text) == ["深圳市某某科技有限公司", "江城华丽服饰有限公司"]
    assert _companies("单位名称为江城诚和物流(示例)有限公司") == ["江城诚和物流(示例)有限公司"]


def test_talk_about_companies_names_none() -> None:
    assert _companies("设立有限责任公司,应当具备下列条件;股份有限公司的董事会") == []
