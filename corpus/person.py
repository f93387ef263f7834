"""People who do not exist: name, sex, birth, numbers, address, work."""

import datetime as dt
from dataclasses import dataclass

from corpus.dice import Dice
from corpus.number import card, contact, identity, organisation
from corpus.region import REGIONS, Region, address

_SURNAMES = (
    "王wang", "李li", "张zhang", "刘liu", "陈chen", "杨yang", "黄huang", "赵zhao", "吴wu", "周zhou",
    "徐xu", "孙sun", "马ma", "朱zhu", "胡hu", "郭guo", "何he", "高gao", "林lin", "罗luo", "郑zheng",
    "梁liang", "谢xie", "宋song", "唐tang", "许xu", "韩han", "冯feng", "邓deng", "曹cao", "彭peng",
    "曾zeng", "肖xiao", "田tian", "董dong", "袁yuan", "潘pan", "于yu", "蒋jiang", "蔡cai", "余yu",
    "杜du", "叶ye", "程cheng", "苏su", "魏wei", "吕lv", "丁ding", "任ren", "沈shen", "姚yao",
    "卢lu", "姜jiang", "崔cui", "钟zhong", "谭tan", "陆lu", "汪wang", "范fan", "金jin", "石shi",
    "廖liao", "贾jia", "夏xia", "韦wei", "付fu", "方fang", "白bai", "邹zou", "孟meng", "熊xiong",
    "秦qin", "邱qiu", "江jiang", "尹yin", "薛xue", "闫yan", "段duan", "雷lei", "侯hou", "龙long",
    "史shi", "陶tao", "黎li", "贺he", "顾gu", "毛mao", "郝hao", "龚gong", "邵shao", "万wan",
    "钱qian", "严yan", "覃qin", "武wu", "戴dai", "莫mo", "孔kong", "向xiang", "汤tang",
    "欧阳ouyang", "司马sima", "上官shangguan", "诸葛zhuge", "夏侯xiahou", "令狐linghu",
)  # fmt: skip
_MEN = (
    "伟wei", "强qiang", "磊lei", "军jun", "洋yang", "勇yong", "杰jie", "涛tao", "明ming", "超chao",
    "刚gang", "平ping", "辉hui", "鹏peng", "建国jianguo", "建华jianhua", "志强zhiqiang",
    "国栋guodong", "海波haibo", "文博wenbo", "子轩zixuan", "浩然haoran", "俊杰junjie", "宇航yuhang",
    "嘉豪jiahao", "天佑tianyou", "德胜desheng", "永康yongkang", "立新lixin", "振宇zhenyu",
    "晓东xiaodong", "家明jiaming",
)  # fmt: skip
_WOMEN = (
    "芳fang", "娜na", "敏min", "静jing", "丽li", "艳yan", "娟juan", "霞xia", "燕yan", "玲ling",
    "桂英guiying", "秀兰xiulan", "玉梅yumei", "婷婷tingting", "雪梅xuemei", "丽华lihua", "思雨siyu",
    "欣怡xinyi", "梓涵zihan", "雨桐yutong", "诗涵shihan", "佳琪jiaqi", "慧敏huimin", "春梅chunmei",
    "海燕haiyan", "晓红xiaohong", "美玲meiling", "淑芬shufen", "若曦ruoxi", "梦瑶mengyao", "宁ning",
    "洁jie",
)  # fmt: skip
ETHNICITIES = ("汉族",) * 12 + (
    "壮族",
    "回族",
    "满族",
    "维吾尔族",
    "苗族",
    "彝族",
    "土家族",
    "蒙古族",
)
_MINORITY_NAMES = (
    "艾力·买买提", "古丽娜尔·阿不都", "阿依古丽·吐尔逊", "迪力夏提·艾山", "巴特尔·孟和",
    "才让·卓玛",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person. `latin` is the name in pinyin, for accounts and addresses."""

    name: str
    latin: str
    male: bool
    born: dt.date
    region: Region
    resident_id: str
    mobile: str
    email: str
    address: str
    bank_card: str
    ethnicity: str
    employer: str
    plate: str

    @property
    def sex(self) -> str:
        """男 or 女."""
        return "男" if self.male else "女"


def _split(entry: str) -> tuple[str, str]:
    letters = "".join(sign for sign in entry if sign.isascii())
    return entry.removesuffix(letters), letters


def name(dice: Dice, *, male: bool | None = None) -> tuple[str, str]:
    """Invent a name: in characters and in pinyin."""
    man = dice.chance(0.5) if male is None else male
    surname, latin = _split(dice.pick(_SURNAMES))
    given, given_latin = _split(dice.pick(_MEN if man else _WOMEN))
    return surname + given, f"{latin}.{given_latin}"


def full_name(dice: Dice) -> str:
    """Invent a name, one in fifty of them with a middle dot."""
    return dice.pick(_MINORITY_NAMES) if dice.chance(0.02) else name(dice)[0]


def person(
    dice: Dice, *, first: dt.date = identity.FIRST_DAY, last: dt.date = dt.date(2007, 12, 31)
) -> Person:
    """Invent a person who was born between two days; grown up if nothing else is asked for."""
    male = dice.chance(0.5)
    region = dice.pick(REGIONS)
    born = identity.day(dice, first, last)
    written, latin = name(dice, male=male)
    return Person(
        name=written,
        latin=latin,
        male=male,
        born=born,
        region=region,
        resident_id=identity.resident_id(dice, region=region.code, born=born, male=male),
        mobile=contact.mobile(dice),
        email=f"{latin}{dice.whole(1, 99)}@mail.example.com",
        address=address(dice, region),
        bank_card=card.bank_card(dice),
        ethnicity=dice.pick(ETHNICITIES),
        employer=organisation.company(dice),
        plate=contact.plate(dice),
    )


def people(dice: Dice, count: int) -> list[Person]:
    """Invent grown-up people."""
    return [person(dice) for _ in range(count)]


def children(dice: Dice, count: int) -> list[Person]:
    """Invent children who are under fourteen on 27 November 2026."""
    first, last = dt.date(2013, 1, 1), dt.date(2023, 12, 31)
    return [person(dice, first=first, last=last) for _ in range(count)]
