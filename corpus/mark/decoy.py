"""Pages that speak of marks, or look like it, and bear none that may be raised as a secret."""

from collections.abc import Callable, Iterator
from itertools import cycle

from corpus.dice import Dice
from corpus.law import document, document_number
from corpus.mark.grammar import INTERNAL, VALID, misused
from corpus.mark.page import Page, Sheet, Truth

DECOYS = 300
_SUBJECTS = (
    "数学",
    "语文",
    "英语",
    "物理",
    "化学",
    "理科综合",
    "行政职业能力测验",
    "申论",
    "会计实务",
)
_LEVELS = ("绝密", "机密", "秘密")


def _exam(sheet: Sheet, dice: Dice) -> Truth | None:
    forms = (
        "绝密★启用前",
        "绝密★考试结束前",
        "绝密 ★ 启用前",
        "机密★启用前",
        "秘密★启用前",
        "绝密★启用前    试卷类型：A",
    )
    mark = dice.pick(forms)
    line = sheet.set(mark)
    sheet.set(f"{dice.whole(2018, 2026)}年普通高等学校招生全国统一考试", 18, at="centre")
    sheet.set(f"{dice.pick(_SUBJECTS)}试卷", 22, at="centre")
    sheet.set("注意事项：1.答卷前，考生务必将自己的姓名、准考证号填写在答题卡上。")
    sheet.set("2.本试卷共4页，22小题，满分150分，考试用时120分钟。")
    sheet.set("一、选择题：本题共8小题，每小题5分。")
    return Truth(
        level=mark.replace(" ", "")[:2],
        text=mark.replace(" ", "").removesuffix("试卷类型：A").strip(),
        term="启用前" if "启用" in mark else "考试结束前",
        line=line,
        classed="exam",
        raised=False,
    )


