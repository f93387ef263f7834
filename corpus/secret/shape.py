"""The shapes: what a provider's key looks like, filled with random signs."""

import base64
import json
from collections.abc import Callable

from corpus.dice import DIGITS, Dice

LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
WORD = LOWER + UPPER + DIGITS
HEX = "0123456789abcdef"
BASE64 = WORD + "+/"
URL64 = WORD + "-_"

Maker = Callable[[Dice], str]


def _key(prefix: str, count: int, alphabet: str = WORD, end: str = "") -> Maker:
    return lambda dice: prefix + dice.text(count, alphabet) + end


def _dashed(dice: Dice) -> str:
    sizes = (8, 4, 4, 4, 12)
    return "-".join(dice.text(size, HEX) for size in sizes)


def _slack(dice: Dice) -> str:
    return f"xox{dice.pick('bp')}-{dice.digits(12)}-{dice.digits(12)}-{dice.text(24, WORD)}"


def _sendgrid(dice: Dice) -> str:
    return f"SG.{dice.text(22, URL64)}.{dice.text(43, URL64)}"


def _telegram(dice: Dice) -> str:
    return f"{dice.whole(10**8, 10**10 - 1)}:AA{dice.text(33, URL64)}"


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(dice: Dice) -> str:
    """Make a JSON Web Token (RFC 7519): its head and claims are JSON, its signature random."""
    head = json.dumps({"alg": dice.pick(("HS256", "RS256", "ES256")), "typ": "JWT"})
    claims = json.dumps({"sub": dice.digits(6), "iat": dice.whole(1_600_000_000, 1_790_000_000)})
    return ".".join((_url64(head.encode()), _url64(claims.encode()), _url64(dice.octets(32))))


def _feishu(dice: Dice) -> str:
    return f"https://open.feishu.cn/open-apis/bot/v2/hook/{_dashed(dice)}"


def _wecom(dice: Dice) -> str:
    return f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={_dashed(dice)}"


def _dingtalk(dice: Dice) -> str:
    return f"https://oapi.dingtalk.com/robot/send?access_token={dice.text(64, HEX)}"


CLOUD_KEYS: dict[str, Maker] = {
    "aws": _key("AKIA", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "aliyun": _key("LTAI5t", 18),
    "tencent": _key("AKID", 32),
    "google": _key("AIza", 35, URL64),
    "azure_storage": _key("AccountKey=", 86, BASE64, "=="),
    "digitalocean": _key("dop_v1_", 64, HEX),
}
"""Keys of clouds that are known by their shape alone."""
TOKENS: dict[str, Maker] = {
    "github": _key("ghp_", 36),
    "github_fine": lambda dice: f"github_pat_{dice.text(22, WORD)}_{dice.text(59, WORD)}",
    "gitlab": _key("glpat-", 20, URL64),
    "slack": _slack,
    "stripe": _key("sk_live_", 24),
    "npm": _key("npm_", 36),
    "pypi": _key("pypi-AgEIcHlwaS5vcmc", 70, URL64),
    "sendgrid": _sendgrid,
    "telegram": _telegram,
    "huggingface": _key("hf_", 34, LOWER + UPPER),
    "jwt": jwt,
    "feishu": _feishu,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
}
"""Tokens that are known by their shape alone."""
NAMED_CLOUD_KEYS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "aws_secret": (_key("", 40, BASE64), ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY")),
    "huawei": (
        _key("", 40),
        ("HUAWEI_SK", "huaweicloud.sk", "HW_SECRET_ACCESS_KEY", "obs_secret_key"),
    ),
    "baidu": (_key("", 32, HEX), ("BAIDU_SECRET_KEY", "baidu_sk", "bce_secret_access_key")),
    "aliyun_secret": (
        _key("", 30),
        ("accessKeySecret", "ALIYUN_ACCESS_KEY_SECRET", "oss.access-key-secret"),
    ),
    "tencent_secret": (_key("", 32), ("SecretKey", "TENCENT_SECRET_KEY", "cos.secretKey")),
}
"""Secret keys that only their name tells."""
NAMED_TOKENS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "wechat": (_key("", 32, HEX), ("appsecret", "AppSecret", "wx_secret", "wechat.secret")),
    "generic": (
        _key("", 40),
        ("api_key", "apiKey", "API_TOKEN", "access_token", "client_secret", "auth-token"),
    ),
    "hexadecimal": (_key("", 48, HEX), ("SECRET_KEY", "signing_key", "token", "app.secret")),
    "dashed": (_dashed, ("heroku_api_key", "api-token", "HEROKU_API_KEY")),
}

