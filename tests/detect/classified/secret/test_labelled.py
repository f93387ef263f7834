"""Passwords, keys and tokens behind a label."""

import re

import pytest

from detect.classified.normal import folded
from detect.classified.secret import SECRET_RECOGNISERS
from tests.detect.classified.secret.found import found, kinds

_SECRETS = (
    ("password", "Sz@2026db", "spring:\n  datasource:\n    password: {}\n"),
    ("password", "Root#9921", "[client]\nuser=root\npassword={}\n"),
    ("password", "Qwer1234", "mysql -h10.1.1.1 -uroot -p{} hr"),
    ("password", "Hr2026!!", "CREATE USER 'hr'@'%' IDENTIFIED BY '{}';"),
    ("password", "Zx81kk#p", "ALTER ROLE app WITH PASSWORD '{}';"),
    ("password", "Linux@2026", "服务器登录：root / 密码 {}，端口22"),
    ("password", "Abcd@1234", "VPN账号：zhangsan，初始密码：{}，请尽快修改"),
    ("password", "Admin@2025", "账号/密码：admin/{}"),
    ("password", "Gov@2024", "密码统一为{}"),
    ("password", "Tx9!kkd2", "密码已重置为 {}"),
    ("password", "welcome2026", "无线密码（访客）：{}"),
    ("password", "Hw@Admin123", "管理口令为：{}"),
    ("password", "kdjfhwoqpalsmxnz", "邮箱授权码：{}"),
    ("password", "s3cr3tPw9", "machine git.corp login dev password {}\n"),
    ("password", "Cisco#2024", "enable secret 0 {}"),
    ("password", "H3c@12345", "local-user admin password simple {}"),
    ("password", "Ops#4421", "sshpass -p '{}' ssh root@10.2.2.2"),
    ("password", "Yt7#plmk", "db.corp:5432:hr:hr_app:{}\n"),
    ("password", "Rds#8812kk", "requirepass {}\n"),
    ("password", "Jb0ss#77", '<property name="password" value="{}"/>'),
    ("password", "Ftp#5521", '<entry key="ftp.password">{}</entry>'),
    ("password", "Kk8#zzQ1", "<password>{}</password>"),
    ("password", "Wp#22019x", "define('DB_PASSWORD', '{}');"),
    ("password", "Wp#22019x", "$config['db_pass'] = '{}';"),
    ("password", "Bk@2026pw", "net user backup {} /add"),
    ("password", "Adm!n2026", '{{"user":"admin","pwd":"{}"}}'),
    ("password", "Dep10y#x", "ansible_ssh_pass={} ansible_user=root"),
    ("password", "Toor#889", "echo 'root:{}' | chpasswd"),
    ("password", "Jk#77123", "curl -u jenkins:{} http://ci/job"),
    ("password", "Pg#77812", "PGPASSWORD={} psql -h db"),
    ("password", "Qh!6640u", "交换机 enable 密码改成 {} 了，大家记一下"),
    ("password", "mvPkTqTqYd@", "define('DB_PASSWORD', '{}');"),
    ("password", "Kp#1188x", "java -Ddb.password={} -jar app.jar"),
    ("password", "Env#2081x", '- name: DB_PASSWORD\n  value: "{}"\n'),
    ("password", "Set#5520k", 'dataSource.setPassword("{}");'),
    ("password", "Jd#90021", 'DriverManager.getConnection(url, "scott", "{}")'),
    ("password", "Mg#77120q", "mongosh hr -u root -p {} --host 10.1.1.1"),
    ("password", "Hb#20184", "docker login -u ops -p {} harbor.corp"),
    ("password", "Zp#88123", "7z a -p{} out.7z data/"),
    ("password", "Go_55127", 'dsn := "root:{}@tcp(10.1.1.1:3306)/hr"'),
    ("password", "Sh#31190", "ssh.connect('10.1.1.1', 22, 'root', '{}')"),
    ("password", "Snm#4471", "createUser monitor SHA {} AES"),
    ("password", "Say#2207", "the root pw is {}"),
    ("token", "qv7LrT2xWm9ZkB4nHc8sYd3F", "headers['Authorization'] = 'Bearer {}';"),
    ("token", "k2$wq!7zr@xn#m9vb^t4(c=", "SECRET_KEY = '{}'"),
    ("token", "9f86d081884c7d659a2feaa0c55ad015", "app_secret={}"),
    ("token", "8f14e45fceea167a5a36dedd4bea2543b0c1", "Authorization: Bearer {}"),
    ("token", "p9Xk2mQ7vT4zL8wB3nR6yH1cF5dG0sJa", 'JWT_SECRET="{}"'),
    ("token", "5d41402abc4b2a76b9719d911017c592", "GET /list?access_token={}&page=2"),
    ("cloud_key", "8Kd0sPqWm3LxZt7RbYuHn2VcGe5JfA", "AccessKeySecret: {}"),
    ("cloud_key", "7XKQ0PLM2RTVB9WZ1CDE", "huaweicloud:\n  ak: {}\n"),
)


