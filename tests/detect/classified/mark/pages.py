"""Pages for the tests of marks, set in another hand than those of the corpus."""

from detect.classified.mark import Marks
from situation.content.piece import Block, Grid, Passage
from situation.content.place import Box, Place, Role
from situation.content.verdict import Mark

_PROSE = "  根据年度工作安排，现将有关情况通报如下，请结合实际抓好落实。"
PROSE = (_PROSE,) * 24

MARKED: tuple[tuple[str, ...], ...] = (
    ("发电", "等级 特急·明电 密级 机密★1年 某机发〔2026〕33号", "某市应急指挥部", *PROSE),
    ("中共某市委文件", "密级：★机密★20年", "某委〔2026〕8号"),
    ("# 机密★10年", "## 关于某专项的方案", *PROSE),
    ("**秘密★3年**", *PROSE),
    ("某市工作领导小组会议纪要", "（第3期）", "机密★长期", "2026年3月1日"),
    ("附件2", "秘密★5年", "某市重点目标清单", "序号", "名称", "1", "某水厂"),
    ("秘密★5年                                    000017", "某市人民政府"),
    ("No.000017", "绝密★三十年", "某部"),
    ("绝 密 ★ 30 年",),
    ("绝\u200b密\u2060★\ufeff30年", *PROSE),
    ("絕密★長期",),
    ("機密★２０年", *PROSE),
    ("秘密★至 2029 年 12 月 31 日",),
    ("机密★2036.12.31",),
    ("秘密★任务完成前",),
    ("【秘密★】", *PROSE),
    ("〔机密★10年〕",),
    ("密　级：秘密★1年　　编号：2026-017",),
    (
        "某省某厅办公室公文处理笺",
        "来文单位",
        "某部",
        "密级",
        "机密★10年",
        "来文字号",
        "某发〔2026〕7号",
    ),
    ("发文稿纸", "签发：", "密级：秘密★5年", "缓急：加急", "标题：关于报送某材料的函"),
    ("关于某同志任职考察情况的报告", "(机密★20年)", "市委："),
    (*PROSE, "——机密★10年——"),
    (*PROSE, "附件：某方案（秘密★5年）"),
    ("绝密★启用前", "某突发事件应急预案", *PROSE),
    ("机密★10年", "关于2026年普通高考安全保密工作的通知", "各考点：", *PROSE),
    ("机密★10年", "关于下列事项的通知", *PROSE),
    ("秘密★3年", "国家秘密标志管理办法（内部征求意见稿）", *PROSE),
    ("秘密★3年", "关于开展涉密载体清理登记工作的通知", "附件：涉密载体登记表", *PROSE),
    ("秘密★50年", *PROSE),
    ("机", "密", "★", "长期", *PROSE),
    ("秘", "密★10年", *PROSE),
    ("机密★", "20年", *PROSE),
    ("机密\uf0ab10年", *PROSE),
    ("000012机密★10年特急某市人民政府文件某府〔2026〕12号",),
    ("秘密★10年（2036年3月1日解密）", *PROSE),
    ("机密★★10年", *PROSE),
    ("密级★保密期限：机密★10年",),
    ("密级标志", "机密★10年"),
    ("1:10000  机密★长期", "某地地形图"),
    ("> 机密★10年",),
    ("{", '  "密级": "机密★10年",', '  "标题": "关于某事的报告"', "}"),
    ("机密★        某府函〔2026〕12号", "某市人民政府办公室"),
)
"""Heads of documents: telegrams, letters, forms, annexes, drawings, split and spaced marks."""

