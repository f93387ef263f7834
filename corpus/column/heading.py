"""Headings of columns by kind: Chinese, pinyin, initials, English, abbreviations."""

HEADINGS: dict[str, tuple[str, ...]] = {
    "resident_id": (
        "身份证号", "身份证号码", "证件号码", "公民身份号码", "sfzh", "SFZHM", "id_card",
        "idCardNo", "zjhm", "ID_NO", "身份证件号码", "居民身份证号", "shenfenzheng", "identity_no",
        "证件号", "gmsfhm",
    ),
    "name": (
        "姓名", "xm", "XM", "name", "客户姓名", "学生姓名", "患者姓名", "户主姓名", "联系人",
        "法定代表人", "xingming", "real_name", "user_name_cn", "家长姓名", "参保人姓名",
        "full_name", "经办人",
    ),
    "mobile": (
        "手机号", "手机号码", "联系电话", "移动电话", "sjh", "SJHM", "mobile", "phone", "lxdh",
        "phone_number", "tel_no", "手机", "mobilePhone", "家长电话", "cellphone",
    ),
    "landline": (
        "固定电话", "办公电话", "座机", "单位电话", "gddh", "office_tel", "landline", "bgdh",
    ),
    "address": (
        "地址", "家庭住址", "户籍地址", "联系地址", "通讯地址", "jtzz", "zz", "address",
        "home_address", "居住地址", "hjdz", "addr", "现住址", "住址",
    ),
    "email": ("邮箱", "电子邮箱", "email", "E-mail", "yx", "mail", "dzyx", "email_address"),
    "bank_card": (
        "银行卡号", "银行账号", "yhkh", "bank_card", "card_no", "工资卡号", "收款账号", "开户账号",
        "bankAccount", "yhzh",
    ),
    "uscc": (
        "统一社会信用代码", "信用代码", "tyshxydm", "uscc", "credit_code", "社会信用代码",
        "TYSHXYDM",
    ),
    "company": (
        "单位名称", "企业名称", "工作单位", "dwmc", "company_name", "公司名称", "qymc", "gzdw",
    ),
    "plate": ("车牌号", "号牌号码", "cphm", "plate_no", "车牌号码", "hphm", "车牌"),
    "passport": ("护照号", "护照号码", "passport_no", "hzhm", "护照"),
    "travel_permit": ("港澳通行证号", "通行证号码", "回乡证号", "往来港澳通行证号"),
    "birth_date": (
        "出生日期", "csrq", "birthday", "birth_date", "生日", "出生年月日", "CSRQ", "date_of_birth",
    ),
    "sex": ("性别", "xb", "sex", "gender", "XB"),
    "ethnicity": ("民族", "mz", "ethnicity", "nation", "MZ"),
    "education": ("学历", "文化程度", "xl", "education", "职业", "最高学历", "职称"),
    "student_number": ("学籍号", "学号", "xjh", "student_no", "全国学籍号"),
    "income": (
        "工资", "应发工资", "月收入", "salary", "账户余额", "实发金额（元）", "年收入", "income",
        "gz",
    ),
    "medical": (
        "诊断", "疾病名称", "主诉", "ICD编码", "diagnosis", "zdmc", "icd10", "现病史", "检验结果",
        "诊断名称",
    ),
    "religion": ("宗教信仰", "religion", "zjxy", "信仰"),
    "criminal": ("犯罪记录", "违法记录", "前科情况", "criminal_record", "罪名"),
    "credit": ("征信情况", "信用记录", "逾期记录", "credit_record", "征信报告"),
    "special_status": (
        "人员类别（低保/残疾）", "残疾类别", "低保类别", "优抚对象类别", "特定身份", "残疾等级",
    ),
    "biometric": (
        "人脸特征值", "指纹模板", "face_feature", "fingerprint_template", "虹膜特征", "人脸特征",
    ),
    "account": ("用户账号", "登录名", "username", "login_name", "微信openid", "openid", "账号名"),
    "ipv4": ("IP地址", "ip", "登录IP", "ip_addr", "client_ip", "终端IP"),
    "mac": ("MAC地址", "mac", "mac_addr", "网卡地址"),
    "imei": ("IMEI", "imei", "手机串号", "设备串号"),
    "iccid": ("ICCID", "iccid", "SIM卡号"),
    "vin": ("车架号", "车辆识别代号", "vin", "VIN"),
    "gps": ("经纬度", "坐标", "gps", "location", "定位坐标"),
    "password": ("密码", "口令", "password", "pwd", "登录密码", "passwd"),
    "estate": ("不动产权证号", "房产证号", "产权证号", "bdcqzh"),
    "social_security": ("社保卡号", "社会保障卡号", "sbkh", "医保卡号"),
    "call_record": ("主叫号码/被叫号码/时长", "通话记录", "call_log", "短信内容"),
    "residence_permit": ("港澳台居民居住证号", "居住证号码", "台湾居民居住证"),
}  # fmt: skip
GENERIC = ("", "字段3", "col_7", "F5", "列1", "field12", "Column2", "C4", "编号", "value")
"""Headings that say nothing: with them only numbers with a check can be told."""
CHECKED = ("resident_id", "uscc", "bank_card", "residence_permit")

NOTHING: dict[str, tuple[str, ...]] = {
    "order_number": ("订单号", "order_no", "流水号", "ddh", "交易单号"),
    "case_number": ("案件编号", "办件编号", "受理编号", "case_id"),
    "parcel": ("宗地号", "不动产单元号", "地块编号"),
    "snowflake": ("id", "主键", "msg_id", "ID", "pk"),
    "amount": ("金额", "合同金额（万元）", "amount", "je", "单价", "total_price"),
    "date": ("登记日期", "创建时间", "create_time", "办结日期", "djrq", "updated_at"),
    "status": ("状态", "status", "办理结果", "zt", "是否公开"),
    "department": ("承办科室", "部门", "dept", "责任单位", "bm"),
    "place": ("所属区", "街道", "区域", "district", "xzqh"),
    "count": ("数量", "人数", "count", "sl", "面积（平方米）"),
    "product": ("设备型号", "规格型号", "model", "物料编码", "货号"),
    "title": ("标题", "事项名称", "title", "公告名称", "sxmc"),
    "url": ("网址", "url", "链接", "附件地址"),
    "version": ("版本", "version", "固件版本", "build"),
    "digest": ("校验值", "md5", "文件摘要", "sha256"),
    "millis": ("timestamp", "ts", "时间戳", "event_time"),
    "share": ("占比", "完成率", "rate", "同比增长"),
    "category": ("类别", "行业", "category", "专业", "学科"),
    "pet": ("商品名", "菜名", "课程名称", "品牌"),
    "serial": ("序号", "no", "xh", "行号"),
    "postcode": ("邮编", "邮政编码", "zip", "yzbm"),
    "region_code": ("行政区划代码", "区划", "xzqhdm", "adcode"),
}  # fmt: skip
"""Headings of columns that hold nothing of interest, by what they hold."""