@pytest.mark.parametrize(("kind", "value", "form"), _SECRETS)
def test_the_value_behind_a_label_is_found_alone(kind: str, value: str, form: str) -> None:
    text = form.format(value)
    (one,) = found(text)
    assert (one.kind, one.value) == (kind, value)
    assert folded(text)[one.start : one.end] == value
    assert value not in repr(one)


@pytest.mark.parametrize(("kind", "value", "form"), _SECRETS)
def test_what_is_found_was_woken(kind: str, value: str, form: str) -> None:
    (recogniser,) = (one for one in SECRET_RECOGNISERS if one.kind == kind)
    data = folded(form.format(value)).encode()
    assert any(re.search(wake.encode(), data) for wake in recogniser.wakes)


@pytest.mark.parametrize(
    "text",
    [
        "密码要求：8位以上，含大小写", "密码：请联系信息中心", "密码不能为空", "密码强度：强",
        "商用密码GM/T 0054-2018基本要求", "密码GB/T39786-2021", "密码：********", "密码为空",
        "初始密码：身份证后6位", "口令红包：恭喜发财", "密码学报 2026(3): 12-20",
        "password_reset_token_expires_in: 3600", "const token = await getToken();",
        "let password = req.body.password;", "password = input('password: ')",
        "self.password = password", "password VARCHAR(64) NOT NULL", "password: !vault |",
        "`password` varchar(255) DEFAULT NULL COMMENT '密码'", "password: ${DB_PASSWORD}",
        "password: '{{ db_password }}'", "PASSWORD_MIN_LENGTH=12", "if (password === 'x') return;",
        "The secret of success: hard work", "csrf_token: {{ csrf_token }}", "max_token=2048",
        "token_url: https://auth.city.example/token", "primary_key: id",
        "api_key: xxxxxxxxxxxxxxxx",
        "access_key: <your-access-key>",
        "sha1: da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "passwd:x:1000:1000",
        "pwd: /home/app", "secretary: Zhang San", "SecretName=tls-cert", "tokenType=Bearer",
        '"password": "******"', "password = None", "password = ''", "pass: 12, fail: 3",
        "compass=north12", "OAuth: enabled2", "Password must contain at least 8 characters",
        "password expires: 2026-12-31", "auth.type=ldap2", "spring.redis.password=",
        "tips.password=8-20 characters", "password UserName-field", "@RequestParam String token",
        "/reset?token=:token", "def load(pem, passphrase=None):\n",
        "node.AuthToken('tag_of_type9')",
        "docker run -p 127.0.0.1:8080:80 nginx", "zip -r out-production2.zip dir",
        "client.connect('broker1', 'city/level')", "- name: DB_PASSWORD\n  valueFrom:\n",
        "getPassword('db.hr1')", "SECRET_KEY = os.environ['KEY1']",
    ],
)  # fmt: skip
def test_prose_code_and_placeholders_hold_none(text: str) -> None:
    assert not kinds(text)


def test_a_hash_is_no_password() -> None:
    assert not kinds("password_hash: $2b$12$KIXQ0c1Yk8Z1n0r0v4s8SeYw1aV9K2Qz0P4p2m7x5R3jQ8h6t9u1O")
    assert not kinds("root:$6$saltsalt$kfj39fj39fj3:19000:0:99999:7:::")


def test_a_very_long_line_without_breaks_ends() -> None:
    assert not kinds("token=" * 20_000)
    assert not kinds("password" * 20_000)
