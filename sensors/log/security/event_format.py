"""Lines of CEF and LEEF become documents: the header's parts by name, the pairs below `pairs`.

Sources: ArcSight Common Event Format, implementation standard, revision 26; IBM QRadar Log Event
Extended Format, versions 1.0 and 2.0.
"""

import re
from collections.abc import Mapping

from sensors.log.document.plan import Object

CEF_MARK = r"CEF: ?[0-9]+\|"
LEEF_MARK = r"LEEF: ?[0-9.]+\|"
"""What tells such a line, as patterns that polars and Python both read."""

_PART = r"((?:[^|\\]|\\.)*)\|"
_CEF = re.compile(r"^(?:(.*?)\bCEF:)? ?([0-9]+)\|" + _PART * 6 + r"(.*)$", re.DOTALL)
_LEEF = re.compile(r"^(?:(.*?)\bLEEF:)? ?([0-9.]+)\|" + _PART * 4 + r"(.*)$", re.DOTALL)
_PARTS = ("prefix", "format", "vendor", "product", "version", "code")
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.\[\]-]+)=")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_DELIMITER = re.compile(r"(?:0?x[0-9A-Fa-f]{2,4}|[^|])?\|")
_LABEL = "Label"


def read_cef(text: str) -> Object | None:
    """Return the document of one CEF message, with or without `CEF:` in front; None for none."""
    found = _CEF.match(text)
    if found is None:
        return None
    *parts, name, severity, extension = found.groups()
    named: Object = {"name": _plain(name), "severity": severity.strip()}
    text, pairs = _cef_pairs(extension)
    return {**_header(parts), **named, **_labelled(pairs), **_text(text)}


def read_leef(text: str) -> Object | None:
    """Return the document of one LEEF message, with or without `LEEF:` in front; None for none."""
    found = _LEEF.match(text)
    if found is None:
        return None
    *parts, body = found.groups()
    delimiter = "\t"
    if parts[1].startswith("2"):
        delimiter, body = _delimited(body)
    members = [member.partition("=") for member in body.split(delimiter)]
    pairs = {key.strip(): value.strip() for key, is_pair, value in members if is_pair}
    text = " ".join(key.strip() for key, is_pair, _ in members if not is_pair)
    return {**_header(parts), **_labelled(pairs), **_text(text)}


def _text(text: str) -> Object:
    """Return what is no pair, to be kept."""
    return {"text": text.strip()} if text.strip() else {}


def _header(parts: list[str | None]) -> Object:
    named = zip(_PARTS, parts, strict=True)
    return {name: _plain(part).strip() for name, part in named if part and part.strip()}


def _delimited(body: str) -> tuple[str, str]:
    """Return the delimiter that LEEF 2.0 names, and what follows it."""
    found = _DELIMITER.match(body)
    if found is None:
        return "\t", body
    written = found[0][:-1]
    if len(written) > 1:
        return chr(int(written.lower().lstrip("0").removeprefix("x"), 16)), body[found.end() :]
    return written or "\t", body[found.end() :]


def _cef_pairs(extension: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the first key, and the pairs.

    A value goes on, blanks and all, to where the next key begins.
    """
    keys = list(_KEY.finditer(extension))
    starts = [key.start() for key in keys] + [len(extension)]
    pairs = {
        _FULL_NAMES.get(key[1], key[1]): _plain(extension[key.end() : end].strip())
        for key, end in zip(keys, starts[1:], strict=True)
    }
    return extension[: starts[0]], pairs


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)


def _labelled(pairs: Mapping[str, str]) -> Object:
    """Put values that have a label under it: `cs1Label=policy cs1=inner` is `policy: inner`."""
    labels: dict[str, object] = {}
    moved: set[str] = set()
    for key in pairs:
        label = pairs.get(key + _LABEL)
        if label and label not in labels:
            labels[label] = pairs[key]
            moved |= {key, key + _LABEL}
    found: Object = {"pairs": {key: pairs[key] for key in pairs if key not in moved}}
    return {**found, "labels": labels} if labels else found


_FULL_NAMES: Mapping[str, str] = {
    "sourceAddress": "src",
    "sourcePort": "spt",
    "sourceHostName": "shost",
    "sourceMacAddress": "smac",
    "sourceUserName": "suser",
    "sourceUserId": "suid",
    "sourceNtDomain": "sntdom",
    "sourceProcessName": "sproc",
    "sourceProcessId": "spid",
    "destinationAddress": "dst",
    "destinationPort": "dpt",
    "destinationHostName": "dhost",
    "destinationMacAddress": "dmac",
    "destinationUserName": "duser",
    "destinationProcessName": "dproc",
    "destinationProcessId": "dpid",
    "deviceAction": "act",
    "applicationProtocol": "app",
    "transportProtocol": "proto",
    "bytesIn": "in",
    "bytesOut": "out",
    "message": "msg",
    "deviceReceiptTime": "rt",
    "startTime": "start",
    "endTime": "end",
    "eventOutcome": "outcome",
    "requestUrl": "request",
    "fileName": "fname",
    "fileSize": "fsize",
    "deviceAddress": "dvc",
    "deviceHostName": "dvchost",
    "deviceEventCategory": "cat",
    "baseEventCount": "cnt",
}
"""Full names of ArcSight's dictionary that some devices send instead of the short ones."""
