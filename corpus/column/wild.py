"""Columns under headings as they grew in real tables: numbered, bilingual, nested, with remarks."""

from collections.abc import Iterator

from corpus.column.cell import CELLS, NOTHING_CELLS
from corpus.column.labelled import Column
from corpus.dice import Dice

KNOWN: tuple[tuple[str, str], ...] = (
    ("name", "1.姓名"),
    ("name", "姓名\n(Name)"),
    ("name", "被保险人姓名"),
    ("name", "第一联系人姓名"),
    ("name", "cust_name_zh"),
    ("name", "applicantName"),
    ("name", "参会人员"),
    ("resident_id", "2、身份证号码（18位）"),
    ("resident_id", "法人身份证"),
    ("resident_id", "certNo"),
    ("resident_id", "被监护人证件号"),
    ("resident_id", "A.IDCARD"),
    ("mobile", "手机（必填，11位）"),
    ("mobile", "联系电话1"),
    ("mobile", "emergencyContactPhone"),
    ("mobile", "家庭成员1_手机号码"),
    ("address", "户籍所在地详细地址"),
    ("address", "regAddr"),
    ("address", "收件地址（省市区+详细）"),
    ("bank_card", "社保卡金融账号"),
    ("bank_card", "payee_account_no"),
    ("bank_card", "银行卡（工行）"),
    ("email", "邮箱（选填）"),
    ("birth_date", "出生年月日 yyyy-mm-dd"),
    ("birth_date", "DOB"),
    ("sex", "性别（1男2女）"),
    ("ethnicity", "族别"),
    ("income", "月均收入(元)"),
    ("income", "应发合计"),
    ("medical", "入院诊断"),
    ("medical", "疾病编码（ICD-10）"),
    ("password", "初始密码（首次登录请修改）"),
    ("plate", "车辆号牌"),
    ("uscc", "单位统一社会信用代码（18位）"),
    ("company", "用人单位（全称）"),
    ("passport", "Passport No"),
    ("student_number", "全国学籍号（G开头）"),
    ("education", "最高学历（学位）"),
    ("special_status", "残疾类别及等级"),
    ("religion", "宗教信仰情况"),
    ("landline", "单位固话"),
    ("gps", "坐标（WGS84）"),
)
"""Kinds and headings."""
NONE: tuple[tuple[str, str], ...] = (
    ("department", "联系部门"),
    ("department", "负责人所在科室"),
    ("amount", "人均收入补助标准执行金额"),
    ("count", "姓名变更件数"),
    ("date", "身份证有效期起"),
    ("date", "手机绑定时间"),
    ("status", "是否实名认证"),
    ("status", "地址是否核实"),
    ("place", "签发机关所属区"),
    ("title", "地址变更通知标题"),
    ("serial", "电话号码个数"),
    ("url", "身份证照片链接"),
    ("case_number", "身份核验流水"),
    ("order_number", "银行卡支付订单号"),
    ("millis", "手机号更新时间戳"),
    ("pet", "商品名称"),
    ("pet", "菜品姓名牌"),
    ("version", "手机系统版本"),
    ("product", "护照阅读机型号"),
    ("share", "手机号覆盖率"),
    ("category", "职业资格类别名称"),
    ("digest", "身份证照片md5"),
    ("snowflake", "addressId"),
    ("region_code", "地址编码"),
    ("count", "女性人数"),
    ("date", "password_updated_at"),
    ("status", "phone_verified"),
    ("serial", "email_count"),
)
"""What holds nothing, under headings that name something."""


def wild(seed: str = "1", rows: int = 120) -> Iterator[Column]:
    """Make a column for each of these headings, a tenth of its cells empty.

    Numbers and dates of birth reach to 2025, so that children are among them.
    """
    for number, (key, header) in enumerate((*KNOWN, *NONE)):
        dice = Dice(f"{seed}/wild/{number}")
        known = number < len(KNOWN)
        maker = CELLS[key] if known else NOTHING_CELLS[key]
        cells = tuple("" if dice.chance(0.1) else maker(dice) for _ in range(rows))
        kind = key if known else ""
        yield Column(header=header, cells=cells, kind=kind, why="wild" if known else key)
