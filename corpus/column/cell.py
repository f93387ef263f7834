"""What stands in the cells of a column, by kind."""

import base64
from collections.abc import Callable

from corpus.dice import Dice
from corpus.labelled import MAKERS
from corpus.law import document_number
from corpus.negative import case_number, millis, order_number, parcel_number, snowflake
from corpus.number import contact, identity
from corpus.person import ETHNICITIES
from corpus.region import REGIONS
from corpus.secret.shape import password

Maker = Callable[[Dice], str]


def _of(*choices: str) -> Maker:
    return lambda dice: dice.pick(choices)


def _birth(dice: Dice) -> str:
    form = dice.pick(("%Y-%m-%d", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"))
    return f"{identity.day(dice):{form}}"


def _estate(dice: Dice) -> str:
    region = dice.pick(REGIONS)
    return f"粤（{dice.whole(2016, 2026)}）{region.county}不动产权第{dice.digits(7)}号"


def _call(dice: Dice) -> str:
    return f"{contact.mobile(dice)}→{contact.mobile(dice)} {dice.whole(1, 900)}秒"


def _salary(dice: Dice) -> str:
    return f"{dice.between(3000, 40000):.2f}"


def _medical(dice: Dice) -> str:
    return dice.pick(DIAGNOSES)


DIAGNOSES = (
    "I10 原发性高血压", "E11.9 2型糖尿病", "J18.9 肺炎", "K29.5 慢性胃炎", "C34.9 肺恶性肿瘤",
    "F32.9 抑郁发作", "B20 人类免疫缺陷病毒病", "N18.9 慢性肾脏病", "M51.2 腰椎间盘突出",
    "I63.9 脑梗死", "O80 顺产", "A15.0 肺结核", "高血压3级（极高危）", "冠心病 心功能Ⅱ级",
    "慢性乙型病毒性肝炎", "支气管哮喘", "急性阑尾炎术后", "先天性心脏病",
)  # fmt: skip
CELLS: dict[str, Maker] = {
    **MAKERS,
    "birth_date": _birth,
    "sex": _of("男", "女"),
    "ethnicity": lambda dice: dice.pick(ETHNICITIES),
    "education": _of("本科", "大专", "硕士研究生", "博士研究生", "高中", "初中", "中专"),
    "student_number": lambda dice: f"G{dice.pick(REGIONS).code}20{dice.digits(10)}",
    "income": _salary,
    "medical": _medical,
    "religion": _of("无", "佛教", "基督教", "伊斯兰教", "道教", "天主教"),
    "criminal": _of(
        "无", "盗窃罪，有期徒刑一年", "危险驾驶罪，拘役二个月", "诈骗罪", "无前科", "故意伤害罪"
    ),
    "credit": _of("正常", "逾期2次", "逾期90天以上", "呆账", "正常", "关注类"),
    "special_status": _of(
        "低保", "肢体残疾二级", "退役军人", "特困人员", "视力残疾一级", "烈士遗属"
    ),
    "biometric": lambda dice: base64.b64encode(dice.octets(96)).decode(),
    "account": lambda dice: f"{dice.pick(('wx', 'user', 'zhang', 'li', 'chen'))}_{dice.digits(6)}",
    "password": password,
    "estate": _estate,
    "social_security": lambda dice: dice.pick("ABCDE") + dice.digits(8),
    "call_record": _call,
}
"""Cells of each kind."""


def _moment(dice: Dice) -> str:
    date = f"202{dice.whole(0, 6)}-{dice.whole(1, 12):02}-{dice.whole(1, 28):02}"
    return f"{date} {dice.whole(8, 18):02}:{dice.whole(0, 59):02}:00"


def _title(dice: Dice) -> str:
    topic = dice.pick(("统计", "档案", "采购", "培训"))
    return f"关于印发{topic}工作方案的通知（{document_number(dice)}）"


NOTHING_CELLS: dict[str, Maker] = {
    "order_number": order_number,
    "case_number": case_number,
    "parcel": parcel_number,
    "snowflake": snowflake,
    "amount": lambda dice: f"{dice.between(1, 90000):.2f}",
    "date": _moment,
    "status": _of("已办结", "受理中", "退回", "是", "否", "正常", "待补正"),
    "department": _of("信息科", "办公室", "人事处", "社保科", "财务科", "法规科", "综合科"),
    "place": lambda dice: dice.pick(REGIONS).county,
    "count": lambda dice: str(dice.whole(1, 5000)),
    "product": lambda dice: f"{dice.pick(('E', 'G', 'HW-', 'DS-', 'PE', 'RT'))}{dice.digits(8)}",
    "title": _title,
    "url": lambda dice: f"https://www.city.example/info/{dice.digits(6)}.html",
    "version": lambda dice: (
        f"{dice.whole(1, 9)}.{dice.whole(0, 20)}.{dice.whole(0, 9)}.{dice.whole(1, 99)}"
    ),
    "digest": lambda dice: dice.text(32, "0123456789abcdef"),
    "millis": millis,
    "share": lambda dice: f"{dice.between(0, 100):.1f}%",
    "category": _of("制造业", "软件和信息技术服务业", "语文", "数学", "土木工程", "餐饮业", "零售"),
    "pet": _of(
        "红烧肉", "白云山", "高等数学", "金龙鱼", "王老吉", "周黑鸭", "大学英语", "江小白", "马应龙"
    ),
    "serial": lambda dice: str(dice.whole(1, 9999)),
    "postcode": lambda dice: f"{dice.whole(100000, 859999)}",
    "region_code": lambda dice: dice.pick(REGIONS).code,
}
"""Cells of columns that hold nothing of interest."""
