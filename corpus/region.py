"""Administrative divisions after GB/T 2260: some of each province, with codes and names."""

from dataclasses import dataclass

from corpus.dice import Dice

_ROWS = """
110101 北京市  东城区
110102 北京市  西城区
110105 北京市  朝阳区
110106 北京市  丰台区
110108 北京市  海淀区
110112 北京市  通州区
110114 北京市  昌平区
110115 北京市  大兴区
120101 天津市  和平区
120103 天津市  河西区
120104 天津市  南开区
130102 河北省 石家庄市 长安区
130203 河北省 唐山市 路北区
131002 河北省 廊坊市 安次区
140105 山西省 太原市 小店区
140106 山西省 太原市 迎泽区
150102 内蒙古自治区 呼和浩特市 新城区
150203 内蒙古自治区 包头市 昆都仑区
210102 辽宁省 沈阳市 和平区
210103 辽宁省 沈阳市 沈河区
210202 辽宁省 大连市 中山区
220102 吉林省 长春市 南关区
220202 吉林省 吉林市 昌邑区
230102 黑龙江省 哈尔滨市 道里区
230103 黑龙江省 哈尔滨市 南岗区
310101 上海市  黄浦区
310104 上海市  徐汇区
310106 上海市  静安区
310110 上海市  杨浦区
310112 上海市  闵行区
310115 上海市  浦东新区
320102 江苏省 南京市 玄武区
320106 江苏省 南京市 鼓楼区
320311 江苏省 徐州市 泉山区
320505 江苏省 苏州市 虎丘区
320583 江苏省 苏州市 昆山市
330102 浙江省 杭州市 上城区
330106 浙江省 杭州市 西湖区
330203 浙江省 宁波市 海曙区
330302 浙江省 温州市 鹿城区
330782 浙江省 金华市 义乌市
340102 安徽省 合肥市 瑶海区
340104 安徽省 合肥市 蜀山区
350102 福建省 福州市 鼓楼区
350203 福建省 厦门市 思明区
350502 福建省 泉州市 鲤城区
360102 江西省 南昌市 东湖区
360702 江西省 赣州市 章贡区
370102 山东省 济南市 历下区
370202 山东省 青岛市 市南区
370602 山东省 烟台市 芝罘区
410102 河南省 郑州市 中原区
410105 河南省 郑州市 金水区
410302 河南省 洛阳市 老城区
420102 湖北省 武汉市 江岸区
420106 湖北省 武汉市 武昌区
420111 湖北省 武汉市 洪山区
430102 湖南省 长沙市 芙蓉区
430104 湖南省 长沙市 岳麓区
440103 广东省 广州市 荔湾区
440104 广东省 广州市 越秀区
440106 广东省 广州市 天河区
440303 广东省 深圳市 罗湖区
440304 广东省 深圳市 福田区
440305 广东省 深圳市 南山区
440306 广东省 深圳市 宝安区
440307 广东省 深圳市 龙岗区
440308 广东省 深圳市 盐田区
440402 广东省 珠海市 香洲区
440604 广东省 佛山市 禅城区
440606 广东省 佛山市 顺德区
441302 广东省 惠州市 惠城区
450102 广西壮族自治区 南宁市 兴宁区
450302 广西壮族自治区 桂林市 秀峰区
460105 海南省 海口市 秀英区
500103 重庆市  渝中区
500105 重庆市  江北区
500106 重庆市  沙坪坝区
510104 四川省 成都市 锦江区
510105 四川省 成都市 青羊区
510107 四川省 成都市 武侯区
510703 四川省 绵阳市 涪城区
520102 贵州省 贵阳市 南明区
520103 贵州省 贵阳市 云岩区
530102 云南省 昆明市 五华区
530103 云南省 昆明市 盘龙区
540102 西藏自治区 拉萨市 城关区
610102 陕西省 西安市 新城区
610103 陕西省 西安市 碑林区
610113 陕西省 西安市 雁塔区
620102 甘肃省 兰州市 城关区
630102 青海省 西宁市 城东区
640104 宁夏回族自治区 银川市 兴庆区
650102 新疆维吾尔自治区 乌鲁木齐市 天山区
"""

FORMER = ("110103", "110104", "310103", "310108", "440301", "210102")
"""Codes that are out of use and still stand in the numbers of those who were born there."""

_ROADS = (
    "人民路", "解放路", "中山路", "建设路", "和平路", "新华路", "文化路", "长江路", "黄河路",
    "朝阳路", "光明路", "东风路", "青年路", "学院路", "湖滨路", "滨河大道", "深南大道", "迎宾大道",
    "民生街", "南大街", "北大街", "胜利街", "花园路", "工业一路", "创业路", "莲花路", "红荔路",
    "福华三路",
)  # fmt: skip
_ESTATES = (
    "阳光花园", "翠湖苑", "锦绣家园", "金色雅居", "明珠小区", "东方名城", "绿茵阁", "幸福里",
    "教师新村", "海棠公寓", "荔景苑", "碧水湾", "城南新居", "学府花园", "和谐家园", "桂花园",
    "云顶尚品",
)  # fmt: skip
_STREETS = (
    "新安街道", "城关镇", "莲花街道", "桃源街道", "沙河街道", "东湖街道", "石桥镇", "河口镇",
    "柳林镇", "园岭街道", "翠竹街道", "华强北街道", "解放街道", "文昌街道",
)  # fmt: skip
_VILLAGES = ("王家村", "李庄村", "上塘村", "下沙村", "石岭村", "大坪村", "东坑村", "柳河村")


@dataclass(frozen=True, slots=True)
class Region:
    """A county or district; `city` is empty below the four municipalities."""

    code: str
    province: str
    city: str
    county: str

    @property
    def name(self) -> str:
        """The full name, as it opens an address."""
        return f"{self.province}{self.city}{self.county}"


def _region(row: str) -> Region:
    code, province, city, county = row.split(" ")
    return Region(code, province, city, county)


REGIONS = tuple(_region(row) for row in _ROWS.strip().splitlines())


def _house(dice: Dice) -> str:
    return f"{dice.pick(_ROADS)}{dice.whole(1, 2999)}号"


def _flat(dice: Dice) -> str:
    room = dice.whole(1, 32) * 100 + dice.whole(1, 8)
    forms = (
        f"{dice.pick(_ESTATES)}{dice.whole(1, 30)}栋{dice.whole(1, 4)}单元{room}室",
        f"{dice.pick(_ESTATES)}{dice.pick('ABCDE')}座{room}",
        f"{dice.pick(_ESTATES)}{dice.whole(1, 30)}号楼{room}房",
        f"{dice.whole(1, 30)}幢{room}室",
    )
    return dice.pick(forms)


def _farm(dice: Dice) -> str:
    return f"{dice.pick(_VILLAGES)}{dice.whole(1, 15)}组{dice.whole(1, 99)}号"


def address(dice: Dice, region: Region | None = None) -> str:
    """Write an address down to house or flat, in one of the usual forms."""
    place = region or dice.pick(REGIONS)
    short = f"{place.city or place.province}{place.county}"
    forms = (
        f"{place.name}{_house(dice)}{_flat(dice)}",
        f"{place.name}{dice.pick(_STREETS)}{_house(dice)}",
        f"{short}{_house(dice)}{_flat(dice)}",
        f"{place.name}{dice.pick(_STREETS)}{_farm(dice)}",
        f"{short}{dice.pick(_STREETS)}{_house(dice)}{_flat(dice)}",
        f"{place.province} {place.city} {place.county} {_house(dice)}".replace("  ", " "),
    )
    return dice.pick(forms)
