"""Words around a mark: which say that it is talked about, an exam paper, a list, or lifted."""

import re
from typing import Final

_TALK: Final = (
    "标志|标注|标识|标明|标有|标为|标上|标着|注明|注有|注着|印有|印着|印上|盖有|"
    "盖着|盖上|写有|写着|写上|贴着|打上|戳|字样|大字|几个字|两个字|形式|格式|"
    "式样|样式|样例|例如|比如|譬如|举例|示例(?![市省县区])|范例|选择题|判断题|填空题|单选|多选|"
    "下列|以下|哪|正确|错误|答案|解析|选项|培训|课件|讲座|讲解|知识|所谓|表示|"
    "意思|是指|即指|应当|应为|应是|不得|不应|不属于|并非|不是|而非|未标|错标|"
    "误标|规定为|分为|包括|定为|确定为|写作|电影|小说|游戏|剧集|书名|一书|栏目|"
    "频道"
)
TALK: Final = re.compile(
    _TALK + r"|请勿|严禁|禁止|(?:^|[^比照范])例[:：]|如[:：]?$|如(?=[\"“'‘])|第.{1,4}条"
)
"""Words within 30 characters in front, in the same line, by which a mark is talked about."""

TALK_BEHIND: Final = re.compile(
    r"^[\s\"”'’』」》)）]{0,3}(?:字样|等字|几个字|两个字|三个字|大字|的?标志|的?标注|标识|"
    r"的(?:形式|格式|文件|材料|资料|含义|意思|(?!紧急))|为例|表示|是指|指的是|即|意为|意思|就是|类|"
    r"[?？]|[（(] ?[)）])"
)
"""What follows right behind a mark that is talked about."""

INTRODUCED: Final = re.compile(
    r"(?:例|如|示例|样例|范例|样式|式样|格式|标志|标注|标识|写法|形式|图示|样张|范本|模板)[^。；]{0,16}[:：]\s*$"
    r"|(?:如下|例如|如图|样例|示例|式样|样式|样张|范例|举例|范文|例文|样文)[\s\d)）】\]]{0,4}$"
    r"|^[(（【\[]?(?:(?:图|表|例) ?\d|(?:示例|样例|样张)[\s\d一二三:：)）】])"
    r"|[（(][ _]*[)）][。.?？]?\s*$|[?？]\s*$|_{3,}"
    r"|(?:标注|标明|应标|写|记|填)(?:为|作|成)\s*$|练习|习题|改错|请指出|示意图\s*$"
    r"|^\s*(?:标志|标注|标识|示例)\s*$"
    r"|^(?!\s*(?:密级|定密)标[志识]\s*$).{2,20}(?:标志|标识|标注(?:方法|要求|规范|方式)?)\s*$"
    r"|选择题|判断题|填空题|单选|多选|下列|哪(?:个|种|项|一)|正确的是|错误的是"
)
"""A line in front that ends by introducing an example, or asks a question."""

SAMPLE: Final = re.compile(
    r"(?:样张|样例|样文|范文|例文|范例|式样|样式|模板|范本|示意图|示例)\s*[一二三四五六七八九\d]{0,2}\s*[:：)）】]?\s*$"
)
"""A line in front that announces a specimen of a whole page."""

CAPTION: Final = re.compile(
    r"^[(（【\[]?(?:(?:图|表|例) ?\d|图示|(?:式样|样式|样例|示例|样张)(?:[\s\d一二三:：)）】]|$)|"
    r"说明[:：]|注[:：]|注释|解析|答案|参考答案|选择题)"
)
"""A line behind that says what was shown."""

OPTION: Final = re.compile(r"^\s*[(（]?(?:[A-Ha-h]|[①-⑩])[)）.、．:：]?\s*$")
"""Letter of an answer in front of a mark. NFKC makes ① a digit, hence `ITEM` as well."""
ITEM: Final = re.compile(
    r"^\s*(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[)）.、．]|$)|[-+·•●○■◆▪▶→√✓☑□☐]|第[一二三四五六]种)\s*$"
)
"""Number or bullet of a list in front of a mark."""

TOPIC: Final = re.compile(
    r"(?:保密|涉密|密级|国家秘密|定密|公文)[^。\n]{0,14}"
    r"(?:知识|培训|教育|课件|试题|题库|考试|测试|测验|问答|解读|释义|讲义|格式|样例|样式|式样|范例|范本|模板|"
    r"示例|常识|须知|竞赛|答题|学习|教程|教材|宣传|案例|百科|规范|标准)"
)
"""What a document is called that has to do with how marks are set."""
LESSON: Final = re.compile(
    r"知识|培训|教育|课件|试题|题库|考试|测试|测验|问答|讲义|样例|样式|式样|范例|范本|模板|示例|"
    r"常识|竞赛|答题|教程|教材|案例|百科"
)
GENRE: Final = re.compile(r"通知|通报|方案|报告|请示|批复|意见|函|决定|纪要|公告|命令|计划|预案")
"""Kinds of documents that are issued: one about lessons is none itself."""

