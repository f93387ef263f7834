"""Formats without text, or with none that anything here reads: known, so that they can be told."""

from collections.abc import Iterator
from typing import BinaryIO

from sensors.content.format import Format, Magic
from sensors.content.reader import Encrypted, Reading
from situation.content.piece import Piece, Trait


def read_enveloped(_stream: BinaryIO, _reading: Reading) -> Iterator[Piece]:
    """Say that it is encrypted for somebody (RFC 5652, 6)."""
    yield from ()
    raise Encrypted


def _without_text(trait: Trait, key: str, zh: str, en: str, media: str, *magic: Magic) -> Format:
    return Format(key=key, zh=zh, en=en, media=media, trait=trait, magic=magic)


_MEDIA: tuple[Format, ...] = tuple(
    _without_text("media", key, zh, en, media, *magic)
    for key, zh, en, media, magic in (
        ("mp3", "MP3音频", "MP3 sound", "audio/mpeg", ((0, b"ID3"), (0, b"\xff\xfb"))),
        ("mp4", "MP4视频", "MP4 video", "video/mp4", ((4, b"ftyp"),)),
        ("riff", "AVI或WAV", "AVI or WAV", "video/x-msvideo", ((8, b"AVI "), (8, b"WAVE"))),
        ("ogg", "OGG媒体", "Ogg", "application/ogg", ((0, b"OggS"),)),
        ("flac", "FLAC音频", "FLAC sound", "audio/flac", ((0, b"fLaC"),)),
        ("matroska", "MKV视频", "Matroska", "video/x-matroska", ((0, b"\x1a\x45\xdf\xa3"),)),
        ("flv", "FLV视频", "Flash video", "video/x-flv", ((0, b"FLV\x01"),)),
        ("asf", "WMV视频", "Windows media", "video/x-ms-wmv", ((0, b"\x30\x26\xb2\x75\x8e\x66"),)),
        ("amr", "AMR音频", "AMR sound", "audio/amr", ((0, b"#!AMR"),)),
        ("mpeg", "MPEG视频", "MPEG video", "video/mpeg", ((0, b"\x00\x00\x01\xba"),)),
    )
)

_PROGRAMS: tuple[Format, ...] = tuple(
    _without_text("program", key, zh, en, media, *magic)
    for key, zh, en, media, magic in (
        ("elf", "ELF程序", "ELF program", "application/x-elf", ((0, b"\x7fELF"),)),
        ("pe", "Windows程序", "Windows program", "application/x-msdownload", ((0, b"MZ"),)),
        ("java", "Java类", "Java class", "application/java-vm", ((0, b"\xca\xfe\xba\xbe"),)),
        (
            "macho",
            "Mach-O程序",
            "Mach-O program",
            "application/x-mach-binary",
            ((0, b"\xcf\xfa\xed\xfe"), (0, b"\xce\xfa\xed\xfe")),
        ),
        ("dex", "Android程序", "Android program", "application/x-dex", ((0, b"dex\n03"),)),
        ("wasm", "WebAssembly", "WebAssembly", "application/wasm", ((0, b"\x00asm"),)),
    )
)

_FONTS: tuple[Format, ...] = tuple(
    _without_text("font", key, zh, en, media, *magic)
    for key, zh, en, media, magic in (
        ("ttf", "TrueType字体", "TrueType font", "font/ttf", ((0, b"\x00\x01\x00\x00\x00"),)),
        ("otf", "OpenType字体", "OpenType font", "font/otf", ((0, b"OTTO"),)),
        ("ttc", "字体集", "font collection", "font/collection", ((0, b"ttcf\x00"),)),
        ("woff", "网页字体", "web font", "font/woff", ((0, b"wOFF"), (0, b"wOF2"))),
    )
)

_KEY_STORES: tuple[Format, ...] = (
    _without_text(
        "key_store",
        "jks",
        "Java密钥库",
        "Java key store",
        "application/x-java-keystore",
        (0, b"\xfe\xed\xfe\xed\x00\x00\x00"),
        (0, b"\xce\xce\xce\xce\x00\x00\x00"),
    ),
)

_UNREAD: tuple[Format, ...] = (
    Format(
        key="access",
        zh="Access数据库",
        en="Access database",
        media="application/x-msaccess",
        magic=((4, b"Standard Jet DB"), (4, b"Standard ACE DB")),
    ),
    Format(
        key="pgp",
        zh="PGP加密信息",
        en="PGP message",
        media="application/pgp-encrypted",
        magic=((0, b"\x85\x01"), (0, b"\x85\x02"), (0, b"\xc1\xc0"), (0, b"\xc1\xc1")),
    ),
)

_DER: tuple[Format, ...] = (
    _without_text(
        "key_store", "pkcs12", "PKCS#12证书库", "PKCS#12 key store", "application/x-pkcs12"
    ),
    _without_text("key_store", "pkcs8", "私钥", "private key", "application/pkcs8"),
    _without_text("certificate", "x509", "X.509证书", "X.509 certificate", "application/pkix-cert"),
    _without_text("signature", "cms", "CMS签名", "CMS signature", "application/pkcs7-signature"),
    Format(
        key="enveloped",
        zh="CMS加密信息",
        en="CMS enveloped data",
        media="application/pkcs7-mime",
        reader=read_enveloped,
    ),
)

_LONG = 0x80
_LEAST_DER = 16
_DER_OPENINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x02\x01\x03\x30", "pkcs12"),  # RFC 7292, 4: version 3
    (b"\x02\x01\x00\x30", "pkcs8"),  # RFC 5958: version 0, an algorithm
    (b"\x02\x01\x00\x02", "pkcs8"),  # RFC 8017, A.1.2: version 0, a modulus
    (b"\x02\x01\x01\x04", "pkcs8"),  # RFC 5915: version 1, an octet string
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "cms"),
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", "enveloped"),
    (b"\x06\x0a\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02", "cms"),  # GM/T 0010
    (b"\x06\x0a\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x03", "enveloped"),
)
"""What stands first in the outer sequence. A certificate begins with a sequence."""


def der_kind(head: bytes) -> str:
    """Return the key of the DER structure (X.690) that a content begins with; empty for none."""
    inner = _inside(head)
    if inner is None:
        return ""
    for opening, key in _DER_OPENINGS:
        if inner.startswith(opening):
            return key
    certified = _inside(inner)
    if certified is not None and certified.startswith(b"\xa0\x03\x02\x01\x02"):
        return "x509"  # RFC 5280, 4.1: version 3
    return ""


def _inside(data: bytes) -> bytes | None:
    """Return what is in a sequence; None where it is none."""
    if data[:1] != b"\x30" or len(data) < _LEAST_DER:
        return None
    length = data[1]
    return data[2:] if length < _LONG else data[2 + (length & ~_LONG) :]


NATURES: tuple[Format, ...] = (*_MEDIA, *_PROGRAMS, *_FONTS, *_KEY_STORES, *_UNREAD, *_DER)
