"""200 graded tables: what an expert says about each, by rows of a table, not by an algorithm.

Grades are 1 to 4 (一般1级 to 一般4级). The expert reads GB/T 43697-2024 with the project's rules:
an identity number alone is 3, beside name, phone or address 4; a name or a phone alone is 2, two
identifiers of one person in a row 3; what is public is 1. A table about 100,000 people or more
with a grade of 3 or above needs a person to say whether it is important data.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.column.cell import CELLS, NOTHING_CELLS
from corpus.column.heading import HEADINGS, NOTHING
from corpus.dice import Dice
from corpus.person import Person, children, people

TABLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A table with its grade. `kinds` go with `header`, empty where a column holds nothing.

    `total_rows` is how long the whole table is, of which `columns` is a sample.
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    grade: int
    total_rows: int
    needs_confirm: bool = False
    why: str = ""
    minors: bool = False


@dataclass(frozen=True, slots=True)
class _Recipe:
    name: str
    kinds: str
    grade: int
    minors: bool = False


RECIPES = (
    _Recipe("办件统计", "place count count share", 1),
    _Recipe("公开采购目录", "title amount date status", 1),
    _Recipe("企业名录", "company uscc place category", 1),
    _Recipe("办公电话", "department landline", 1),
    _Recipe("设备台账", "serial product amount date", 1),
    _Recipe("订单流水", "order_number amount date status", 1),
    _Recipe("办件清单", "case_number title status date", 1),
    _Recipe("宗地清单", "parcel place count", 1),
    _Recipe("网站栏目", "title url date", 1),
    _Recipe("服务器清单", "serial ipv4 version department", 1),
    _Recipe("值班表", "date name department", 2),
    _Recipe("签到表", "serial name status", 2),
    _Recipe("短信名单", "serial mobile status", 2),
    _Recipe("邮件订阅", "serial email date", 2),
    _Recipe("停车登记", "date plate status", 2),
    _Recipe("法人名录", "company uscc name", 2),
    _Recipe("考勤", "name department date status", 2),
    _Recipe("人员性别构成", "name sex department", 2),
    _Recipe("通讯录", "name mobile department", 3),
    _Recipe("联系人邮箱", "name email mobile", 3),
    _Recipe("车辆登记", "name plate date", 3),
    _Recipe("身份证清单", "serial resident_id status", 3),
    _Recipe("护照登记", "serial passport date", 3),
    _Recipe("住户地址", "name address", 3),
    _Recipe("卡号清单", "serial bank_card status", 3),
    _Recipe("定位点", "serial gps date", 3),
    _Recipe("手机与邮箱", "mobile email", 3),
    _Recipe("参保人员", "name resident_id mobile", 4),
    _Recipe("补贴发放", "name resident_id bank_card amount", 4),
    _Recipe("户籍", "name sex birth_date ethnicity resident_id address", 4),
    _Recipe("就诊记录", "name resident_id medical date", 4),
    _Recipe("检验结果", "name mobile medical", 4),
    _Recipe("疾病登记", "resident_id medical address", 4),
    _Recipe("人脸库", "name resident_id biometric", 4),
    _Recipe("指纹考勤", "serial name biometric", 4),
    _Recipe("系统账号", "account password department", 4),
    _Recipe("宗教场所登记", "name religion mobile", 4),
    _Recipe("违法记录", "name resident_id criminal", 4),
    _Recipe("征信名单", "name resident_id credit", 4),
    _Recipe("低保对象", "name resident_id special_status address", 4),
    _Recipe("证件与地址", "resident_id address", 4),
    _Recipe("证件与电话", "resident_id mobile", 4),
    _Recipe("学生名册", "name sex resident_id student_number", 4, minors=True),
    _Recipe("幼儿接种", "name resident_id mobile date", 4, minors=True),
    _Recipe("小学生联系表", "name birth_date mobile", 4, minors=True),
)
_OF_PERSON = {
    "name": "name",
    "sex": "sex",
    "resident_id": "resident_id",
    "mobile": "mobile",
    "email": "email",
    "address": "address",
    "bank_card": "bank_card",
    "ethnicity": "ethnicity",
    "plate": "plate",
}


def cell(dice: Dice, kind: str, who: Person) -> str:
    """Return what stands under a kind in the row of a person."""
    if kind == "birth_date":
        return f"{who.born:%Y-%m-%d}"
    if kind in _OF_PERSON:
        return str(getattr(who, _OF_PERSON[kind]))
    return (CELLS.get(kind) or NOTHING_CELLS[kind])(dice)


def heading(dice: Dice, kind: str) -> str:
    """Draw a heading for a kind."""
    return dice.pick(HEADINGS.get(kind) or NOTHING[kind])


def table(number: int, seed: str = "1") -> Graded:
    """Make the table of this number."""
    recipe = RECIPES[number % len(RECIPES)]
    dice = Dice(f"{seed}/graded/{number}")
    rows = dice.whole(60, 300)
    who = (children if recipe.minors else people)(dice, rows)
    keys = recipe.kinds.split()
    large = recipe.grade >= 3 and "resident_id" in keys and dice.chance(0.2)
    return Graded(
        name=recipe.name,
        header=tuple(heading(dice, kind) for kind in keys),
        columns=tuple(tuple(cell(dice, kind, one) for one in who) for kind in keys),
        kinds=tuple(kind if kind in HEADINGS else "" for kind in keys),
        grade=recipe.grade,
        total_rows=dice.whole(150_000, 900_000) if large else rows,
        needs_confirm=large,
        why=recipe.kinds,
        minors=recipe.minors,
    )


def tables(count: int = TABLES, seed: str = "1") -> Iterator[Graded]:
    """Make tables one by one."""
    return (table(number, seed) for number in range(count))
