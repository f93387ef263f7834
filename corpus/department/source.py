"""Programs and settings: some with secrets in them, some with what only looks like one."""

from collections.abc import Iterator

from corpus.department.item import Item
from corpus.dice import Dice
from corpus.secret import shape

_GUARD = '''import os


def connect():
    """Read the password from the environment."""
    return open_database(os.environ["DB_URL"], password=os.environ["DB_PASSWORD"])
'''
_README = """# 社保接口

- 密码请向信息科申请，不要写入代码
- `password: <your-password>`
- `token: ${API_TOKEN}`
"""


def _inner(pem: str) -> str:
    return pem.splitlines()[2]


def _secret(path: str, text: str, *found: tuple[str, str]) -> Item:
    item = Item(
        path=path,
        data=text.encode(),
        grade=4,
        violations=("V05", "V07") if path.startswith("公共共享/") else ("V07",),
        planted=frozenset(found),
        note="代码或配置中的密钥",
        open_to_all=path.startswith("公共共享/"),
    )
    item.kinds.update(kind for kind, _ in found)
    return item


def secrets(dice: Dice) -> Iterator[Item]:
    """Yield files with passwords, keys and tokens."""
    first, second, third = (shape.password(dice) for _ in range(3))
    yield _secret(
        "代码/社保平台/application.yml",
        f"spring:\n  datasource:\n    username: sb_app\n    password: {first}\n",
        ("password", first),
    )
    yield _secret(
        "代码/社保平台/db.ini", f"[mysql]\nuser=root\npasswd={second}\n", ("password", second)
    )
    key, hidden = shape.CLOUD_KEYS["aliyun"](dice), dice.text(30, shape.WORD)
    yield _secret(
        "代码/社保平台/.env",
        f"OSS_ACCESS_KEY_ID={key}\nALIYUN_ACCESS_KEY_SECRET={hidden}\n",
        ("cloud_key", key),
        ("cloud_key", hidden),
    )
    pem = shape.private_key(dice)
    yield _secret("代码/社保平台/deploy/id_rsa", pem + "\n", ("private_key", _inner(pem)))
    token = shape.TOKENS["gitlab"](dice)
    yield _secret(
        "代码/脚本/sync.sh", f"#!/bin/sh\nGIT_TOKEN={token}\ngit pull\n", ("token", token)
    )
    link = shape.connection(dice)
    yield _secret("代码/脚本/report.py", f'URL = "{link}"\n', ("connection_string", link))
    hook = shape.TOKENS["wecom"](dice)
    yield _secret("代码/脚本/notify.js", f"const hook = '{hook}';\n", ("token", hook))
    yield _secret(
        "公共共享/说明/系统账号.txt",
        f"社保查询系统\n账号：sbcx\n密码：{third}\n每季度更换一次\n",
        ("password", third),
    )


def clean(dice: Dice) -> Iterator[Item]:
    """Yield files that handle secrets and hold none."""
    rows = (
        ("代码/社保平台/connect.py", _GUARD),
        ("代码/社保平台/README.md", _README),
        ("代码/社保平台/application-prod.yml", f"password: ENC({dice.text(44, shape.BASE64)})\n"),
        ("代码/社保平台/server.crt", _certificate(dice)),
        (
            "代码/社保平台/nginx.conf",
            "server {\n  listen 443 ssl;\n  ssl_certificate server.crt;\n}\n",
        ),
        (
            "代码/社保平台/package-lock.json",
            f'{{"integrity": "sha512-{dice.text(86, shape.BASE64)}=="}}\n',
        ),
        ("代码/脚本/CHANGELOG.md", "# 1.2.3\n- 修复密码输入框\n- token 过期后重新登录\n"),
    )
    for path, text in rows:
        yield Item(path=path, data=text.encode(), note="无密钥")


def _certificate(dice: Dice) -> str:
    rule = "-" * 5
    body = "\n".join(dice.text(64, shape.BASE64) for _ in range(12))
    return f"{rule}BEGIN CERTIFICATE{rule}\nMIID{body[4:]}\n{rule}END CERTIFICATE{rule}\n"


def items(dice: Dice) -> Iterator[Item]:
    """Yield all of them."""
    yield from secrets(dice)
    yield from clean(dice)
