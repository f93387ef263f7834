"""Labelled lines of code, settings and notes with secrets, and the ones that only look so."""

from collections.abc import Callable, Iterator
from itertools import cycle

from corpus.dice import Dice
from corpus.sample import Labelled, Value, compose
from corpus.secret import shape

_ASSIGNED = (
    '{name} = "{value}"', "{name}={value}", "{name}: {value}", '"{name}": "{value}",',
    "export {name}='{value}'", "  {name}: '{value}'",
    '<property name="{name}" value="{value}"/>', "set {name} {value}", '{name} := "{value}"',
    'private static final String {name} = "{value}";', "{name}: {value}  # prod",
    "-D{name}={value}",
)  # fmt: skip
_LOOSE = (
    "{value}", 'token = "{value}"', "key: {value}",
    "curl -H 'Authorization: Bearer {value}' https://api.city.example", "新的密钥：{value}，别外传",
    "const k = '{value}';", "| 正式环境 | {value} |", "备注：{value}", "  - {value}",
    '{{"key":"{value}"}}',
)  # fmt: skip
_PASSWORD_NAMES = (
    "password", "passwd", "pwd", "PASSWORD", "db_password", "spring.datasource.password", "DB_PASS",
    "mysql.password", "redis.password", "adminPassword", "密码", "口令", "登录密码", "初始密码",
    "管理员密码", "数据库密码", "root密码", "ftp_pass", "smtpPassword", "VPN口令",
)  # fmt: skip
_PASSWORD_FORMS = (
    *_ASSIGNED[:6], "{name}：{value}", "{name}是{value}", "账号admin，{name}：{value}",
    "{name}:{value}", "用户名 sysop {name} {value}", "服务器10.20.2.12 {name}：{value} 勿改",
    "{name}＝{value}",
)  # fmt: skip


def _shaped(dice: Dice, shapes: dict[str, shape.Maker], kind: str) -> Labelled:
    why = dice.pick(sorted(shapes))
    text, spans = compose(dice.pick(_LOOSE), {"value": Value(kind, shapes[why](dice))})
    return Labelled(text=text, about=kind, spans=spans, why=why, context=False)


def _named(
    dice: Dice, shapes: dict[str, tuple[shape.Maker, tuple[str, ...]]], kind: str
) -> Labelled:
    why = dice.pick(sorted(shapes))
    maker, names = shapes[why]
    values = {"name": Value("", dice.pick(names)), "value": Value(kind, maker(dice))}
    text, spans = compose(dice.pick(_ASSIGNED), values)
    return Labelled(text=text, about=kind, spans=spans, why=why, context=True)


def _cloud_key(dice: Dice) -> Labelled:
    if dice.chance(0.6):
        return _shaped(dice, shape.CLOUD_KEYS, "cloud_key")
    return _named(dice, shape.NAMED_CLOUD_KEYS, "cloud_key")


def _token(dice: Dice) -> Labelled:
    if dice.chance(0.7):
        return _shaped(dice, shape.TOKENS, "token")
    return _named(dice, shape.NAMED_TOKENS, "token")


def _password(dice: Dice) -> Labelled:
    values = {
        "name": Value("", dice.pick(_PASSWORD_NAMES)),
        "value": Value("password", shape.password(dice)),
    }
    text, spans = compose(dice.pick(_PASSWORD_FORMS), values)
    return Labelled(text=text, about="password", spans=spans, context=True)


def _private_key(dice: Dice) -> Labelled:
    form = dice.pick(("{value}", "# server key\n{value}\n", "id_rsa:\n{value}", "key: |\n{value}"))
    text, spans = compose(form, {"value": Value("private_key", shape.private_key(dice))})
    return Labelled(text=text, about="private_key", spans=spans)


def _connection(dice: Dice) -> Labelled:
    forms = (
        "{value}", 'url = "{value}"', "DATABASE_URL={value}", "连接串：{value}",
        "spring.datasource.url={value}", "git clone {value}", "- {value}",
    )  # fmt: skip
    text, spans = compose(
        dice.pick(forms), {"value": Value("connection_string", shape.connection(dice))}
    )
    return Labelled(text=text, about="connection_string", spans=spans)


POSITIVES: dict[str, Callable[[Dice], Labelled]] = {
    "password": _password,
    "private_key": _private_key,
    "cloud_key": _cloud_key,
    "token": _token,
    "connection_string": _connection,
}


def positives(kind: str, count: int, seed: str = "1") -> Iterator[Labelled]:
    """Make texts with a secret of this kind."""
    dice = Dice(f"{seed}/secret/{kind}")
    for _ in range(count):
        yield POSITIVES[kind](dice)


