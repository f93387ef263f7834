import pytest

from detect.classified.above import Above
from tests.detect.classified.reading import kinds


def heading(text: str, value: str) -> str:
    return Above(text).heading(text.index(value))


@pytest.mark.parametrize(
    "text",
    [
        "序号\t护照号\t备注\n1\tE12345678\t无",
        "| 序号 | 护照号 | 备注 |\n|---|---|---|\n| 1 | E12345678 | 无 |",
        '"序号","护照号","备注"\n"1","E11111111",""\n"2","E12345678",""',
        "序号   护照号      备注\n1   E12345678   无",
        "前文\n│序号│护照号│备注│\n├──┼──┼──┤\n│1│E12345678│无│",
    ],
)
def test_a_value_has_the_heading_of_its_column(text: str) -> None:
    assert heading(text, "E12345678") == "护照号"


@pytest.mark.parametrize(
    "text",
    [
        "护照号\nE12345678",
        "护照号\t备注\n\n1\tE12345678",
        "序号\t护照号\t备注\n1\tE12345678",
        "1\tE12345678\t无",
        "序号3,护照号:\nE12345678,等级二",
        "1,440301199003070019,x\n1,E12345678,x",
    ],
)
def test_what_stands_in_no_table_has_none(text: str) -> None:
    assert heading(text, "E12345678") == ""


def test_the_heading_of_a_table_in_a_text_speaks_for_its_values() -> None:
    assert kinds("序号\t护照号\t备注\n1\tE12345678\t已核\n2\tE12345679\t已核") == ["passport"] * 2
    assert kinds("序号,设备IMEI,备注\n1,860123045678900,") == ["imei"]


def test_the_heading_of_a_table_in_a_text_speaks_against_them() -> None:
    assert kinds("序号\t订单编号\n1\t13800138000") == []
