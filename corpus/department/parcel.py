"""Mails, archives, and what cannot be read."""

from collections import Counter
from collections.abc import Iterator

from corpus.department.item import Item, Table, table, together
from corpus.department.writing import drafted, written
from corpus.dice import Dice
from corpus.document import archive
from corpus.document.archive import Member
from corpus.document.draft import Draft
from corpus.document.mail import Letter, write_eml, write_mbox, write_msg
from corpus.document.pdf import write_pdf
from corpus.hostile import encrypted_office, traversal
from corpus.law import document
from corpus.mark.grammar import stamp
from corpus.mark.page import Truth

_ROSTER = "name resident_id mobile"


def _letter(dice: Dice, subject: str, *attachments: Member) -> Letter:
    text = "各位同事：\n" + document(dice)[:400]
    return Letter(subject=subject, text=text, html=f"<p>{subject}</p>", attachments=attachments)


def _with(path: str, data: bytes, *tables: Table, note: str = "") -> Item:
    kinds, values = together(*tables)
    kinds += Counter(email=2) if path.startswith("邮件/") else Counter()
    grade = 4 if "resident_id" in kinds else 3
    return Item(path=path, data=data, kinds=kinds, grade=grade, planted=values, note=note)


def mails(dice: Dice) -> Iterator[Item]:
    """Yield mails with and without lists attached."""
    first, second, third = (table(dice, _ROSTER, 60) for _ in range(3))
    sheet = Member(name="参保名单.xlsx", data=written("a.xlsx", first.rows))
    yield _with("邮件/报送名单.eml", write_eml(_letter(dice, "报送参保名单", sheet)), first)
    packed = archive.write_zip([Member(name="名单.csv", data=written("a.csv", second.rows))])
    mail = _letter(dice, "请查收附件", Member(name="附件.zip", data=packed))
    yield _with("邮件/请查收.msg", write_msg(mail), second, note="msg 附件中的压缩包")
    for path, subject, write in (
        ("邮件/会议通知.eml", "关于召开例会的通知", write_eml),
        ("邮件/节日问候.msg", "节日问候", write_msg),
    ):
        plain = write(_letter(dice, subject))
        yield Item(path=path, data=plain, kinds=Counter(email=2), grade=2, note="只有收发件人地址")
    listed = Member(name="补贴.csv", data=written("a.gbk.csv", third.rows))
    box = [_letter(dice, f"往来{n}") for n in range(6)] + [_letter(dice, "补贴名单", listed)]
    yield _with("邮件/归档/2026年一季度.mbox", write_mbox(box), third, note="邮箱归档")
    mark = stamp(dice, "秘密", "5年")
    draft = Draft(header=mark.written, title="情况通报", paragraphs=(document(dice)[:200],))
    paper = Member(name="情况通报.docx", data=drafted("a.docx", draft))
    truth = Truth(level=mark.level, text=mark.text, term=mark.term, line=0)
    yield Item(
        path="邮件/转发情况通报.eml",
        data=write_eml(_letter(dice, "转发：情况通报", paper)),
        grade=None,
        marks=(truth,),
        violations=("V01",),
        note="附件页眉中的涉密标志",
    )


def archives(dice: Dice) -> Iterator[Item]:
    """Yield archives of every kind with a list in each."""
    made = [table(dice, _ROSTER, 50) for _ in range(6)]
    sheets = [written("a.csv", one.rows) for one in made]
    plain = [Member(name="2025/名单.csv", data=sheets[0])]
    yield _with("档案/2025年归档.zip", archive.write_zip(plain), made[0])
    yield _with(
        "档案/2024年归档.7z", archive.write_7z([Member(name="名单.csv", data=sheets[1])]), made[1]
    )
    tar = archive.write_tar([Member(name="2023/名单.csv", data=sheets[2])])
    yield _with("档案/2023年归档.tar.gz", archive.write_gzip(tar), made[2])
    old = [Member(name="名单.csv", data=sheets[3], encoding="gbk")]
    yield _with("档案/老系统导出.zip", archive.write_zip(old), made[3], note="GBK 文件名")
    yield _with(
        "档案/2022年归档.rar", archive.write_rar([Member(name="list.csv", data=sheets[4])]), made[4]
    )
    inner = archive.write_zip([Member(name="名单.csv", data=sheets[5])])
    outer = archive.write_zip([Member(name="内层.zip", data=inner)])
    yield _with("档案/嵌套.zip", outer, made[5], note="两层压缩")
    yield Item(path="档案/日志.log.xz", data=archive.write_xz(_log(dice)))


def _log(dice: Dice) -> bytes:
    rows = (
        f"2026-03-02 09:{dice.whole(0, 59):02}:{dice.whole(0, 59):02}.{dice.whole(0, 999):03} INFO "
        f"request id={dice.text(32, '0123456789abcdef')} took {dice.whole(1, 900)}ms\n"
        for _ in range(3000)
    )
    return "".join(rows).encode()


def unreadable(dice: Dice) -> Iterator[Item]:
    """Yield what nobody can read: encrypted, torn, of no known kind."""
    locked = [Member(name="名单.csv", data=b"locked" * 40, password=b"k9" + dice.octets(4))]
    draft = Draft(title="工作总结", paragraphs=(document(dice)[:600],))
    docx = drafted("a.docx", draft)
    pdf = write_pdf(draft, password="k9" + dice.digits(4))
    rows = (
        ("档案/加密名单.zip", archive.write_zip(locked), ("encrypted",)),
        ("公文/加密/加密文稿.docx", encrypted_office(), ("encrypted",)),
        ("公文/加密/加密报告.pdf", pdf, ("encrypted",)),
        ("公文/残缺/总结（未下载完）.docx", docx[: len(docx) * 2 // 3], ("truncated", "broken")),
        ("公文/残缺/乱码.pdf", write_pdf(draft, "Identity-H"), ("garbled",)),
        ("业务/备份/未知格式.dat", b"\x93\xa7\x01\xfe" + dice.octets(8192), ("unknown_type",)),
        ("档案/路径越界.zip", traversal(), ("path",)),
    )  # fmt: skip
    for path, data, reasons in rows:
        yield Item(
            path=path,
            data=data,
            grade=None,
            violations=("V11",) if "garbled" not in reasons else (),
            allowed=("V11",),
            unreadable=reasons if "garbled" not in reasons else (),
            note="无法读取",
        )


def items(dice: Dice) -> Iterator[Item]:
    """Yield all of them."""
    yield from mails(dice.split("mails"))
    yield from archives(dice.split("archives"))
    yield from unreadable(dice.split("unreadable"))
