"""What only looks like a secret."""

import pytest

from detect.classified.secret.noise import bits, is_code, is_made_up, is_random


@pytest.mark.parametrize(
    "value",
    [
        "${DB_PASSWORD}", "{{ vault }}", "<your-password>", "********", "xxxxxxxx", "changeme",
        "CHANGE_ME", "your_api_key_here", "%(password)s", "null", "password", "my-secret",
        "ENC(9fj3k2)", "$2b$12$KIXQ0c1Yk8Z1n0r0v4s8Se", "{bcrypt}9f8", "vault:v1:8f8", "@@PW@@",
        "{password", "{password!r}", "%d.%d", "0000000000", "abababab",
    ],
)  # fmt: skip
def test_placeholders_and_hashes_are_no_secrets(value: str) -> None:
    assert is_made_up(value)


@pytest.mark.parametrize("value", ["Sz@2026db", "Password@123", "admin888", "Kx9!mv", "123456"])
def test_weak_passwords_are_passwords(value: str) -> None:
    assert not is_made_up(value)
    assert not is_code(value)


@pytest.mark.parametrize(
    "value",
    [
        "os.environ[", "getpass.getpass(", "self.password", "req.body.password;", "this->token",
        "varchar(64)", "API_TOKEN", "/etc/app/secret.key", "GB/T39786-2021", "8-20", "x:1000:",
        "session_auth", "(version,", "list[ast.stmt]",
    ],
)  # fmt: skip
def test_expressions_paths_and_standards_are_no_secrets(value: str) -> None:
    assert is_code(value)


def test_keys_have_more_entropy_than_words() -> None:
    assert bits("") == 0
    assert bits("aaaa") == 0
    assert bits("ab") == pytest.approx(1)
    assert is_random("p9Xk2mQ7vT4zL8wB3nR6")
    assert is_random("9f86d081884c7d659a2f")
    assert not is_random("aaaaaaaaaabbbbbbbbbb")
