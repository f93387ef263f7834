"""What an error of the client means: a fault with one plain sentence."""

import importlib.metadata
import re
from dataclasses import dataclass

from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    BadRequestError,
    TransportError,
    UnsupportedProductError,
)

from situation.faults import Fault, Malformed, Misconfigured, Unavailable

ClientError = ApiError | TransportError | UnsupportedProductError

NOT_OURS = "the server is no Elasticsearch"
_PRODUCT = "x-elastic-product"
_MAY_BE_BETWEEN = frozenset({408, 413, 429, 502, 503, 504})
"""Answers that a proxy in front of the server gives by itself."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What words in an error of the connection stand for; `lasting` needs an operator."""

    words: str
    sentence: str
    lasting: bool = True


_TRUST = "name its CA in store.ca_certs or its own fingerprint in store.fingerprint"
_MEANINGS = (
    _Meaning("self-signed certificate", f"its certificate is signed by none but itself: {_TRUST}"),
    _Meaning("unable to get local issuer", f"its certificate is of an unknown CA: {_TRUST}"),
    _Meaning("certificate signature failure", f"its certificate is of another CA: {_TRUST}"),
    _Meaning("Hostname mismatch", "its certificate is made out for another host name"),
    _Meaning("IP address mismatch", "its certificate is made out for another address"),
    _Meaning("certificate has expired", "its certificate has expired"),
    _Meaning("certificate is not yet valid", "its certificate is not valid yet"),
    _Meaning("Fingerprints did not match", "its certificate is not that of store.fingerprint"),
    _Meaning("WRONG_VERSION_NUMBER", "it speaks no TLS: its URL begins with http:"),
    _Meaning("No such file or directory", "the file store.ca_certs cannot be read"),
    _Meaning("NO_CERTIFICATE_OR_CRL_FOUND", "the file store.ca_certs holds no certificate"),
    _Meaning("Connection refused", "nobody listens there (connection refused)", lasting=False),
    _Meaning("Failed to resolve", "its host name is unknown", lasting=False),
    _Meaning(
        "closed connection without response",
        "it closed the connection without an answer; a server with TLS wants an URL with https:",
        lasting=False,
    ),
    _Meaning("timed out", "it does not answer in time", lasting=False),
)  # fmt: skip
_LESS_THAN_SENT = ("Connection refused", "Failed to establish", "Failed to resolve")


def fault(error: ClientError, where: str) -> Fault:
    """Return the fault that an error of the client stands for."""
    if isinstance(error, UnsupportedProductError) or _is_stranger(error):
        return Misconfigured(NOT_OURS, where=where)
    if isinstance(error, TransportError):
        meaning = _meaning(error)
        kind = Misconfigured if meaning is not None and meaning.lasting else Unavailable
        words = meaning.sentence if meaning is not None else str(error.message)
        return kind(f"the server cannot be reached: {words}", where=where)
    return _answered(error, where)


def is_misconfigured(error: ClientError) -> bool:
    """Return whether nothing will work before an operator changes something."""
    return isinstance(fault(error, ""), Misconfigured)


def was_not_sent(error: TransportError) -> bool:
    """Return whether there was no connection, so that no request can have arrived."""
    return any(words in str(error.message) for words in _LESS_THAN_SENT)


def reason(error: ApiError) -> str:
    """Return the server's own words for an error, as far as it sent any."""
    if _has_own_form(error):
        told = error.body["error"]
        causes = [*told.get("root_cause", []), told]
        return " ".join(str(causes[0].get(key, "")) for key in ("type", "reason")).strip()
    return str(error.message)


def forbidden(words: str) -> str:
    """Return the sentence on a missing privilege, made from the server's long one."""
    match = _PRIVILEGE.search(words)
    if match is None:
        return f"the server forbids it: {words}"
    where = f" on {match['what']}" if match["what"] else ""
    return f"the server forbids it: {match['who']} lacks the privilege {match['least']}{where}"


_PRIVILEGE = re.compile(
    r"is unauthorized for (?P<who>.*?)(?: with effective roles \[.*?\])?"
    r"(?: on (?:restricted )?indices (?P<what>\[.*?\]))?, "
    r"this action is granted by the (?:index|cluster) privileges \[(?P<least>[^],]+)"
)


def _is_stranger(error: ApiError | TransportError) -> bool:
    # A refusal for want of rights comes without the header, but in the server's own form.
    return (
        isinstance(error, ApiError)
        and error.status_code not in _MAY_BE_BETWEEN
        and _PRODUCT not in error.meta.headers
        and not _has_own_form(error)
    )


def _has_own_form(error: ApiError) -> bool:
    return isinstance(error.body, dict) and isinstance(error.body.get("error"), dict)


def _meaning(error: TransportError) -> _Meaning | None:
    words = str(error.message)
    return next((meaning for meaning in _MEANINGS if meaning.words in words), None)


def _answered(error: ApiError, where: str) -> Fault:
    words = reason(error)
    if isinstance(error, AuthenticationException):
        return Unavailable("the server does not accept our credentials", where=where)
    if isinstance(error, AuthorizationException):
        return Unavailable(forbidden(words), where=where)
    if "media_type_header_exception" in words:
        version = importlib.metadata.version("elasticsearch")
        told = f"the server is of an older line than our client {version}"
        return Misconfigured(f"{told}: install elasticsearch of its own line", where=where)
    if isinstance(error, BadRequestError) or "too_many_buckets" in words:
        return Malformed(words, where=where)
    return Unavailable(f"the server answered {error.status_code}: {words}", where=where)
