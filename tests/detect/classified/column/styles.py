"""Columns in many styles with what they hold: cells as programs left them."""

import datetime as dt
import random
from collections.abc import Callable

from corpus.dice import Dice
from corpus.labelled import MAKERS

_DICE = random.Random(5)  # noqa: S311 - seeded cells
_MAKER = Dice("styles")
ROWS = 120

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹"
    "袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜"
)
_GIVEN = (
    "涵琳昊轩诗琪雅晗逸凡思颖润泽嘉怡子墨语桐沐宸梓萱诺欣妍宇航俊熙可馨若曦"
    "浩然奕辰婉清慕知远守仁德顺桂芝秀珍玉兰勇铁柱福根"
)


def name() -> str:
    given = "".join(_DICE.choices(_GIVEN, k=_DICE.choice((1, 2, 2, 2))))
    return _DICE.choice(_SURNAMES) + given


def day() -> dt.date:
    return dt.date(1950, 1, 1) + dt.timedelta(days=_DICE.randrange(22000))


def many(make: Callable[[], str]) -> list[str]:
    return [make() for _ in range(ROWS)]


def of(*values: str) -> list[str]:
    return [_DICE.choice(values) for _ in range(ROWS)]


def digits(count: int) -> str:
    return "".join(_DICE.choices("0123456789", k=count))


def made(kind: str) -> list[str]:
    return many(lambda: MAKERS[kind](_MAKER))


NAMES = many(name)
IDS, MOBILES, CARDS = made("resident_id"), made("mobile"), made("bank_card")
ADDRESSES, COMPANIES, PASSPORTS = made("address"), made("company"), made("passport")
CODES, PLATES, MAILS = made("uscc"), made("plate"), made("email")


def degree(low: float) -> str:
    return f"{_DICE.uniform(low, low + 0.9):.6f}"


Row = tuple[str, str, list[str]]

HELD: tuple[Row, ...] = (
    ("", "name", NAMES),
    ("字段1", "name", NAMES),
    ("Applicant Name", "name", NAMES),
    ("CUST_NM", "name", NAMES),
    ("经办人（签字）", "name", NAMES),
    ("户主/联系人", "name", NAMES),
    ("created_by", "name", NAMES),
    ("用户名", "name", NAMES),
    ("姓名", "name", [" ".join(each) if len(each) == 2 else each for each in NAMES]),
    ("name", "name", of("Zhang Wei", "LI NA", "Wang Xiaoming", "Chen Jie")),
    ("姓名", "name", of("王*", "李**", "张*明", "欧阳**", "赵某", "钱某某")),
    ("学生姓名", "name", of("迪丽·艾山", "阿依古丽", "扎西次仁", "巴特尔", "王强", "李娜")),
    ("身份证号", "resident_id", [f"{int(each[:17] + '0'):.5E}" for each in IDS]),
    ("身份证号", "resident_id", [f"'{each}" for each in IDS]),
    ("身份证号", "resident_id", [each[:17] + "0" for each in IDS]),
    ("身份证", "resident_id", [f"{each[:6]}********{each[14:]}" for each in IDS]),
    ("证件号码", "resident_id", [e if at % 3 else PASSPORTS[at] for at, e in enumerate(IDS)]),
    ("证件号码", "passport", PASSPORTS),
    ("居民身份证号码(必填项)", "resident_id", IDS),
    ("identityCardNo", "resident_id", IDS),
    ("个人信息-身份证号", "resident_id", IDS),
    ("社会保障号", "resident_id", IDS),
    ("", "resident_id", IDS),
    ("编号", "resident_id", IDS),
    ("", "mobile", MOBILES),
    ("手机", "mobile", [f"{each[:3]}****{each[7:]}" for each in MOBILES]),
    ("联系方式", "mobile", [f"+86 {each}" for each in MOBILES]),
    ("手机号", "mobile", [f"{each}.0" for each in MOBILES]),
    ("MOBILE_NBR", "mobile", MOBILES),
    ("Phone#", "mobile", MOBILES),
    ("出生日期", "birth_date", many(lambda: str((day() - dt.date(1899, 12, 30)).days))),
    ("出生年月", "birth_date", many(lambda: f"{day():%Y.%m}")),
    ("DOB", "birth_date", many(lambda: f"{day():%m/%d/%Y}")),
    ("birth_dt", "birth_date", many(lambda: f"{day():%Y-%m-%d 00:00:00}")),
    ("性别", "sex", of("1", "2")),
    ("", "sex", of("男", "女")),
    ("Gender (M/F)", "sex", of("M", "F")),
    ("民族", "ethnicity", of("汉", "壮", "满")),
    ("", "ethnicity", of("汉族", "壮族", "满族")),
    ("", "address", ADDRESSES),
    ("Delivery Address", "address", ADDRESSES),
    ("地址", "address", of("幸福村3组", "王家庄村12号", "东风小区5栋2单元301", "学府路88号")),
    ("开户银行账号", "bank_card", CARDS),
    ("", "bank_card", CARDS),
    ("账号", "bank_card", [f"{int(each):.5E}" for each in CARDS]),
    ("存折账号", "bank_card", many(lambda: digits(19))),
    ("卡号", "bank_card", [f"{each[:6]}******{each[-4:]}" for each in CARDS]),
    ("工资卡", "bank_card", [f"{e[:4]} {e[4:8]} {e[8:12]} {e[12:]}" for e in CARDS]),
    ("投保人", "company", COMPANIES),
    ("", "company", COMPANIES),
    ("开户行", "company", of("中国工商银行深圳福田支行", "招商银行南山支行")),
    ("", "email", MAILS),
    ("车辆信息", "plate", PLATES),
    ("税号", "uscc", CODES),
    ("学历", "education", of("大学本科", "大专", "中专", "硕士")),
    ("职务", "education", of("科长", "主任科员", "处长", "工程师")),
    ("月工资（元）", "income", many(lambda: f"{_DICE.uniform(3000, 30000):.2f}")),
    ("SALARY", "income", many(lambda: f"{_DICE.uniform(3000, 30000):,.2f}")),
    ("ICD10编码", "medical", of("I10.x00", "E11.900", "J18.9")),
    ("血型", "medical", of("A", "B", "O", "AB")),
    ("", "medical", of("高血压", "2型糖尿病", "肺结核", "乙型病毒性肝炎")),
    ("药名", "medical", of("阿莫西林胶囊", "布洛芬缓释片", "二甲双胍片")),
    ("核酸检测结果", "medical", of("阴性", "阳性")),
    ("宗教", "religion", of("Buddhism", "Christian", "Muslim")),
    ("有无违法犯罪记录", "criminal", of("有", "无")),
    ("罪名", "criminal", of("盗窃罪", "诈骗罪", "危险驾驶罪")),
    ("芝麻信用分", "credit", many(lambda: str(_DICE.randrange(350, 950)))),
    ("低保类型", "special_status", of("城市低保", "农村低保", "特困供养")),
    ("是否残疾人", "special_status", of("是", "否")),
    ("残疾类别及程度", "special_status", of("肢体残疾二级", "视力残疾一级")),
    ("face_embedding", "biometric", many(lambda: f"[{', '.join(degree(-1) for _ in range(9))}]")),
    ("指纹", "biometric", many(lambda: f"{_DICE.getrandbits(256):064x}")),
    ("经度", "gps", many(lambda: degree(113.7))),
    ("location", "gps", many(lambda: f"POINT({degree(113.7)} {degree(22.4)})")),
    ("user_pwd", "password", many(lambda: f"{_DICE.getrandbits(128):032x}")),
    ("昵称", "account", of("快乐的小鱼", "风一样", "A-阿强", "晴天")),
    ("account_id", "account", of("a1001x", "b2002y", "c3003")),
    ("学号", "student_number", many(lambda: "2023" + digits(6))),
    ("社保卡号", "social_security", many(lambda: "A" + digits(8))),
    ("住院号", "medical", many(lambda: digits(6))),
)

