"""A draft that has a text in every role, each of them another."""

from corpus.document.draft import Draft
from corpus.mark.page import Line

MARK = Line(
    text="机密★10年", left=0.13, top=0.16, right=0.35, bottom=0.18, runs=("机", "密★", "10年")
)
WHOLE = Draft(
    title="题目",
    lines=(MARK,),
    paragraphs=("第一段 <尖括号> & 符号", "plain ascii"),
    table=(("姓名", "电话"), ("某甲", "一二三")),
    header="页眉文字",
    footer="页脚文字",
    text_boxes=("文本框文字",),
    footnotes=("脚注文字",),
    comments=("批注文字",),
    deleted=("删除文字",),
    inserted=("插入文字",),
    notes=("讲稿文字",),
    hidden=("隐藏文字",),
    annotations=("注释文字",),
    template=("模板文字",),
    alternatives=("替代文字",),
    properties={"title": "属性题名", "creator": "属性作者", "密级": "属性密级"},
    attachments=(("附件.bin", b"attached"),),
)
