"""What headings say."""

import pytest

from detect.classified.column.lexicon import NONE, kind_of, said
from situation.content.kind import KINDS


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("患者姓名", "name"), ("khxm", "name"), ("t_xm", "name"), ("custName", "name"),
        ("姓名 Name", "name"),
        ("基本信息/姓名", "name"), ("1.姓名", "name"), ("监护人\n电话", "mobile"),
        ("手机号码（必填）", "mobile"),
        ("customer_phone_no", "mobile"), ("TEL.", "mobile"), ("custphone", "mobile"),
        ("号码(身份证)", "resident_id"),
        ("编号（身份证号）", "resident_id"), ("ID_CARD_NO", "resident_id"),
        ("ZJHM", "resident_id"), ("QQ号", "account"),
        ("IP地址", "ipv4"), ("MAC地址", "mac"), ("身份证住址", "address"),
        ("法人单位名称", "company"), ("dob", "birth_date"),
        ("家长联系电话", "mobile"), ("HomeAddress", "address"), ("工资(元)", "income"),
        ("Licence Plate", "plate"),
        ("cust_name_zh", "name"), ("EMP_NM", "name"), ("低保类型", "special_status"),
    ],
)  # fmt: skip
def test_a_heading_names_its_kind(header: str, kind: str) -> None:
    assert kind_of(header) == kind


@pytest.mark.parametrize(
    "header",
    [
        "产品名称",
        "案件编号",
        "订单号",
        "order_no",
        "product_name",
        "file_name",
        "创建时间",
        "备注",
        "证件类型",
        "手机型号",
        "附件地址",
    ],
)
def test_a_heading_can_speak_against_every_kind(header: str) -> None:
    assert [one.kind for one in said(header)] == [NONE]
    assert kind_of(header) == ""


@pytest.mark.parametrize(
    "header", ["", "字段3", "col_7", "姓名拼音", "身份证号前6位", "年龄", "x" * 200]
)
def test_other_headings_say_nothing(header: str) -> None:
    assert said(header) == ()


def test_a_part_of_a_word_is_no_label() -> None:
    assert kind_of("longest") == ""
    assert kind_of("ownership") == ""


def test_a_heading_of_two_kinds_says_both() -> None:
    assert {one.kind for one in said("身份证号/护照号")} == {"resident_id", "passport"}
    assert {one.kind for one in said("联系人及电话")} == {"name", "mobile"}


def test_a_lone_last_word_is_weaker_than_a_whole_heading() -> None:
    assert said("branch_name")[0].strength < said("emp_name")[0].strength < said("name")[0].strength


def test_every_row_is_about_a_known_kind() -> None:
    words = ("姓名", "手机", "身份证", "住址", "账号", "诊断", "密码", "车牌", "token", "vin")
    assert all(kind_of(word) in KINDS for word in words)