_PLACEHOLDERS = (
    "${DB_PASSWORD}", "<your-password>", "CHANGEME", "********", "xxxxxxxx", "{{ vault_password }}",
    "your_api_key_here", "$PASSWORD", "%(password)s", "null", "changeit-example", "<密码>",
    "（请联系管理员）", "REPLACE_ME", "example", "#{config.password}", "@@PASSWORD@@", "TODO",
    "insert-token-here", "{password}",
)  # fmt: skip
_CODE = (
    'password = getpass.getpass("Password: ")', 'token = os.environ["API_TOKEN"]',
    "if password != confirm_password:", "def set_password(self, password: str) -> None:",
    'String password = request.getParameter("password");',
    'password: { type: "string", required: true }',
    "public String getSecretKey() { return secretKey; }",
    "password_hash = bcrypt.hashpw(password, salt)", "max_tokens: 4096", "token_type: bearer",
    "pwd=$(pwd)", "label.password=密码", '"password": "密码",', 'passwordField.setText("");',
    "tokenizer = load_tokenizer(path)", "SELECT password FROM account WHERE id = ?",
    "secret_name: database-credentials", "passwd: files systemd",
    "const apiKey = process.env.API_KEY;", "password=", "key: value", '@Value("${jwt.secret}")',
)  # fmt: skip
_PROSE = (
    "密码长度不少于8位，应当包含字母和数字。", "请妥善保管您的密码，不要告诉他人。",
    "忘记密码请点击“找回密码”。", "口令应当每九十日更换一次。", "密码：见信封",
    "初始密码为身份证号后六位，首次登录请修改。", "密钥由保密办统一管理。",
    "The password must be changed every 90 days.", "密码错误次数过多，账号已锁定。",
    "token 有效期为两小时。", "商用密码应用安全性评估", "密码法第二十一条",
    "连接数据库时请使用本人账号和口令。",
)  # fmt: skip
_PLAIN_URLS = (
    "jdbc:mysql://10.20.2.12:3306/social?useSSL=true", "redis://localhost:6379/0",
    "postgresql://db.city.example/hr", "postgres://app:${PGPASSWORD}@db:5432/hr",
    "mongodb://localhost:27017", "https://git.city.example/hr/app.git",
    "mysql://user:password@localhost/db", "amqp://guest@queue:5672",
    "mysql://{user}:{password}@{host}/{db}", "ssh://git@git.city.example:22/app.git",
)  # fmt: skip


def _placeholder(dice: Dice) -> str:
    name = dice.pick(_PASSWORD_NAMES)
    return dice.pick(_ASSIGNED).replace("{name}", name).replace("{value}", dice.pick(_PLACEHOLDERS))


def _encrypted(dice: Dice) -> str:
    return f"spring.datasource.password=ENC({dice.text(44, shape.BASE64)})"


def _digest(dice: Dice) -> str:
    forms = (
        f"commit {dice.text(40, shape.HEX)}",
        f"sha256:{dice.text(64, shape.HEX)}",
        f'"integrity": "sha512-{dice.text(86, shape.BASE64)}=="',
        f'ETag: "{dice.text(32, shape.HEX)}"',
        f"md5={dice.text(32, shape.HEX)}",
        f"Index: {dice.text(8, shape.HEX)}..{dice.text(8, shape.HEX)} 100644",
    )
    return dice.pick(forms)


def _identifier(dice: Dice) -> str:
    dashed = "-".join(dice.text(size, shape.HEX) for size in (8, 4, 4, 4, 12))
    return dice.pick(
        (f"request_id: {dashed}", f'<item uuid="{dashed}"/>', f"traceId={dice.text(32, shape.HEX)}")
    )


def _image(dice: Dice) -> str:
    return f"background: url(data:image/png;base64,iVBORw0KGgo{dice.text(160, shape.BASE64)});"


def _example_key(dice: Dice) -> str:
    forms = (
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "ghp_" + "x" * 36,
        "sk_test_" + "0" * 24,
        "AIza" + "X" * 35,
        "LTAI" + "*" * 16,
    )
    return (
        dice.pick(_LOOSE).replace("{value}", dice.pick(forms)).replace("{{", "{").replace("}}", "}")
    )


def _ssh_public(dice: Dice) -> str:
    return f"ssh-rsa AAAAB3NzaC1yc2E{dice.text(200, shape.BASE64)} ops@city.example"


_NEGATIVES: dict[str, Callable[[Dice], str]] = {
    "placeholder": _placeholder,
    "code": lambda dice: dice.pick(_CODE),
    "prose": lambda dice: dice.pick(_PROSE),
    "plain_url": lambda dice: dice.pick(_PLAIN_URLS),
    "encrypted": _encrypted,
    "digest": _digest,
    "identifier": _identifier,
    "image": _image,
    "example_key": _example_key,
    "public_key": shape.public_text,
    "ssh_public": _ssh_public,
    "placeholder_again": _placeholder,
}


def negatives(count: int, seed: str = "1") -> Iterator[Labelled]:
    """Make texts that look as if they held a secret and hold none."""
    dice = Dice(f"{seed}/no secret")
    turns = cycle(_NEGATIVES)
    for _ in range(count):
        why = next(turns)
        yield Labelled(text=_NEGATIVES[why](dice), about="secret", why=why)
