"""Text like laws, notices, judgments, reports, minutes: any length, fast, nothing classified in it.

It speaks of secrecy as often as real laws do: the bare words 绝密, 机密, 秘密, 国家秘密, 保密 stand
in about a fifth of the documents, never with a star. Amounts, dates, document numbers, article
numbers and names of offices are there; people, phones and numbers of people are not.
"""

from collections.abc import Callable, Iterator

from corpus.dice import Dice
from corpus.number.contact import landline

_SUBJECTS = (
    "县级以上人民政府", "国务院有关部门", "主管部门", "登记机关", "用人单位", "建设单位",
    "网络运营者", "数据处理者", "申请人", "当事人", "行政机关", "人民法院", "监督管理机构",
    "承办单位", "公共数据管理机构", "各区人民政府", "生产经营单位", "医疗机构", "学校", "统计机构",
    "审计机关", "采购人", "供应商", "检察机关", "街道办事处",
)  # fmt: skip
_DUTIES = (
    "应当", "不得", "可以", "应当依法", "有权", "应当及时", "应当自收到申请之日起十五日内",
    "应当定期", "应当按照国家有关规定", "必须", "应当会同有关部门", "经批准后方可",
    "应当于每年三月底前",
)  # fmt: skip
_ACTIONS = (
    "建立健全工作制度", "公布办理结果", "采取必要措施", "组织开展监督检查", "报送统计资料",
    "办理登记手续", "提供相关证明材料", "告知当事人享有的权利", "保存相关记录", "制定应急预案",
    "作出书面决定", "开展宣传教育", "加强信息共享", "公开办事指南", "履行告知义务", "核实有关情况",
    "完善基础设施", "明确责任分工", "依照本办法的规定处理", "提出书面申请", "组织专家评审",
    "落实经费保障", "优化办理流程",
)  # fmt: skip
_OBJECTS = (
    "公共数据", "个人信息", "安全生产", "政府采购", "行政许可", "社会保险", "建设工程", "环境保护",
    "食品安全", "统计调查", "档案管理", "不动产登记", "市场监督", "网络安全", "教育督导",
    "劳动关系", "财政预算", "道路交通",
)  # fmt: skip
_ENDS = (
    "", "，并对结果负责", "，法律、行政法规另有规定的除外", "，具体办法由国务院规定",
    "，接受社会监督", "，不得收取任何费用", "，确保数据真实、准确、完整",
    "，情节严重的，依法给予处分", "，并书面说明理由", "，所需经费列入本级财政预算",
    "，期限届满前三十日内可以申请延期",
)  # fmt: skip
_SECRECY = (
    "涉及国家秘密的，依照保密法律、行政法规的规定执行。",
    "国家秘密的密级分为绝密、机密、秘密三级。",
    "有关人员对在工作中知悉的国家秘密、商业秘密和个人隐私负有保密义务。",
    "不得泄露在履行职责中知悉的商业秘密。", "属于国家秘密的，应当按照国家秘密载体管理规定保管。",
    "绝密级国家秘密是最重要的国家秘密。", "机密级国家秘密载体应当在符合要求的场所存放。",
    "保密行政管理部门应当加强监督检查。", "会议强调，要严守保密纪律，不在互联网上处理秘密文件。",
    "他低声说，这是一个谁也不知道的秘密。", "技术秘密的权利人有权请求停止侵害。",
    "未经审批不得复制机密文件、资料。",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"


def numeral(number: int) -> str:
    """Write a whole number below 1,000 in Chinese, as articles are counted."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    written = f"{_NUMERALS[hundreds - 1]}百" if hundreds else ""
    if tens:
        written += ("" if tens == 1 and not hundreds else _NUMERALS[tens - 1]) + "十"
    elif hundreds and ones:
        written += "零"
    return written + (_NUMERALS[ones - 1] if ones else "")


def document_number(dice: Dice) -> str:
    """Write a document number after GB/T 9704: office, year in hexagonal brackets, order."""
    office = dice.pick(("示府办", "示人社发", "示政数函", "示教通", "示建规", "示卫办发", "示发改"))
    return f"{office}〔{dice.whole(2015, 2026)}〕{dice.whole(1, 320)}号"


def _clause(dice: Dice) -> str:
    pick = dice.pick
    return f"{pick(_SUBJECTS)}{pick(_DUTIES)}{pick(_ACTIONS)}{pick(_ENDS)}"


def _sentence(dice: Dice, secrecy: float) -> str:
    pick = dice.pick
    draw = dice.random()
    if draw < secrecy:
        return pick(_SECRECY)
    if draw < 0.55:
        return f"{_clause(dice)}。"
    if draw < 0.75:
        other = f"{pick(_SUBJECTS)}{pick(_DUTIES)}{pick(_ACTIONS)}"
        return f"在{pick(_OBJECTS)}工作中，{_clause(dice)}；{other}。"
    if draw < 0.85:
        article, fine = numeral(dice.whole(1, 120)), numeral(dice.whole(1, 20))
        return f"违反本条例第{article}条规定的，处{fine}万元以下罚款。"
    if draw < 0.93:
        month = f"{dice.whole(2018, 2026)}年{dice.whole(1, 12)}月"
        grown = f"完成{dice.whole(10, 9999)}项，同比增长{dice.between(0, 30):.1f}%"
        return f"截至{month}，{pick(_OBJECTS)}领域{grown}。"
    source = f"《{pick(_OBJECTS)}管理办法》（{document_number(dice)}）"
    return f"根据{source}第{dice.whole(1, 60)}条，{_clause(dice)}。"


def _two(dice: Dice, secrecy: float) -> str:
    return _sentence(dice, secrecy) + _sentence(dice, secrecy)


def _date(dice: Dice) -> str:
    return f"{dice.whole(1998, 2026)}年{dice.whole(1, 12)}月{dice.whole(1, 28)}日"


def _law(dice: Dice, secrecy: float) -> Iterator[str]:
    place, rank = dice.pick(("示例市", "示例省", "")), dice.pick(("条例", "办法", "规定"))
    yield f"{place}{dice.pick(_OBJECTS)}管理{rank}"
    yield f"（{_date(dice)}公布）"
    for article in range(1, dice.whole(20, 90)):
        if article % 12 == 1:
            yield f"第{numeral(article // 12 + 1)}章　{dice.pick(_OBJECTS)}"
        yield f"第{numeral(article)}条　{_two(dice, secrecy)}"


def _notice(dice: Dice, secrecy: float) -> Iterator[str]:
    yield "示例市人民政府办公室文件"
    yield document_number(dice)
    yield f"关于进一步加强{dice.pick(_OBJECTS)}工作的通知"
    yield "各区人民政府，市政府直属各单位："
    for part in range(1, dice.whole(4, 12)):
        yield f"　　{numeral(part)}、{dice.pick(_ACTIONS)}。{_two(dice, secrecy)}"
        yield f"　　（一）{_sentence(dice, secrecy)}"
    yield _date(dice)


def _judgment(dice: Dice, secrecy: float) -> Iterator[str]:
    yield "示例市东港区人民法院民事判决书"
    yield f"（{dice.whole(2018, 2026)}）示01民初{dice.whole(1, 9999)}号"
    yield "原告某公司与被告某公司合同纠纷一案，本院立案后依法适用普通程序，公开开庭进行了审理。"
    for _ in range(dice.whole(8, 25)):
        yield f"本院认为，{_two(dice, secrecy)}"
    yield f"案件受理费{dice.whole(50, 90000)}元，由被告负担。"


def _report(dice: Dice, secrecy: float) -> Iterator[str]:
    yield f"{dice.whole(2018, 2026)}年{dice.pick(_OBJECTS)}工作报告"
    for part in range(1, dice.whole(6, 18)):
        yield f"{part}.{dice.whole(1, 9)} {dice.pick(_OBJECTS)}"
        yield f"全年投入资金{dice.between(1, 9000):.2f}万元，{_two(dice, secrecy)}"


def _minutes(dice: Dice, secrecy: float) -> Iterator[str]:
    yield f"示例市{dice.pick(_OBJECTS)}专题会议纪要（第{dice.whole(1, 60)}期）"
    for part in range(1, dice.whole(5, 15)):
        heard = f"会议听取了关于{dice.pick(_OBJECTS)}的汇报"
        yield f"{numeral(part)}、{heard}。会议要求，{_sentence(dice, secrecy)}"


def _table(dice: Dice, secrecy: float) -> Iterator[str]:
    yield "序号\t事项\t责任单位\t完成时限\t金额（万元）"
    for row in range(1, dice.whole(15, 60)):
        task = f"{dice.pick(_OBJECTS)}{dice.pick(_ACTIONS)}\t{dice.pick(_SUBJECTS)}"
        month = f"{dice.whole(2024, 2027)}年{dice.whole(1, 12)}月"
        yield f"{row}\t{task}\t{month}\t{dice.between(1, 900):.2f}"
    yield _sentence(dice, secrecy)


_DEMANDS = (
    "供应商应当具有独立承担民事责任的能力", "投标人应当承诺保守采购人的商业秘密",
    "质保期不少于三年", "响应时间不超过两小时", "提供近三年同类项目业绩证明",
    "项目负责人应当持有相应资格证书", "应当签订保密协议", "系统应当满足网络安全等级保护三级要求",
    "不接受联合体投标",
)  # fmt: skip


def _tender(dice: Dice, secrecy: float) -> Iterator[str]:
    yield f"{dice.pick(_OBJECTS)}项目采购需求（注：带★号的条款为实质性要求，不满足按无效投标处理）"
    for part in range(1, dice.whole(8, 30)):
        star = dice.pick(("★", "▲", "", ""))
        yield f"{star}{part}.{dice.whole(1, 9)} {dice.pick(_DEMANDS)}。"
        if dice.chance(0.2):
            yield _sentence(dice, secrecy)
    yield f"评分：★★★ {dice.whole(60, 100)}分；预算金额{dice.between(10, 900):.2f}万元。"


Form = Callable[[Dice, float], Iterator[str]]
FORMS: tuple[Form, ...] = (_law, _law, _law, _notice, _judgment, _report, _minutes, _table, _tender)
_SECRET_SHARE, _SECRET_RATE = 0.33, 0.013
"""Share of documents that speak of secrecy, and how often a sentence of theirs does: real laws
have it in 19.7 % of the files, with nearly four places in each."""


def document(dice: Dice, *, phones: bool = False) -> str:
    """Write one document, lines ended by a line feed; `phones` adds an office's number."""
    form = dice.pick(FORMS)
    secrecy = _SECRET_RATE if dice.chance(_SECRET_SHARE) else 0.0
    end = f"咨询电话：{landline(dice)}\n" if phones else ""
    return "\n".join(form(dice, secrecy)) + "\n" + end


def documents(count: int, seed: str = "1", *, phones: bool = False) -> Iterator[str]:
    """Write documents one by one."""
    for number in range(count):
        yield document(Dice(f"{seed}/law/{number}"), phones=phones)


def characters(count: int, seed: str = "1") -> Iterator[str]:
    """Write documents until together they have at least `count` characters."""
    written = number = 0
    while written < count:
        text = document(Dice(f"{seed}/law/{number}"))
        written += len(text)
        number += 1
        yield text
