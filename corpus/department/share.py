"""Folders of tables: the public share, personnel, the business systems' exports."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.department.item import Item, masked, table
from corpus.department.writing import written
from corpus.dice import Dice
from corpus.document.picture import plain
from corpus.law import document
from corpus.person import children, people

_OPEN = "公共共享/"


@dataclass(frozen=True, slots=True)
class _Row:
    """A file with a table: its path, kinds, rows, grade, violations, and a word about it."""

    path: str
    keys: str
    count: int
    grade: int
    violations: str = ""
    note: str = ""


_TABLES = (
    _Row(
        "公共共享/通讯录/全局通讯录2026.xlsx",
        "name mobile department",
        120,
        3,
        "V05 V06",
        "通讯录人人可读",
    ),
    _Row("公共共享/通讯录/值班表.xls", "date name department", 31, 2),
    _Row("公共共享/通讯录/办公电话.csv", "department landline", 40, 1),
    _Row("公共共享/台账/设备台账.xlsx", "serial product amount date", 90, 1),
    _Row("公共共享/台账/采购目录.json", "title amount date status", 60, 1),
    _Row("公共共享/台账/停车登记.csv", "date plate status", 45, 2),
    _Row("公共共享/台账/会议签到.xlsx", "serial name status", 55, 2),
    _Row(
        "公共共享/临时/参保人员名单.xlsx",
        "name resident_id mobile",
        260,
        4,
        "V05 V06",
        "新出现的身份证号",
    ),
    _Row(
        "公共共享/临时/稳岗补贴发放.et",
        "name resident_id bank_card amount",
        180,
        4,
        "V05 V06",
        "et 即 xls",
    ),
    _Row("公共共享/临时/新建 文本文档.tsv", "name resident_id address", 35, 4, "V05 V06"),
    _Row("公共共享/统计/就业统计.csv", "place count count share", 60, 1),
    _Row("公共共享/统计/企业名录.gbk.csv", "company uscc place category", 150, 1),
    _Row(
        "公共共享/统计/办件清单.xlsx",
        "case_number title status date",
        120,
        1,
        "",
        "编号形如身份证号",
    ),
    _Row("公共共享/统计/订单流水.csv", "order_number amount date status", 140, 1),
    _Row("人事/花名册.xlsx", "name sex birth_date ethnicity resident_id address mobile", 160, 4),
    _Row("人事/工资/工资表2026-01.xls", "name bank_card income department", 150, 4),
    _Row("人事/工资/工资表2026-02.xls", "name bank_card income department", 150, 4),
    _Row("人事/工资/工资表2026-03.xlsx", "name bank_card income department", 150, 4),
    _Row("人事/考勤/三月考勤.csv", "name department date status", 120, 2),
    _Row("人事/考勤/指纹考勤导出.csv", "serial name biometric", 40, 4),
    _Row("人事/出国/因公护照登记.xlsx", "name passport date", 40, 4),
    _Row("人事/出国/港澳通行证.bom.csv", "name travel_permit date", 30, 4),
    _Row(
        "人事/体检/2026年体检结果.xlsx",
        "name resident_id medical",
        90,
        4,
        "V09",
        "医疗数据不在所属系统",
    ),
    _Row("人事/车辆/自驾车辆.u16.csv", "name plate mobile", 60, 3),
    _Row("人事/慰问/困难职工.docx", "name resident_id special_status address", 14, 4),
    _Row("人事/招聘/报名表.xlsx", "name sex resident_id mobile email education", 200, 4),
    _Row("业务/失业保险/领取名单.gbk.csv", "name resident_id bank_card amount", 300, 4),
    _Row("业务/失业保险/停发名单.pdf", "name resident_id", 40, 4),
    _Row("业务/工伤/工伤认定.jsonl", "name resident_id medical date", 120, 4, "V09"),
    _Row(
        "业务/医保/门诊结算.csv", "name resident_id medical amount date", 400, 4, "", "在所属系统内"
    ),
    _Row("业务/医保/慢性病登记.parquet", "resident_id medical address", 150, 4),
    _Row("业务/培训/学员信息.xml", "name resident_id mobile", 80, 4),
    _Row("业务/培训/讲师联系.md", "name mobile email", 15, 3),
    _Row("业务/稽核/企业欠费.xlsx", "company uscc amount", 90, 1),
    _Row("业务/稽核/法人名录.sql", "company uscc name", 110, 2),
    _Row("业务/备份/社保人员.dump.sql", "name resident_id address mobile", 500, 4),
    _Row("业务/备份/缴费库.db", "name resident_id bank_card income", 240, 4),
    _Row("业务/外勤/外勤定位.csv", "serial gps date", 80, 3),
    _Row("业务/设备/自助机.json", "serial imei mac ipv4", 50, 2),
    _Row("导出/接口/人员查询接口.json", "name resident_id mobile address", 60, 4),
    _Row("导出/接口/单位查询接口.json", "company uscc landline", 60, 1),
    _Row("导出/接口/调用样例.jsonl", "name mobile", 40, 3),
    _Row("导出/开放数据/企业用工信息.csv", "company place category", 120, 1),
    _Row("导出/开放数据/定点机构.xml", "company landline place", 70, 1),
    _Row("导出/开放数据/补贴公示名单.xlsx", "name resident_id amount", 650, 4, "V04", "公示未脱敏"),
    _Row("导出/开放数据/公示/获奖人员.html", "name resident_id mobile", 30, 4, "V04"),
    _Row("导出/开放数据/公示/拟录用人员.pdf", "name resident_id", 30, 4, "V04"),
    _Row("导出/待发/招聘会数据.csv", "name mobile education", 90, 3, "V04 V12", "导出未经审批"),
)


def tables(dice: Dice) -> Iterator[Item]:
    """Yield the files that hold one table."""
    for row in _TABLES:
        made = table(dice.split(row.path), row.keys, row.count)
        yield Item(
            path=row.path,
            data=written(row.path, made.rows),
            kinds=made.kinds,
            grade=row.grade,
            violations=tuple(row.violations.split()),
            planted=made.planted,
            note=row.note,
            open_to_all=row.path.startswith(_OPEN),
        )


_PAIR = "name resident_id mobile amount"


def pair(dice: Dice) -> Iterator[Item]:
    """Yield a masked copy and the raw table beside it."""
    made = table(dice, _PAIR, 200)
    folder = "导出/脱敏/"
    hidden = masked(made.rows, _PAIR)
    yield Item(
        path=f"{folder}培训补贴_脱敏.csv",
        data=written("a.csv", hidden),
        grade=None,
        violations=("V10",),
        note="脱敏副本（6+4 掩码）",
    )
    yield Item(
        path=f"{folder}培训补贴_原始.csv",
        data=written("a.csv", made.rows),
        kinds=made.kinds,
        grade=4,
        violations=("V10",),
        planted=made.planted,
        note="原始数据与脱敏副本同处一地",
    )


def minors(dice: Dice) -> Iterator[Item]:
    """Yield lists of children: in files of the department, which is none of their systems."""
    rows = (
        ("业务/培训/暑期夏令营名单.xlsx", "name sex resident_id student_number", 45),
        ("公共共享/临时/职工子女统计.xls", "name birth_date mobile", 38),
        ("业务/医保/少儿参保.csv", "name resident_id mobile date", 220),
    )
    for path, keys, count in rows:
        made = table(dice.split(path), keys, count, children(dice.split(path), count))
        found = ("V09",) if path.startswith(("业务/培训", _OPEN)) else ()
        weak = ("V05", "V06") if path.startswith(_OPEN) else ()
        yield Item(
            path=path,
            data=written(path, made.rows),
            kinds=made.kinds + Counter(minor=count),
            grade=4,
            violations=(*found, *weak),
            planted=made.planted,
            note="未满十四周岁未成年人",
            open_to_all=path.startswith(_OPEN),
        )


def track(dice: Dice) -> Iterator[Item]:
    """Yield the way of a few people, many points each."""
    head = ("身份证号", "采集时间", "经度", "纬度")
    rows, values = [head], []
    for one in people(dice, 4):
        values.append(("resident_id", one.resident_id))
        longitude, latitude = dice.between(113.8, 114.5), dice.between(22.5, 22.8)
        for step in range(40):
            longitude, latitude = longitude + 0.0012, latitude + 0.0007
            moment = f"2026-03-02 {8 + step // 6:02}:{step % 6 * 10:02}:00"
            rows.append((one.resident_id, moment, f"{longitude:.6f}", f"{latitude:.6f}"))
    made = Item(
        path="业务/外勤/人员轨迹.csv",
        data=written("a.csv", rows),
        grade=4,
        planted=frozenset(values),
        note="行踪轨迹，每人40点",
    )
    made.kinds.update({"resident_id": len(rows) - 1, "gps": len(rows) - 1, "track": 4})
    yield made


def quiet(dice: Dice) -> Iterator[Item]:
    """Yield files with nothing in them: laws, pictures, guides."""
    for number in range(8):
        end = ("txt", "md", "html", "gbk.txt")[number % 4]
        text = "".join(document(dice) for _ in range(4))
        path = f"公共共享/法规/法规汇编{number + 1}.{end}"
        body = f"<html><body><pre>{text}</pre></body></html>" if end == "html" else text
        encoding = "gb18030" if end == "gbk.txt" else "utf-8"
        yield Item(path=path, data=body.encode(encoding), open_to_all=True)
    yield Item(path="公共共享/照片/大厅.png", data=plain(640, 480), open_to_all=True)
    yield Item(
        path="公共共享/照片/培训现场.png", data=plain(320, 240, (90, 120, 80)), open_to_all=True
    )
    yield Item(path="公共共享/说明/空文件.txt", data=b"", open_to_all=True)


def items(dice: Dice) -> Iterator[Item]:
    """Yield all files of these folders."""
    yield from tables(dice)
    yield from pair(dice.split("pair"))
    yield from minors(dice.split("minors"))
    yield from track(dice.split("track"))
    yield from quiet(dice.split("quiet"))
