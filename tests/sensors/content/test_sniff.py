"""Formats are known by content; a name decides among formats of text alone."""

import datetime as dt
import gzip
import io

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from sensors.content.sniff import format_of
from tests.sensors.content.mail.ole2 import compound
from tests.sensors.content.pieced import package


def known(data: bytes, name: str = "file") -> str:
    found = format_of(io.BytesIO(data), name)
    return found.key if found else ""


KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
CERTIFICATE = (
    x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 1)
    .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    .not_valid_after(dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    .sign(KEY, hashes.SHA256())
)


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        (gzip.compress(b"x", mtime=0), "a.csv", "gzip"),
        (package({"word/document.xml": ""}), "a.wps", "docx"),
        (package({"xl/workbook.xml": ""}), "a.et", "xlsx"),
        (package({"OFD.xml": ""}), "a.zip", "ofd"),
        (package({"mimetype": "application/vnd.oasis.opendocument.text"}), "a", "odt"),
        (package({"dir/word/document.xml": ""}), "a.docx", "zip"),
        (compound({"WordDocument": b"x"}), "a.xls", "doc"),
        (compound({"Workbook": b"x"}), "a.et", "xls"),
        (compound({"EncryptedPackage": b"x"}), "a.docx", "encrypted_office"),
        (compound({"Other": b"x"}), "a.doc", "ole2"),
        (b"\x89PNG\r\n\x1a\nrest", "a.docx", "png"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00", "a.txt", "elf"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00", "a", "jks"),
    ],
)
def test_content_decides_against_the_name(data: bytes, name: str, key: str) -> None:
    assert known(data, name) == key


@pytest.mark.parametrize(
    ("text", "name", "key"),
    [
        ("a,b\n1,2\n", "a.csv", "csv"),
        ("a,b\n1,2\n", "a.log", "text"),
        ('{"a": 1}', "a.txt", "json"),
        ("plain words", "a.json", "text"),
        ("[section]\nkey = 1\n", "a.conf", "text"),
        ("<?xml version='1.0'?><a/>", "a.txt", "xml"),
        ("<!DOCTYPE html><p>x", "a.txt", "html"),
        ("<p>x</p>", "a.html", "html"),
        ("-- MySQL dump 10\nINSERT INTO t VALUES (1);", "backup", "sql"),
        ("From: a\nTo: b\nSubject: c\nDate: d\n\nx", "unknown", "eml"),
        ("{\\rtf1 x}", "a.doc", "rtf"),
        ("MZ is how it begins\n", "a.txt", "text"),
        ("BM is how it begins\n", "a.txt", "text"),
        ("名单\n", "无后缀", "text"),
    ],
)
def test_text_is_told_by_its_look_and_then_by_its_name(text: str, name: str, key: str) -> None:
    assert known(text.encode(), name) == key


def test_keys_and_certificates_in_der_are_known() -> None:
    private = KEY.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    store = pkcs12.serialize_key_and_certificates(
        b"example", KEY, CERTIFICATE, None, serialization.BestAvailableEncryption(b"example")
    )
    assert known(private) == "pkcs8"
    assert known(store, "a.txt") == "pkcs12"
    assert known(CERTIFICATE.public_bytes(serialization.Encoding.DER)) == "x509"


def test_octets_that_nothing_knows_have_no_format() -> None:
    assert known(bytes(range(256)) * 4, "a.txt") == ""