DECOYS: tuple[tuple[str, ...], ...] = (
    ("2027年硕士研究生招生考试", "绝密★启用前", "思想政治理论", "考生注意事项", "1．答题前"),
    ("绝密★启用前", "【中考押题】2026年语文", "一、选择题（每题3分）"),
    ("机密★启用前", "公开招聘工作人员笔试", "职业能力倾向测验", "考生须知"),
    ("绝密★考试结束前", "高三返校联考", "英语学科"),
    ("绝密★启用并使用完毕前", "普通高中学业水平考试", "化学试题"),
    ("第三节 国家秘密标志", "国家秘密标志由密级、★和保密期限组成，如“机密★20年”。"),
    ("【例1】", "秘密★10年", "【解析】保密期限不得超过十年。"),
    ("（二）标注方法", "1.绝密级文件标注：绝密★30年", "2.机密级文件标注：机密★20年"),
    ("问：保密期限怎样标注？", "答：机密★10年，即该文件十年内保密。"),
    ("知识竞赛题库", "判断题：一份文件首页左上角标“秘密★5年”，（ √ ）"),
    ("单选题", "某局产生一份机密级文件，应标注为", "机密★10年", "机密10年★", "★机密10年", "机密★"),
    ("公文格式培训课件", "版头", "份号 000001", "密级和保密期限 机密★1年", "紧急程度 特急"),
    ("表1 国家秘密标志", "密级", "标志", "绝密", "绝密★30年", "机密", "机密★20年"),
    ("密级 | 最长期限 | 示例", "绝密 | 30年 | 绝密★30年", "机密 | 20年 | 机密★20年"),
    ("记者看到，这份封面标有“机密★长期”的文件已经泛黄。",),
    ("这份档案的左上角赫然写着：绝密★长期。老周的手抖了一下。",),
    ("“绝密★永久！”少年惊呼。",),
    ("游戏攻略：收集绝密★文件可获得金币奖励",),
    ("绝密★★★★★行动 评分9.0",),
    ("第十二条 国家秘密标志形式为密级★保密期限、密级★解密时间或者密级★解密条件。",),
    ("涉密文件移交清单", "序号|文件标题|密级|份数", "1|关于某项工作的报告|秘密★5年|1"),
    ("def test_mark():", "    assert level('机密★10年') == '机密'"),
    ("密级选项：绝密★/机密★/秘密★/内部",),
    ("保密承诺书", "本人不得擅自复制标注绝密★、机密★、秘密★的载体。"),
    ("请勿在非涉密计算机上处理 机密★10年 类文件。",),
    ("标志示意图", "机密★10年", "（左上角第二行）"),
    ("以下为文件首页样张", "000001", "机密★10年", "加急", "某市人民政府文件"),
    ("练习：请指出下面公文的错误", "秘密★20年", "某市教育局文件", "某教〔2026〕1号"),
    ("图3-2 涉密公文首页", "机密★20年"),
    ("国家秘密的密级分为绝密、机密、秘密三级。",),
    ("乙方应对甲方的商业秘密*承担保密义务。",),
    ("**机密** 级别的说明",),
    ("秘密★ 花园餐厅", "菜单"),
    ("三、国家秘密标志", "机密★10年"),
    ("附件：国家秘密标志式样", "机密★10年"),
    ("绝密★五角大楼文件曝光", "记者报道"),
)
"""Exam papers, lessons, quizzes, ledgers, news, novels, law, programs."""


def paragraphs(lines: tuple[str, ...], name: str = "文档.docx", role: Role = "body") -> list[Mark]:
    """Return the marks of paragraphs, as a document of an office gives them."""
    marks = Marks(name)
    marks.take(Passage(text=name, place=Place(role="name")))
    for ordinal, line in enumerate(lines, 1):
        marks.take(Passage(text=line, ordinal=ordinal, place=Place(role=role)))
    return list(marks.marks())


def page(lines: tuple[tuple[str, float], ...], number: int = 1) -> list[Mark]:
    """Return the marks of lines that stand so far down a page, as a page of a PDF gives them."""
    marks = Marks("扫描件.pdf")
    for ordinal, (line, top) in enumerate(lines, 1):
        box = Box(left=0.14, top=top, right=0.4, bottom=top + 0.02)
        place = Place(page=number)
        marks.take(Passage(text=line, ordinal=ordinal, place=place, box=box, points=16))
    return list(marks.marks())


def plain(lines: tuple[str, ...], first: int = 1) -> list[Mark]:
    """Return the marks of plain text."""
    marks = Marks("记录.txt")
    marks.take(Block(data="\n".join(lines).encode(), place=Place(line=first)))
    return list(marks.marks())


def table(header: tuple[str, ...], *columns: tuple[str, ...]) -> list[Mark]:
    """Return the marks of a table."""
    marks = Marks("表.xlsx")
    marks.take(Grid(name="Sheet1", header=header, columns=columns))
    return list(marks.marks())


def is_raised(marks: list[Mark]) -> bool:
    """Tell whether a state secret is raised."""
    return any(mark.classed == "secret" and mark.score >= 60 for mark in marks)
