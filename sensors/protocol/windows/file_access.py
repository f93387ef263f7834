"""How a file of a share is opened (MS-SMB2 2.2.13): for what, and what becomes of it."""

from sensors.protocol.parser import Fields

ACCESS_FIELDS = ("file.path", "file.name", "smb.access", "smb.disposition", "smb.delete_on_close")

_RIGHTS = (
    ("read", 0x80000001),
    ("write", 0x40000006),
    ("execute", 0x20000020),
    ("delete", 0x00010040),
    ("change_rights", 0x000C0000),
    ("all", 0x12000000),
)
"""Rights of the access mask (2.2.13.1.1) that matter, generic and of files."""
_DISPOSITIONS = ("supersede", "open", "create", "open_if", "overwrite", "overwrite_if")
_DELETE_ON_CLOSE = 0x1000


def opened(path: str, access: int, disposition: int, options: int) -> Fields:
    """Return the fields of an open."""
    fields = path_fields(path)
    rights = [name for name, bits in _RIGHTS if access & bits]
    if rights:
        fields["smb.access"] = rights
    if disposition < len(_DISPOSITIONS):
        fields["smb.disposition"] = _DISPOSITIONS[disposition]
    if options & _DELETE_ON_CLOSE:
        fields["smb.delete_on_close"] = True
    return fields


def path_fields(path: str) -> dict[str, object]:
    """Return a path on a share, and the name at its end."""
    shown = path or "\\"
    name = shown.rpartition("\\")[2]
    return {"file.path": shown, "file.name": name} if name else {"file.path": shown}
