"""Private keys."""

import base64
import json

import pytest

from corpus.dice import Dice
from corpus.secret.shape import private_key, public_text
from detect.classified.secret.private_key import PrivateKey
from tests.detect.classified.secret.found import found, kinds

_RULE = "-" * 5


def test_keys_of_all_wrappings_are_found() -> None:
    dice = Dice("private")
    assert all(kinds(f"id_rsa:\n{private_key(dice)}\n") == ["private_key"] for _ in range(60))


def test_public_keys_and_certificates_are_none() -> None:
    dice = Dice("public")
    assert not any(kinds(public_text(dice)) for _ in range(40))


def test_a_key_in_json_has_its_line_ends_written_out() -> None:
    text = private_key(Dice("json"))
    (one,) = found(json.dumps({"type": "service_account", "private_key": text}))
    (same,) = found(text)
    assert one.value == same.value


def test_a_key_without_its_wrapping_is_known_by_its_label() -> None:
    body = base64.b64encode(b"\x30\x82" + Dice("bare").octets(600)).decode()
    assert kinds(f"merchant_private_key={body}") == ["private_key"]
    assert kinds(f"SM2私钥：{Dice('sm2').octets(32).hex()}") == ["private_key"]
    assert not kinds(f"证书：{body}")


def test_a_key_of_putty_is_found() -> None:
    body = base64.encodebytes(Dice("putty").octets(200)).decode().strip()
    text = (
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: ops\n"
        f"Public-Lines: 1\n{body}\nPrivate-Lines: 1\n{body}\nPrivate-MAC: 00\n"
    )
    assert kinds(text) == ["private_key"]


@pytest.mark.parametrize("body", ["...", "MIIE...\n(your key here)", "A" * 200, ""])
def test_a_wrapping_without_a_key_is_none(body: str) -> None:
    label = "PRIVATE" + " KEY"
    assert not kinds(f"{_RULE}BEGIN {label}{_RULE}\n{body}\n{_RULE}END {label}{_RULE}")


def test_a_key_that_is_cut_off_is_one_all_the_same() -> None:
    assert kinds(private_key(Dice("cut"))[:600]) == ["private_key"]


def test_a_cell_holds_a_key() -> None:
    recogniser = PrivateKey(33)
    assert recogniser.fits(private_key(Dice("cell"))) is not None
    assert recogniser.fits("PRIVATE KEY") is None
