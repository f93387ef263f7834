"""Secrets in whole files of other styles: manifests, notes, histories, tables, web settings."""

import base64
from collections.abc import Iterator

from corpus.dice import Dice
from corpus.sample import Labelled, Value, compose
from corpus.secret import shape

FORMS: tuple[tuple[str, str], ...] = (
    ("compose", "services:\n  db:\n    environment:\n      - MYSQL_ROOT_PASSWORD={password}\n"),
    ("compose", "environment:\n  POSTGRES_USER: hr\n  POSTGRES_PASSWORD: {password}\n"),
    ("web", '<add name="hr" connectionString="Data Source=10.20.2.12;Password={password}"/>'),
    ("web", "define('DB_PASSWORD', '{password}');\ndefine('DB_HOST', '10.20.2.12');"),
    ("web", "$config['db']['default']['password'] = '{password}';"),
    ("note", "服务器 10.20.2.12\n用户名/密码：admin/{password}"),
    ("note", "堡垒机账号 wangwei 密码 {password} 有效期三个月"),
    ("note", "后台登录：https://oa.city.example  admin  口令:{password}"),
    ("note", "WiFi密码：{password}"),
    ("note", "交换机 enable 密码改成 {password} 了，大家记一下"),
    ("history", "mysql -h 10.20.2.12 -u root -p{password} hr"),
    ("history", "sshpass -p '{password}' ssh root@10.20.2.12"),
    ("history", "curl -u admin:{password} http://10.20.2.12:9200/_cat/indices"),
    ("history", "export PGPASSWORD={password}"),
    ("history", "redis-cli -h 10.20.2.12 -a {password} info"),
    ("table", "系统\t账号\t密码\n人事系统\thradmin\t{password}\n考勤系统\tkqadmin\t{password2}"),
    ("table", "| 系统 | 用户名 | 密码 |\n|---|---|---|\n| OA | admin | {password} |"),
    ("object", '{{"user": "svc", "pwd": "{password}", "host": "10.20.2.12"}}'),
    ("object", 'auth:\n  basic:\n    username: svc\n    password: "{password}"\n'),
    ("cloud", "[default]\naws_access_key_id = {aws}\naws_secret_access_key = {aws_secret}\n"),
    ("cloud", "<AccessKeyId>{aliyun}</AccessKeyId>"),
    ("cloud", "secretId: {tencent}\n"),
    ("token", "//registry.city.example/:_authToken={npm}"),
    ("token", "machine git.city.example login ci password {gitlab}"),
    ("token", "remote: https://oauth2:{gitlab}@git.city.example/hr/app.git"),
    ("token", "Authorization: Bearer {jwt}"),
    ("token", "Cookie: sid={jwt}; theme=light"),
)
"""Style and form; all that stands in it is a secret."""
_KINDS = {
    "password": "password",
    "password2": "password",
    "aws": "cloud_key",
    "aws_secret": "cloud_key",
    "aliyun": "cloud_key",
    "tencent": "cloud_key",
    "npm": "token",
    "gitlab": "token",
    "jwt": "token",
}


def _values(dice: Dice) -> dict[str, str]:
    return {
        "password": shape.password(dice),
        "password2": shape.password(dice),
        "aws": shape.CLOUD_KEYS["aws"](dice),
        "aws_secret": shape.NAMED_CLOUD_KEYS["aws_secret"][0](dice),
        "aliyun": shape.CLOUD_KEYS["aliyun"](dice),
        "tencent": shape.CLOUD_KEYS["tencent"](dice),
        "npm": shape.TOKENS["npm"](dice),
        "gitlab": shape.TOKENS["gitlab"](dice),
        "jwt": shape.jwt(dice),
    }


def wild(count: int, seed: str = "1") -> Iterator[Labelled]:
    """Write files of all styles in turn; `why` names the style."""
    for number in range(count):
        dice = Dice(f"{seed}/wild secret/{number}")
        why, form = FORMS[number % len(FORMS)]
        values = {key: Value(_KINDS[key], text) for key, text in _values(dice).items()}
        text, spans = compose(form, values)
        yield Labelled(text=text, about="secret", spans=spans, why=why, context=True)


def manifest(dice: Dice) -> Labelled:
    """Write a Kubernetes secret, whose values are base64."""
    coded = base64.b64encode(shape.password(dice).encode()).decode()
    form = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: {value}\n"
    text, spans = compose(form, {"value": Value("password", coded)})
    return Labelled(text=text, about="password", spans=spans, why="manifest", context=True)
