"""Names of files as people are shown them, whatever octets a server keeps them in."""


def shown(octets: bytes) -> str:
    """Return a name as text: UTF-8, else GB18030, else with its octets escaped."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "backslashreplace")