_SYLLABLES = (
    "Kx",
    "mv",
    "Tq",
    "9z",
    "rB",
    "w4",
    "Yd",
    "j7",
    "Hn",
    "3p",
    "Lc",
    "s8",
    "Gf",
    "2v",
    "Pk",
    "t6",
)
_PASS_WORDS = ("Haiyun", "Shixing", "Donggang", "Mingyue", "Qinghe", "Xiling", "Zhuque", "Beichuan")


def password(dice: Dice) -> str:
    """Make a password as people set them: random, or a word with digits and a sign."""
    sign = dice.pick("@#!$%&")
    if dice.chance(0.5):
        return "".join(dice.pick(_SYLLABLES) for _ in range(dice.whole(4, 8))) + sign
    return (
        f"{dice.pick(_PASS_WORDS)}{sign}{dice.whole(10, 9999)}{dice.text(dice.whole(1, 3), LOWER)}"
    )


def _pem(label: str, body: bytes) -> str:
    written = base64.b64encode(body).decode()
    lines = [written[at : at + 64] for at in range(0, len(written), 64)]
    rule = "-" * 5
    return "\n".join((f"{rule}BEGIN {label}{rule}", *lines, f"{rule}END {label}{rule}"))


def _sequence(body: bytes) -> bytes:
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def private_key(dice: Dice) -> str:
    """Make a private key of random octets in one of the wrappings of RFC 7468 and OpenSSH."""
    kind = "PRIVATE" + " KEY"
    version = b"\x02\x01\x00"
    ssh = b"openssh-key-v1\x00" + dice.octets(380)
    forms = (
        (
            kind,
            _sequence(
                version
                + b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
                + dice.octets(1180)
            ),
        ),
        (f"RSA {kind}", _sequence(version + b"\x02\x82\x01\x01\x00" + dice.octets(1150))),
        (f"EC {kind}", b"\x30\x77\x02\x01\x01\x04\x20" + dice.octets(114)),
        (f"OPENSSH {kind}", ssh),
        (f"ENCRYPTED {kind}", _sequence(dice.octets(1200))),
        (f"PGP {kind} BLOCK", dice.octets(700)),
    )
    return _pem(*dice.pick(forms))


def public_text(dice: Dice) -> str:
    """Make a public key or a certificate: what looks like a key and may lie anywhere."""
    label = dice.pick(("PUBLIC" + " KEY", "CERTIFICATE", "CERTIFICATE REQUEST", "RSA PUBLIC KEY"))
    return _pem(label, _sequence(dice.octets(500)))


_USERS = ("root", "app", "sb_app", "reader", "hr", "report", "sa", "system")
_HOSTS = (
    "10.20.2.12",
    "db.city.example",
    "192.168.10.5",
    "redis-01",
    "mongo.intra.example",
    "10.20.3.9",
)


def connection(dice: Dice) -> str:
    """Make a connection string with a password in it."""
    user, host, secret = dice.pick(_USERS), dice.pick(_HOSTS), password(dice).replace("@", "!")
    safe = secret.replace("#", "_").replace("%", "_").replace("&", "_")
    forms = (
        f"mysql://{user}:{safe}@{host}:3306/social",
        f"postgresql://{user}:{safe}@{host}:5432/hr",
        f"mongodb://{user}:{safe}@{host}:27017/admin",
        f"redis://:{safe}@{host}:6379/0",
        f"jdbc:mysql://{host}:3306/social?user={user}&password={safe}",
        f"jdbc:oracle:thin:{user}/{safe}@{host}:1521:orcl",
        f"Server={host};Database=hr;User Id={user};Password={safe};",
        f"amqp://{user}:{safe}@{host}:5672/jobs",
        f"https://{user}:{safe}@git.city.example/hr/app.git",
        f"ftp://{user}:{safe}@{host}/out",
    )
    return dice.pick(forms)
