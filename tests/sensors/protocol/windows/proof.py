"""Messages of NTLM by hand (MS-NLMP 2.2.1.3)."""

import struct

_HEAD_OCTETS = 64


def authenticated(user: str, domain: str, workstation: str) -> bytes:
    """Return an AUTHENTICATE message without responses."""
    texts = [text.encode("utf-16-le") for text in (domain, user, workstation)]
    spans, at = struct.pack("<HHI", 0, 0, _HEAD_OCTETS) * 2, _HEAD_OCTETS
    for text in texts:
        spans += struct.pack("<HHI", len(text), len(text), at)
        at += len(text)
    rest = struct.pack("<HHI", 0, 0, at) + struct.pack("<I", 1)
    return b"NTLMSSP\0\3\0\0\0" + spans + rest + b"".join(texts)
