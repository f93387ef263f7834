"""Security blobs of SMB, LDAP and others: SPNEGO (RFC 4178) around NTLM or Kerberos, or either.

Which mechanism it is and whose name it says; the blob itself is not taken apart further.
"""

from sensors.protocol.parser import Fields
from sensors.protocol.windows.ntlm import NTLM_FIELDS, ntlm_fields

SECURITY_FIELDS = ("smb.authentication", *NTLM_FIELDS)

_NTLM = b"NTLMSSP\0"
_KERBEROS = (
    b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00",
    b"\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02\x01\x00",
)
"""OIDs of Kerberos 5 (RFC 4121, and as Microsoft wrote it), with the mark of an AP-REQ."""


def mechanism(blob: bytes) -> str | None:
    """Return ntlm or kerberos where the blob holds a message of it."""
    if _NTLM in blob:
        return "ntlm"
    return "kerberos" if any(mark in blob for mark in _KERBEROS) else None


def security_fields(blob: bytes) -> Fields:
    """Return mechanism and names."""
    found = mechanism(blob)
    if found is None:
        return {}
    return {"smb.authentication": found, **ntlm_fields(blob)}
