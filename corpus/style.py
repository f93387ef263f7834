"""Texts about people in the styles of offices: forms, letters, judgments, chats, slips, lists.

Labels are spaced out, values stand in prose, several kinds stand together, rows follow a heading
on another line: everything that a list of `label: value` does not show. All values are labelled.
"""

from collections.abc import Iterator

from corpus.dice import Dice
from corpus.labelled import MAKERS
from corpus.number import identity
from corpus.person import Person, person
from corpus.sample import Labelled, Value, compose

FORMS: tuple[tuple[str, str], ...] = (
    (
        "form",
        (
            "姓　　名：{name}\n性　　别：{sex}\n"
            "身份证号：{resident_id}\n电　　话：{mobile}\n"
            "住　　址：{address}"
        ),
    ),
    (
        "form",
        "姓 名 {name}　性别 {sex}　民族 {ethnicity}\n公民身份号码 {resident_id}\n住 址 {address}",
    ),
    (
        "form",
        (
            "1．申请人姓名 {name}\n2．证件类型 居民身份证\n"
            "3．证件号码 {resident_id}\n"
            "4．手机号码 {mobile}"
        ),
    ),
    (
        "form",
        (
            "【基本信息】\n户主姓名｜{name}\n户主身份证｜{resident_id}\n"
            "联系电话｜{mobile}\n开户银行账号｜{bank_card}"
        ),
    ),
    (
        "judgment",
        "被告人{name}，{sex}，{born}出生，公民身份号码{resident_id}，{ethnicity}，住{address}。",
    ),
    (
        "judgment",
        "原告：{name}，{sex}，{ethnicity}，住{address}。\n委托代理人：{name2}，联系电话{mobile}。",
    ),
    (
        "letter",
        (
            "尊敬的领导：\n    我叫{name}，身份证号码是{resident_id}，家住{address}，电话{mobile}"
            "。请尽快核实。"
        ),
    ),
    (
        "letter",
        (
            "兹有我单位职工{name}（身份证号：{resident_id}）前往贵处办理业务，请予接洽。联系电话："
            "{landline}。"
        ),
    ),
    (
        "letter",
        "兹委托{name2}（身份证号{resident_id2}）代为领取，受托人电话{mobile}。\n委托人：{name}",
    ),
    ("chat", "[09:12] 老李：把{name}的号码发我\n[09:13] 小王：{mobile}，身份证{resident_id}"),
    ("chat", "客服：请问您的手机号是？\n用户：{mobile}\n客服：卡号呢？\n用户：{bank_card}"),
    ("chat", "@所有人 报销请打到{name}账户，工行 {bank_card}，备注姓名"),
    ("slip", "收件人：{name}  {mobile}\n地址：{address}\n寄件人：{name2}  {landline}"),
    ("slip", "签收单\t{name}\t{mobile}\t车牌号：{plate}\t2026-03-02"),
    (
        "list",
        (
            "序号\t姓名\t身份证号\t手机号\n1\t{name}\t{resident_id}\t{mobile}\n"
            "2\t{name2}\t{resident_id2}\t{mobile2}"
        ),
    ),
    (
        "list",
        (
            "| 姓名 | 证件号码 | 银行卡号 |\n"
            "| --- | --- | --- |\n| {name} | {resident_id} | {bank_card} |"
        ),
    ),
    ("list", "xm,sfzh,sjh\n{name},{resident_id},{mobile}\n{name2},{resident_id2},{mobile2}"),
    (
        "case",
        (
            "患者{name}，{sex}，身份证号{resident_id}，因反复咳嗽三天就诊。联系人：{name2}，"
            "电话：{mobile}。"
        ),
    ),
    ("case", "接报警人{name}（手机{mobile}）称，其驾驶{plate}号小型轿车被剐蹭。"),
    (
        "log",
        "2026-03-02 09:31:07 INFO user.login phone={mobile} idNo={resident_id} ip={ipv4} cost=31ms",
    ),
    (
        "log",
        (
            '{{"ts":1772415067123,"name":"{name}","idCardNo":"{resident_id}","mobile":"{mobile}'
            '","status":0}}'
        ),
    ),
    (
        "log",
        (
            "DEBUG sql: insert into t_person(xm,sfzh,yhkh) values('{name}','{resident_id}',"
            "'{bank_card}')"
        ),
    ),
    (
        "company",
        (
            "甲方：{company}\n统一社会信用代码：{uscc}\n"
            "法定代表人：{name}\n开户账号：{bank_card}\n"
            "电话：{landline}"
        ),
    ),
    (
        "company",
        "中标供应商：{company}（信用代码{uscc}），联系人{name}，联系电话{mobile}，邮箱{email}",
    ),
    ("travel", "因公出国人员：{name}，护照号码：{passport}，有效期至2031年5月。"),
    (
        "travel",
        "持港澳通行证（证号{travel_permit}）的{name}于3月2日入境。姓名：{name}，手机：{mobile}",
    ),
    ("device", "设备领用：{name}，IMEI：{imei}，MAC：{mac}，手机号{mobile}"),
    (
        "english",
        (
            "Name: {name}\nID No.: {resident_id}\n"
            "Mobile: {mobile}\nE-mail: {email}\n"
            "Address: {address}"
        ),
    ),
    ("english", "Passenger {name}, passport no. {passport}, tel. {mobile}, card {bank_card}."),
    ("markup", "<person><xm>{name}</xm><sfzh>{resident_id}</sfzh><lxdh>{mobile}</lxdh></person>"),
    ("markup", "<tr><td>{name}</td><td>{resident_id}</td><td>{bank_card}</td></tr>"),
    ("settings", "contact.name={name}\ncontact.phone={mobile}\ncontact.mail={email}"),
)
"""Style and form; a value with a 2 is of another person."""


