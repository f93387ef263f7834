"""Logs pushed by HTTP: `POST /logs/{input}` with the input's key, durable before the answer.

The body is lines, JSON lines or a JSON array, plain or gzip. A sender that lost an answer sends
the same body again with the same `Idempotency-Key`, and nothing is stored twice.
"""

import asyncio
import functools
from collections.abc import Mapping

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from sensors.input.counters import Counters
from sensors.input.network.listening import peer_text
from sensors.input.opening import Door, Opened
from sensors.input.push import BODY_OCTETS, Push, TooLarge, unpacked
from sensors.input.stopping import Stop
from sensors.log.completion import Completed
from situation.faults import Malformed, Unavailable

MOST_REQUESTS = 32
"""Requests that are taken at once; each holds a body of at most `BODY_OCTETS`."""
MOST_TURNED = 2
"""Bodies that are unpacked and parsed at once."""
MOST_CONNECTIONS = 512
RETRY_SECONDS = 5
_STOP_SECONDS = 10

_JSON = frozenset({"application/json"})
_LINES = frozenset(
    {"", "text/plain", "application/x-ndjson", "application/ndjson", "application/jsonl"}
)
_ENCODINGS = frozenset({"", "identity", "gzip"})
_BAD_REQUEST, _NO_KEY, _NOT_FOUND, _TOO_LARGE, _NO_TYPE, _AWAY = 400, 401, 404, 413, 415, 503


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A request that is refused: the answer's status, the reason that is counted, the words."""

    def __init__(self, status: int, reason: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.reason = reason
        self.words = words


class _Turnstile:
    """Lets a bounded number of requests in, and fewer of them to the parser."""

    def __init__(self) -> None:
        self.turning = asyncio.Semaphore(MOST_TURNED)
        self._inside = 0

    def __enter__(self) -> None:
        if self._inside >= MOST_REQUESTS:
            raise Refusal(_AWAY, "too_many", "too many requests at once")
        self._inside += 1

    def __exit__(self, *_: object) -> None:
        self._inside -= 1


def build_receiver(pushes: Mapping[str, Push]) -> FastAPI:
    """Build the application that takes what is pushed to the inputs, by name."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    turnstile = _Turnstile()

    @app.post("/logs/{name}")
    async def receive(name: str, request: Request) -> Response:
        push = pushes.get(name)
        if push is None:
            return _refused(Refusal(_NOT_FOUND, "no_input", "there is no such input"))
        try:
            completed = await _received(push, request, turnstile)
        except Refusal as refusal:
            push.refuse(refusal.reason)
            return _refused(refusal)
        return JSONResponse(_counts(completed))

    return app


async def _received(push: Push, request: Request, turnstile: _Turnstile) -> Completed:
    _check(push, request)
    with turnstile:
        body = await _body(request)
        async with turnstile.turning:
            return await run_in_threadpool(_take, push, request, body)


def _check(push: Push, request: Request) -> None:
    """Refuse what can be refused before the body is read."""
    if not push.admits(_key_of(request)):
        raise Refusal(_NO_KEY, "no_key", "the key of the input is needed")
    encoding = request.headers.get("content-encoding", "").strip().lower()
    kind = _media_type(request)
    if encoding not in _ENCODINGS:
        raise Refusal(_NO_TYPE, "encoding", f"Content-Encoding {encoding} is not taken: gzip is")
    if kind not in _JSON | _LINES:
        raise Refusal(
            _NO_TYPE, "media_type", f"{kind} is not taken: text/plain, JSON and JSON lines are"
        )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > BODY_OCTETS:
        raise _too_large(f"the body is larger than {BODY_OCTETS} octets")


def _key_of(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "apikey":
        return key.strip()
    return request.headers.get("x-api-key", "")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes:
    pieces: list[bytes] = []
    octets = 0
    async for piece in request.stream():
        octets += len(piece)
        if octets > BODY_OCTETS:
            raise _too_large(f"the body is larger than {BODY_OCTETS} octets")
        pieces.append(piece)
    return b"".join(pieces)


def _too_large(words: str) -> Refusal:
    return Refusal(_TOO_LARGE, "too_large", words)


def _take(push: Push, request: Request, body: bytes) -> Completed:
    """Hand over a body; a fault becomes the answer that says what the sender should do."""
    packed = request.headers.get("content-encoding", "").strip().lower() == "gzip"
    peer = peer_text(request.client.host) if request.client else ""
    try:
        return push.take(
            unpacked(body) if packed else body,
            is_json=_media_type(request) in _JSON,
            peer=peer,
            repeat_key=request.headers.get("idempotency-key", ""),
        )
    except TooLarge as fault:
        raise _too_large(str(fault)) from fault
    except Malformed as fault:
        raise Refusal(_BAD_REQUEST, "malformed", str(fault)) from fault
    except Unavailable as fault:
        raise Refusal(_AWAY, "no_room", str(fault)) from fault


def _counts(completed: Completed) -> dict[str, object]:
    return {
        "events": completed.frame.height,
        "skipped": dict(completed.skipped),
        "faults": dict(completed.faults),
    }


def _refused(refusal: Refusal) -> Response:
    headers = {}
    if refusal.status == _AWAY:
        headers["retry-after"] = str(RETRY_SECONDS)
    if refusal.status == _NO_KEY:
        headers["www-authenticate"] = "ApiKey"
    return JSONResponse(
        {"reason": refusal.reason, "detail": refusal.words}, refusal.status, headers
    )


class _Server(uvicorn.Server):
    """A server that ends when it is told to, not by a signal."""

    def __init__(self, config: uvicorn.Config, stop: Stop) -> None:
        super().__init__(config)
        self._stop = stop

    async def on_tick(self, counter: int) -> bool:
        """Return whether to end; asked ten times a second."""
        return await super().on_tick(counter) or self._stop.is_set()


class Receiver:
    """Serves the pushes that come in by one door."""

    def __init__(self, door: Door, counters: Counters) -> None:
        self.counters = counters
        self._door = door

    def run(self, stop: Stop) -> None:
        """Serve until `stop`; requests that are open then are answered first."""
        certificate, key = self._door.tls or (None, None)
        config = uvicorn.Config(
            build_receiver(self._door.pushes),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        # The server closes the socket that it is given; the door stays open for the next start.
        _Server(config, stop).run(sockets=[self._door.listener.dup()])


def add_receivers(opened: Opened) -> None:
    """Let the doors of inputs that are pushed to be served as inputs of their own."""
    for door in opened.doors.values():
        name = next(iter(door.pushes))
        opened.makers[name] = functools.partial(Receiver, door, opened.counters[name])
