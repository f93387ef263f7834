"""Passwords in tables that are set as text."""

import pytest

from detect.classified.secret.table import cells_below
from tests.detect.classified.secret.found import kinds


@pytest.mark.parametrize(
    "text",
    [
        "系统\t账号\t密码\n人事\thr\tQh!9103oz\n考勤\tkq\tBc&7722p\n",
        "| 系统 | 用户 | 密码 |\n|---|---|---|\n|人事|hr|Qh!9103oz|\n|考勤|kq|Bc&7722p|",
        "host        user   password\n10.1.1.1    root   Qh!9103oz\n10.1.1.2    app    Bc&7722p\n",
        "设备\t口令（初始）\r\n交换机\tQh!9103oz\r\n路由器\tBc&7722p\r\n",
    ],
)
def test_the_values_below_their_heading_are_found(text: str) -> None:
    cells = list(cells_below(text))
    assert [cell.value for cell in cells] == ["Qh!9103oz", "Bc&7722p"]
    assert [text[cell.start : cell.end] for cell in cells] == ["Qh!9103oz", "Bc&7722p"]
    assert kinds(text).count("password") == 2


@pytest.mark.parametrize(
    "text",
    [
        "系统\t账号\t密码\n人事\thr\t********\n考勤\tkq\t见信封\n",
        "系统\t账号\t密码强度\n人事\thr\tLevel3\n",
        "字段\t类型\npassword\tvarchar(64)\n",
        "密码\nQh!9103oz\n",
        "| 系统 | 密码 |\n| 人事 |\n| 另一张表 | 2026年 | x9 |\n",
        "密码\t说明",
        "",
    ],
)
def test_what_stands_below_no_password_is_none(text: str) -> None:
    assert not list(cells_below(text))