def _mock_exam(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set(
        f"示例市{dice.whole(2019, 2026)}届高三年级第{dice.pick('一二三')}次模拟考试",
        18,
        at="centre",
    )
    line = sheet.set("绝密★启用前")
    sheet.set(f"{dice.pick(_SUBJECTS)}  本试卷满分100分", at="centre")
    sheet.set("考生注意：请将答案写在答题纸上，写在本卷上无效。")
    return Truth(
        level="绝密", text="绝密★启用前", term="启用前", line=line, classed="exam", raised=False
    )


_TEACHING = (
    "国家秘密标志形式为“密级★保密期限”，例如“{mark}”。",
    "标志形式应当是（　　）。A. {mark}　B. {mark2}　C. 内部★5年　D. 以上都不对",
    "例如，书面形式的涉密载体在封面左上角标注“{mark}”字样。",
    "培训要点：标注方法如{mark}，其中★前为密级，后为保密期限。",
    "选择题：保密期限为十年的机密级文件，正确的标注是{mark}。",
    "下列标志中，表示形式规范的是：①{mark} ②{mark2} ③秘密（5年）",
    "问：没有标明期限的“{level}★”如何确定期限？答：按最长期限认定。",
    "错误示例：将“{mark}”写成“{level}级{term}”。",
    "（正确答案：{mark}）",
    "“★”是国家秘密的标识，工作秘密不得标注为“工作秘密★5年”。",
)


def _teaching(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set(
        dice.pick(
            ("保密知识培训讲义", "保密常识测试题", "定密工作问答", "国家秘密标志标注形式说明")
        ),
        22,
        at="centre",
    )
    for form in dice.some(_TEACHING, dice.whole(2, 5)):
        (level, term), (level2, term2) = dice.some(VALID, 2)
        values = {
            "mark": f"{level}★{term}",
            "mark2": f"{level2}★{term2}",
            "level": level,
            "term": term,
        }
        sheet.set(form.format(**values))
        sheet.set(document(dice).splitlines()[1][:80])
    return None


def _law(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set("保守国家秘密工作实施细则（示例）", 22, at="centre")
    texts = (
        "第十条　国家秘密的密级分为绝密、机密、秘密三级。",
        "第十一条　绝密级不超过三十年，机密级不超过二十年，秘密级不超过十年。",
        "第十二条　国家秘密载体应当作出国家秘密标志。",
        "第十三条　机密文件、秘密文件的复制应当经批准。",
        "第十四条　不属于国家秘密的，不应当作出国家秘密标志。",
    )
    for text in dice.some(texts, 4):
        sheet.set(text)
    return None


def _ledger(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set("收文登记簿", 22, at="centre")
    sheet.set(
        dice.pick(
            (
                "序号\t文号\t标题\t密级\t份数\t签收",
                "编号 来文单位 文件标题 密级 期限",
                "No\t密级\t标题",
            )
        )
    )
    for row in range(1, dice.whole(6, 14)):
        grade = dice.pick(("秘密", "机密", "普通", "内部", "无", "公开", "平件"))
        sheet.set(f"{row}\t{document_number(dice)}\t关于年度工作的通知\t{grade}\t1\t已签")
    return None


def _agreement(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set(
        dice.pick(("保密协议", "员工保密承诺书", "商业秘密保护协议", "涉密人员离岗保密承诺书")),
        22,
        at="centre",
    )
    texts = (
        "甲方的商业秘密包括技术秘密和经营信息。", "乙方承诺不泄露国家秘密、工作秘密和商业秘密。",
        "机密信息是指披露方提供的一切未公开信息。", "绝密级项目资料的借阅须经总经理批准。",
        "本协议的保密期限为三年。", "违反保密义务的，应当支付违约金。",
        "密级：机密信息、秘密信息、公开信息三类。",
    )  # fmt: skip
    for text in dice.some(texts, 5):
        sheet.set(text)
    return None


def _rating(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set("本周影评与书评", 22, at="centre")
    names = (
        "绝密飞行",
        "机密档案",
        "秘密花园",
        "绝密押运",
        "L.A.机密",
        "秘密",
        "非常机密",
        "最高机密",
        "绝密行动",
    )
    for name in dice.some(names, 5):
        stars = "★" * dice.whole(2, 5)
        forms = (
            f"《{name}》{stars}",
            f"{name} {stars} {dice.whole(1, 9)}.{dice.whole(0, 9)}分",
            f"推荐指数：{stars} 《{name}》",
        )
        sheet.set(dice.pick(forms))
        sheet.set("故事讲一个谁也说不出口的秘密，节奏紧凑，值得一看。")
    return None


def _novel(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set(f"第{dice.pick('一二三四五六七')}章", 22, at="centre")
    texts = (
        "“这是绝密。”他压低声音说。", "抽屉里躺着一份机密文件，封皮已经发黄。",
        "她守着这个秘密整整十年。", "“机密？”老李笑了，“街上谁不知道。”",
        "他们把那封信叫作“绝密一号”。", "秘密一旦说出口，就不再是秘密。",
    )  # fmt: skip
    for text in dice.some(texts, 5):
        sheet.set(f"　　{text}")
    return None


def _news(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set("某单位泄密案件警示通报（公开版）", 22, at="centre")
    level, term = dice.pick(VALID)
    texts = (
        f"经查，李某将1份{level}级文件扫描后用微信发送。",
        f"该文件首页标注有“{level}★{term}”字样，李某未予注意。",
        "保密行政管理部门提示：严禁用手机拍摄涉密文件。",
        "经鉴定，涉案材料中有机密级国家秘密2份、秘密级3份。", "李某受到党内严重警告处分。",
    )  # fmt: skip
    for text in texts:
        sheet.set(f"　　{text}")
    return None


def _open(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set(dice.pick(("密级：公开", "密级：内部", "密级：非密", "密级：无", "文件密级：普通")))
    sheet.set("系统建设方案", 22, at="centre")
    sheet.set("本文件不涉及国家秘密。")
    sheet.set("保密等级分为公开、内部、秘密、机密四档，本项目为公开。")
    sheet.set(document(dice).splitlines()[0])
    return None


def _lifted(sheet: Sheet, dice: Dice) -> Truth | None:
    level, term = dice.pick(VALID[:12])
    forms = (
        f"{level}★{term}（已解密）",
        f"{level}★{term}  解密",
        f"原密级：{level}★{term}，现已解密",
        f"{level}★{term} 变更为公开",
    )
    line = sheet.set(dice.pick(forms))
    sheet.set("示例市人民政府文件", 36, at="centre")
    sheet.set(document_number(dice), at="centre")
    sheet.set("关于年度重点任务的通知", 22, at="centre")
    return Truth(
        level=level, text=f"{level}★{term}", term=term, line=line, classed="lifted", raised=False
    )


def _work(sheet: Sheet, dice: Dice) -> Truth | None:
    word = dice.pick(INTERNAL)
    line = sheet.set(word)
    sheet.set("情况通报", 22, at="centre")
    sheet.set(document(dice).splitlines()[1][:100])
    return Truth(
        level="",
        text=word,
        term=word.partition("★")[2],
        line=line,
        classed="work_secret",
        faults=("misuse",) if "★" in word else (),
        raised=False,
    )


def _misuse(sheet: Sheet, dice: Dice) -> Truth | None:
    mark = misused(dice)
    line = sheet.set(mark.written)
    sheet.set("市场开拓方案", 22, at="centre")
    sheet.set("本方案的著作权归示例公司所有。")
    return Truth(
        level="",
        text=mark.written,
        term=mark.term,
        line=line,
        classed=mark.classed,
        faults=mark.faults,
        raised=False,
    )


def _tender(sheet: Sheet, dice: Dice) -> Truth | None:
    sheet.set("采购需求（★号条款为实质性要求）", 22, at="centre")
    texts = (
        "★投标人应当具有涉密信息系统集成资质（秘密级及以上）。",
        "★3.2 对采购人的秘密负有保密义务。", "机密性★★★ 完整性★★☆ 可用性★★★",
        "★保密期限：合同终止后5年。", "安全要求：商用密码应用★，机密性★，完整性★。",
        "三、保密要求（★）",
    )  # fmt: skip
    for text in dice.some(texts, 5):
        sheet.set(text)
    return None


Maker = Callable[[Sheet, Dice], Truth | None]
MAKERS: dict[str, Maker] = {
    "exam": _exam,
    "mock_exam": _mock_exam,
    "teaching": _teaching,
    "law": _law,
    "ledger": _ledger,
    "agreement": _agreement,
    "rating": _rating,
    "novel": _novel,
    "news": _news,
    "open": _open,
    "lifted": _lifted,
    "work_secret": _work,
    "misuse": _misuse,
    "tender": _tender,
    "quiz": _teaching,
}


def decoys(count: int = DECOYS, seed: str = "1") -> Iterator[Page]:
    """Set pages that must not raise a state secret, the reasons taking turns."""
    turns = cycle(MAKERS)
    for number in range(count):
        why = next(turns)
        dice = Dice(f"{seed}/decoy/{number}")
        sheet = Sheet()
        truth = MAKERS[why](sheet, dice)
        marks = (truth,) if truth else ()
        yield Page(name=f"{why}-{number}.txt", lines=sheet.lines(), marks=marks, why=why)
