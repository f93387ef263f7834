"""Protection of QUIC's Initial packets, whose keys are no secret (RFC 9001, 5; RFC 9369, 3)."""

import functools
import hashlib
import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_KEY_OCTETS, _IV_OCTETS, _SECRET_OCTETS = 16, 12, 32
_SAMPLE_BEHIND, _SAMPLE_OCTETS = 4, 16
_FORM_BITS = 0x0F
_NUMBER_BITS = 0x03
_REMEMBERED = 1024


class Dialect(NamedTuple):
    """How a version derives its keys."""

    name: str
    salt: bytes
    label: str = "quic "
    initial: int = 0
    """Type of Initial packets."""


_V1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_V2 = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_DRAFT_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_DRAFT_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_DRAFT_21 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_T051 = bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d")
_T050 = bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310")

DIALECTS = {
    0x00000001: Dialect("1", _V1),
    0x6B3343CF: Dialect("quicv2", _V2, "quicv2 ", 1),
    **{0xFF000000 | draft: Dialect(f"draft-{draft}", _V1) for draft in (33, 34)},
    **{0xFF000000 | draft: Dialect(f"draft-{draft}", _DRAFT_29) for draft in range(29, 33)},
    **{0xFF000000 | draft: Dialect(f"draft-{draft}", _DRAFT_23) for draft in range(23, 29)},
    **{0xFF000000 | draft: Dialect(f"draft-{draft}", _DRAFT_21) for draft in (21, 22)},
    0xFACEB001: Dialect("mvfst-draft-22", _DRAFT_21),
    0xFACEB002: Dialect("mvfst-draft-27", _DRAFT_23),
    0x54303530: Dialect("T050", _T050),
    0x54303531: Dialect("T051", _T051),
}
"""Versions whose Initial packets can be read, by number."""


class Keys(NamedTuple):
    """What protects the Initial packets of one side."""

    packet: AESGCM
    header: Cipher[ECB]
    iv: bytes


def _expand(secret: bytes, label: str, octets: int) -> bytes:
    """Return HKDF-Expand-Label of TLS 1.3 (RFC 8446, 7.1) without a context, of one block."""
    name = b"tls13 " + label.encode()
    info = octets.to_bytes(2) + bytes((len(name),)) + name + b"\0\1"
    return hmac.digest(secret, info, hashlib.sha256)[:octets]


@functools.lru_cache(maxsize=_REMEMBERED)
def initial_keys(dialect: Dialect, destination: bytes, side: str) -> Keys:
    """Return the keys of a side (client or server).

    `destination` is the connection id that the client's first packet went to.
    """
    common = hmac.digest(dialect.salt, destination, hashlib.sha256)
    secret = _expand(common, f"{side} in", _SECRET_OCTETS)
    key = _expand(secret, f"{dialect.label}key", _KEY_OCTETS)
    return Keys(
        AESGCM(key),
        Cipher(AES(_expand(secret, f"{dialect.label}hp", _KEY_OCTETS)), ECB()),  # noqa: S305 - as the standard masks headers
        _expand(secret, f"{dialect.label}iv", _IV_OCTETS),
    )


def opened(packet: bytes, number_at: int, keys: Keys) -> bytes | None:
    """Return what an Initial packet holds; None where the keys are not its own.

    `number_at` is where its packet number stands; the packet ends where the octets end.
    """
    sample_at = number_at + _SAMPLE_BEHIND
    if sample_at + _SAMPLE_OCTETS > len(packet):
        return None
    mask = keys.header.encryptor().update(packet[sample_at : sample_at + _SAMPLE_OCTETS])
    first = packet[0] ^ mask[0] & _FORM_BITS
    size = (first & _NUMBER_BITS) + 1
    masked = int.from_bytes(packet[number_at : number_at + size])
    number = masked ^ int.from_bytes(mask[1 : 1 + size])
    head = bytes((first,)) + packet[1:number_at] + number.to_bytes(size)
    nonce = (int.from_bytes(keys.iv) ^ number).to_bytes(_IV_OCTETS)
    try:
        return keys.packet.decrypt(nonce, packet[number_at + size :], head)
    except InvalidTag:
        return None
