"""Names behind which a secret stands."""

import pytest

from detect.classified.secret.label import kind_of, may_hold, words_of

_MIXED = "8Kd0sPqWm3LxZt7RbYuHn2VcGe5JfA"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("db_password", ("db", "password")),
        ("dbPassword2", ("db", "password")),
        ("spring.datasource.password", ("spring", "datasource", "password")),
        ("AWSSecretKey", ("aws", "secret", "key")),
    ],
)
def test_a_name_is_read_as_its_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("DB_PASS", "password"),
        ("PGPASSWORD", "password"),
        ("管理员密码", "password"),
        ("accessKeySecret", "cloud_key"),
        ("aws_secret_access_key", "cloud_key"),
        ("HUAWEI_SK", "cloud_key"),
        ("cos.secretKey", "cloud_key"),
        ("api_key", "token"),
        ("appsecret", "token"),
        ("signing-key", "token"),
        ("令牌", "token"),
        ("pass", ""),
        ("compass", ""),
        ("OAuth", ""),
        ("primary_key", ""),
        ("token_type", ""),
        ("secretary", ""),
        ("passwordHint", ""),
        ("max_tokens", ""),
        ("", ""),
    ],
)
def test_the_last_words_of_a_name_say_what_it_holds(name: str, kind: str) -> None:
    assert kind_of(name, _MIXED) == kind
    if kind:
        assert may_hold(name, kind)


def test_a_secret_key_is_of_a_cloud_by_the_shape_of_its_value() -> None:
    assert kind_of("SecretKey", _MIXED) == "cloud_key"
    assert kind_of("SECRET_KEY", "9f86d081884c7d659a2feaa0c55ad015") == "token"