NOTHING: tuple[tuple[str, list[str]], ...] = (
    ("", of("一心一意", "万无一失", "安居乐业", "高瞻远瞩")),
    ("", of("苹果", "香蕉", "黄桃", "白梨", "石榴", "金桔", "黄皮", "杨梅", "杨桃", "沙田柚")),
    ("", of("红烧肉", "鱼香肉丝", "白切鸡", "黄焖鸡", "水煮鱼", "毛血旺", "梅菜扣肉", "石锅鱼")),
    ("", of("语文", "数学", "英语", "物理", "化学", "生物", "历史", "音乐", "美术")),
    ("", of("武侯区", "金牛区", "白云区", "黄浦区", "江宁区", "石景山区", "万州区")),
    ("站点", of("石厦", "黄贝岭", "向西村", "岗厦北", "华强路", "白石洲", "安托山", "侨城东")),
    ("", of("深圳", "广州", "温州", "金华", "黄山", "白山", "鲁山", "石林")),
    ("品牌", of("王老吉", "周大福", "李宁", "陈克明", "马应龙", "张小泉", "江中")),
    ("供应商简称", of("华为", "中兴", "万科", "金蝶", "用友", "方正")),
    ("商品名称", of("黄瓜", "白菜", "金枪鱼罐头", "高压锅", "方便面", "马桶刷")),
    ("部门", of("信息中心", "人事科", "综合科")),
    ("订单编号", many(lambda: "2026" + digits(14))),
    ("案件编号", [f"{each[:14]}{at:04}" for at, each in enumerate(IDS)]),
    ("身份证前六位", [each[:6] for each in IDS]),
    ("身份证后四位", [each[-4:] for each in IDS]),
    ("手机尾号", [each[-4:] for each in MOBILES]),
    ("手机号", many(lambda: "1" + digits(12))),
    ("姓名首字母", of("Z", "W", "L")),
    ("证件有效期", many(lambda: f"{day():%Y-%m-%d}")),
    ("登记日期", many(lambda: f"{day():%Y-%m-%d}")),
    ("密码修改时间", many(lambda: f"{day():%Y-%m-%d}")),
    ("密码强度", of("强", "中", "弱")),
    ("PASSWORD", ["******"] * ROWS),
    ("邮箱是否验证", of("是", "否")),
    ("诊断费", many(lambda: f"{_DICE.uniform(1, 99):.2f}")),
    ("检测结果", of("合格", "不合格")),
    ("id_type", of("身份证", "护照")),
    ("phone_brand", of("Huawei", "Apple")),
    ("name_cn_flag", of("0", "1")),
    ("filename", of("a.docx", "b.pdf")),
    ("location", of("一楼", "二楼", "会议室")),
    ("position", of("1", "2", "3")),
    ("图片地址", of("/img/a.png", "/img/b.png")),
    ("版本号", many(lambda: ".".join(str(_DICE.randrange(20)) for _ in range(4)))),
    ("文号", many(lambda: f"示人社〔2026〕{_DICE.randrange(200)}号")),
    ("年龄", many(lambda: str(_DICE.randrange(18, 80)))),
    ("金额（元）", many(lambda: f"{_DICE.uniform(3000, 30000):.2f}")),
    ("姓名", many(lambda: digits(4))),
    ("身份证号", of("已核验", "未核验")),
    ("地址", of("https://a.example/1", "https://a.example/2")),
)