LIFTED: Final = re.compile(
    r"(?:已|予以|现予)(?:自行)?解密|"
    r"(?<![未不可\d年月日])解密(?!时间|日期|条件|期限|前|后|审核|审查|工作|程序|人|权)|"
    r"密级变更|变更(?:密级|为)|降密|降为|撤销密级|解除密级|解除保密|保密期限已满"
)
STAMP: Final = re.compile(
    r"[\s(（【\[]*(?:(?:[本此该]件|[本该]?文件)?(?:已|予以|现已|现予)?于?"
    r"(?:[\d年月日.\-/ ]{4,14}(?:已|自行))?(?:自行)?解密章?|"
    r"(?:密级)?变更(?:为.{2,12})?|已?降密.{0,8})[\d年月日.\-/ ]{0,14}[\s)）】\].。]*"
)
"""A stamp that fills a line beside the mark."""

EXAM_TERM: Final = re.compile(r"启用|使用|考试|开考|考前|开启|拆封|启封|施测|测试|发卷")
EXAM: Final = re.compile(
    r"试卷|试题|考生|本卷|考试|答题卡|答题纸|答题卷|答卷|准考证|满分|选择题|监考|联考|统考|会考|中考|高考|招生|学业水平|"
    r"质量检测|质量监测|期中|期末|模拟|摸底|诊断性|月考|听力|注意事项.{0,6}考"
)
"""Words of an exam paper; two different ones where the mark itself names no such condition."""

LEVEL_LABEL: Final = re.compile(
    r"密 ?级|涉密|保密(?:等|级|期)|等级|级别|secret|classif|^mj$|^bmjb$", re.IGNORECASE
)
"""Heading of a column, or label, that announces a level."""
LEVELED_NAME: Final = re.compile("[绝絕絶机機秘祕]密|涉密")
MARKED: Final = re.compile(r"^[\W\dA-Ha-h]{0,6}[绝絕絶机機秘祕]\s*密(?:[\W\d]|$)")
LABELLED: Final = re.compile(
    r"(?:(?:文件|文档|资料|项目|信息)?密 ?级|保密(?:等级|级别|期限)|涉密等级)[\s:：\]】)）|]*$"
)
LEDGER: Final = re.compile(
    r"登记|台账|台帐|清单|目录|一览|汇总|统计表|序号|题名|借阅|收发|归档|销毁|移交|载体|领取|签收"
)
LISTED_TITLE: Final = re.compile(
    r"关于.{2,40}的?(?:通知|通报|报告|请示|批复|意见|函|方案|决定|纪要|公告)"
)

ELEMENTS_BEFORE: Final = re.compile(
    r"(?:密 ?级|保密期限|等级|级别|紧急程度|缓急|特提|特急|加急|平急|急件|份号|编号|国家秘密)\s*$"
)
"""What may stand right in front of a mark without making it part of a sentence."""
KEY_BEFORE: Final = re.compile(
    r"(?:密级|保密等级|涉密等级|(?:secret|security|classification)_?(?:level)?)"
    r"[\"'”]?\s*(?:[:：=]|=>)\s*[\"'“]$",
    re.IGNORECASE,
)
"""The name of a field that holds the mark as its quoted value: a record in JSON."""
QUOTES: Final = frozenset("\"“”'‘’「『《〈`")
SENTENCE: Final = re.compile(
    r"^\s*[。；;，、,!！?？…]|^(?!特提|特急|加急|平急|急件|份号|编号|第)[\u4e00-\u9fffA-Za-z0-9]"
)
"""What follows a mark inside a sentence."""

COPY: Final = re.compile(r"(?<![\d.])\d(?: ?\d){5}(?![\d.])")
"""Copy number of six digits (GB/T 9704-2012, 7.2.1)."""
ISSUE: Final = re.compile(
    r"(?<=[\u4e00-\u9fffA-Za-z])[〔\[【( ]{1,2}(?P<year>(?:19|20)\d\d)\s?[〕\]】)]\s?(?:第\s?)?"
    r"\d{1,5}\s?[号號]"
)
"""Number of a document (GB/T 9704-2012, 7.2.5), in its usual misspellings as well."""
DATE: Final = re.compile(r"(?<!\d)(20\d\d) ?年(?: ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?)?")

HOUSE: Final = re.compile(
    r"^\W*工作秘密\W*$|内部(?:资料|文件|使用|参考|刊物|材料|传阅|掌握|事项)(?:[\s,，;；、·★]*(?:注意保[密存]|请勿外传|不得外传|严禁外传))?|"
    r"(?:不得|请勿|严禁|禁止|勿)外传|注意保[密存]|仅供内部(?:使用|参考|传阅|掌握)?|"
    r"[(（]?(?:此|本)件不(?:予)?公开[)）]?|(?:阅|会|用)后(?:即|请)?(?:收回|回收|退回|销毁|交回)|限.{1,20}传阅"
)
"""Wording of work secrets and of what is meant for the house (it has no form by law)."""
