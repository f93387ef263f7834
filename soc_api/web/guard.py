"""What holds for every answer and every unsafe request: headers, and the same origin."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_HSTS = "max-age=31536000"


class HeaderGuard:
    """ASGI middleware that puts the security headers on every answer.

    Pages are not stored by the browser; static files are asked for again with their tag.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope.get("path", ""), https=self._https)
            await send(message)

        await self._app(scope, receive, send_guarded)


def add_headers(headers: MutableHeaders, path: str, *, https: bool) -> None:
    """Put the security headers of the answer to `path` into `headers`."""
    headers.update(_HEADERS)
    headers["cache-control"] = "no-cache" if path.startswith("/static/") else "no-store"
    if https:
        headers["strict-transport-security"] = _HSTS


def comes_from_here(request: Request) -> bool:
    """Tell whether a request that changes something was sent by a page of this console.

    The browser's own word (Fetch Metadata) counts first, then the Origin header; a request
    with neither is not from a browser of today and is refused (OWASP ASVS 5.0, 3.5).
    """
    if request.method in SAFE_METHODS:
        return True
    headers: Headers = request.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    return origin.partition("://")[2] == headers.get("host", "") != ""