def _values(dice: Dice, one: Person, other: Person) -> dict[str, Value]:
    values = {key: Value(key, maker(dice)) for key, maker in MAKERS.items()}
    for mark, who in (("", one), ("2", other)):
        for key in ("name", "resident_id", "mobile", "bank_card", "address", "email", "plate"):
            values[key + mark] = Value(key, str(getattr(who, key)))
    plain = {"sex": one.sex, "ethnicity": one.ethnicity, "born": f"{one.born:%Y年%-m月%-d日}"}
    return values | {key: Value("", text) for key, text in plain.items()}


def styled(count: int, seed: str = "1") -> Iterator[Labelled]:
    """Write texts in all styles in turn; `why` names the style, `about` is `mixed`.

    Sex, ethnicity and day of birth stand in them and are not labelled.
    """
    for number in range(count):
        dice = Dice(f"{seed}/style/{number}")
        why, form = FORMS[number % len(FORMS)]
        text, spans = compose(form, _values(dice, person(dice), person(dice)))
        yield Labelled(text=text, about="mixed", spans=spans, why=why, context=True)


_TRAPS: tuple[tuple[str, str], ...] = (
    ("order", "订单 {moment}{d4} 已发货，运单号 SF{d12}，预计 3 日送达。"),
    ("order", "交易流水：{moment}{d4}；商户号：{d15}；金额：{amount}元"),
    ("case", "案件编号：{case}　承办人：信息科　状态：已办结"),
    ("case", "受理号{case}的申请已转{d2}号窗口办理。"),
    ("build", "build 2026.3.2-{hex8} sha256:{hex64} size={d9}"),
    ("build", "Merge commit {hex40} into release-{d2}.{d1}"),
    ("meter", "表号 {d12} 本期读数 {d5}.{d2} 上期 {d5}.{d2} 经度比例 {d1}.{d2}"),
    ("contract", "合同编号：HT-{d4}-{d8}；物料编码：E{d8}；序列号：{hex16}"),
    ("clock", "采集时间 {millis} 下发 {millis} 差值 {d2}ms"),
    ("books", "ISBN 978-7-{d4}-{d4}-{d1}　定价 {d2}.00 元　页数 {d3}"),
    ("masked", "王** 138****{d4} 440301********{d4} 6222 **** **** {d4}"),
    ("table", "{d6}\t{d8}\t{amount}\t{amount}\t{d2}.{d1}%"),
    ("parcel", "不动产单元号：{region}{d6}GB{d5}F{d8}；图号：{d2}.{d2}-{d3}.{d2}"),
    ("network", "oid 1.3.6.1.4.1.{d4}.{d2} version {d1}.{d2}.{d1}.{d3} serial {hex16}"),
)


def _trap_values(dice: Dice) -> dict[str, Value]:
    moment = f"{identity.day(dice):%m%d}"
    made = {f"d{count}": dice.digits(count) for count in (1, 2, 3, 4, 5, 6, 8, 9, 12, 15)}
    made |= {f"hex{count}": dice.text(count, "0123456789abcdef") for count in (8, 16, 40, 64)}
    region = identity.region_code(dice)
    made |= {
        "moment": f"2026{moment}0{dice.digits(1)}{dice.whole(10, 59)}{dice.whole(10, 59)}",
        "case": f"{region}2026{moment}{dice.digits(4)}",
        "amount": f"{dice.between(1, 90000):.2f}",
        "millis": f"177{dice.digits(10)}",
        "region": region,
    }
    return {key: Value("", text) for key, text in made.items()}


def traps(count: int, seed: str = "1") -> Iterator[Labelled]:
    """Write lines of life full of numbers, none of which is anybody's."""
    for number in range(count):
        dice = Dice(f"{seed}/trap/{number}")
        why, form = _TRAPS[number % len(_TRAPS)]
        text, _ = compose(form, _trap_values(dice))
        yield Labelled(text=text, about="mixed", why=why, context=True)
