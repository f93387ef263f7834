"""Words around values: labels of each kind, and the ways in which a label meets its value."""

LABELS: dict[str, tuple[str, ...]] = {
    "resident_id": (
        "身份证号", "身份证号码", "居民身份证号码", "公民身份号码", "身份证", "证件号码", "证件号",
        "身份证件号码", "sfzh", "SFZHM", "id_card", "idCardNo", "ID No.", "identity number",
        "证照号码", "身份号码",
    ),
    "resident_id_15": (
        "身份证号", "身份证号码", "旧身份证号", "居民身份证", "15位身份证号", "sfzh",
    ),
    "residence_permit": (
        "港澳台居民居住证", "居住证号码", "港澳居民居住证号", "台湾居民居住证", "居住证号",
        "证件号码",
    ),
    "permanent_residence": (
        "外国人永久居留身份证", "永久居留证号", "永居证号码", "永久居留身份证号码", "证件号码",
    ),
    "uscc": (
        "统一社会信用代码", "信用代码", "统一信用代码", "社会信用代码", "tyshxydm", "USCC",
        "纳税人识别号", "credit code", "机构代码",
    ),
    "organisation_code": ("组织机构代码", "机构代码", "组织机构代码证号", "zzjgdm"),
    "business_licence": ("营业执照注册号", "工商注册号", "注册号", "营业执照号", "执照注册号"),
    "bank_card": (
        "银行卡号", "银行账号", "卡号", "收款账号", "工资卡号", "开户账号", "yhkh", "bank card",
        "cardNo", "账号", "储蓄卡号", "社保发放账户",
    ),
    "mobile": (
        "手机号", "手机", "手机号码", "联系电话", "联系方式", "移动电话", "电话", "sjh", "lxdh",
        "mobile", "Tel", "phone", "本人电话", "家长电话", "紧急联系电话",
    ),
    "landline": (
        "电话", "固定电话", "办公电话", "座机", "联系电话", "传真", "Tel", "单位电话", "咨询电话",
    ),
    "passport": (
        "护照号", "护照号码", "护照", "passport no.", "Passport", "因私护照", "护照编号", "hzhm",
    ),
    "travel_permit": (
        "港澳通行证", "往来港澳通行证号", "回乡证", "通行证号码", "港澳居民来往内地通行证",
        "回乡证号", "通行证号",
    ),
    "hkid": ("香港身份证", "香港身份证号码", "HKID", "香港居民身份证", "香港永久性居民身份证"),
    "twid": ("台湾身份证", "台湾身份证号", "身分證字號", "台湾地区身份证", "国民身份证统一编号"),
    "driver_archive": ("驾驶证档案编号", "档案编号", "驾驶证档案号", "机动车驾驶证档案编号"),
    "plate": ("车牌号", "车牌", "号牌号码", "车牌号码", "车辆牌号", "cphm", "plate", "机动车号牌"),
    "vin": ("车辆识别代号", "车架号", "VIN", "车辆识别代码", "车架号码", "vin"),
    "imei": ("IMEI", "手机串号", "设备串号", "imei", "串号", "IMEI号"),
    "imsi": ("IMSI", "imsi", "IMSI号"),
    "iccid": ("ICCID", "SIM卡号", "iccid", "物联网卡号", "ICCID号"),
    "meid": ("MEID", "meid", "设备MEID"),
    "mac": ("MAC地址", "MAC", "物理地址", "mac", "网卡地址"),
    "ipv4": ("IP地址", "IP", "登录IP", "终端IP", "ip_addr", "来源IP"),
    "ipv6": ("IPv6地址", "IPv6", "IP地址", "ipv6"),
    "email": ("邮箱", "电子邮箱", "E-mail", "email", "邮箱地址", "电子邮件", "yx"),
    "gps": ("经纬度", "坐标", "位置", "定位", "GPS", "location", "经度,纬度"),
    "name": (
        "姓名", "联系人", "申请人", "户主", "负责人", "法定代表人", "家长姓名", "学生姓名",
        "患者姓名", "收件人", "经办人", "当事人", "被告人", "xm", "name", "持卡人", "监护人",
        "投诉人", "委托代理人", "Name",
    ),
    "address": (
        "地址", "住址", "家庭住址", "户籍地址", "通讯地址", "联系地址", "居住地址", "现住址",
        "收货地址", "zz", "jtzz", "address", "户籍所在地", "经营场所", "单位地址",
    ),
    "company": (
        "单位名称", "企业名称", "工作单位", "公司名称", "名称", "供应商", "dwmc", "投标单位",
        "甲方",
    ),
}  # fmt: skip
"""Labels by kind: as people write them, in pinyin initials, in English."""

JOINED = (
    "{label}：{value}", "{label}:{value}", "{label}： {value}", "{label} {value}",
    "{label}为{value}", "{label}是{value}", "{label}（{value}）", "{label}\t{value}",
    "{label}={value}", "【{label}】{value}", '"{label}": "{value}"', '"{label}":"{value}",',
    "{label}|{value}|", "<td>{label}</td><td>{value}</td>", '<item name="{label}">{value}</item>',
    "{label}:\n{value}", "{label}（请如实填写）：{value}", "{label}\n{value}", "- {label}: {value}",
    "{label}→{value}", "{label}；{value}；", "'{label}': '{value}'", "{label}、{value}",
    "{label}，{value}，", "| {label} | {value} |",
)  # fmt: skip
"""How a label meets its value."""

AROUND = (
    "{joined}", "{joined}", "{joined}", "1. {joined}", "（一）{joined}", "  {joined}  ",
    "{joined}。", "经核查，{joined}，材料齐全。", "{joined}，请于五个工作日内核实。",
    "附件2第{n}行：{joined}", "备注 {joined}", "{joined};status=1;rank={n}", "已登记（{joined}）",
    "{joined}\n审核意见：同意", "序号{n}，{joined}，等级二级", "兹证明上述情况属实，{joined}",
    "[{n}] {joined}", "用户提交：{joined} 完毕",
)  # fmt: skip
"""Sentences and rows around the two."""

BARE = (
    "{value}", "{value}", "{n}. {value}", "{n},{value},正常", "\t{value}\t",
    "请核对{value}后再提交。", "已收到{value}的材料", "{value}；", "({value})", "“{value}”",
    "第{n}行：{value}", "{n}|{value}|2026-03-0{d}", "{value} {value2}", "['{value}']",
    "rows[{n}]={value}", "<v>{value}</v>", ">{value}<",
)  # fmt: skip
"""What stands around a value that nothing names."""
