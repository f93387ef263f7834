"""What the SFTP library lacks: names that are no UTF-8, and a fetch that ends whatever comes.

Its own way of asking ahead waits in a thread for answers that a file which shrank never gets.
Protocol: draft-ietf-secsh-filexfer-02, 6.4 (read) and 6.7 (names).
"""

from collections.abc import Iterator
from typing import Final

import paramiko
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_DATA,
    CMD_NAME,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_STATUS,
    int64,
)

PIECE: Final = 32 * 1024
"""Octets that every server hands out at once."""
AHEAD: Final = 32
"""Pieces that are asked for before the first of them is there."""


def names(
    channel: paramiko.SFTPClient, folder: bytes
) -> Iterator[tuple[bytes, paramiko.SFTPAttributes]]:
    """Yield the names of a folder as octets, with their status; links are not followed."""
    _, answer = channel._request(CMD_OPENDIR, folder)  # noqa: SLF001 - the library has no other way
    place = answer.get_binary()
    while True:
        try:
            kind, answer = channel._request(CMD_READDIR, place)  # noqa: SLF001 - as above
        except EOFError:
            break
        if kind != CMD_NAME:
            raise paramiko.SFTPError("it answers with something else than names")
        for _ in range(answer.get_int()):
            raw, _told = answer.get_binary(), answer.get_binary()
            status = paramiko.SFTPAttributes._from_msg(answer)  # noqa: SLF001 - as above
            if raw not in {b".", b".."}:
                yield raw, status
    channel._request(CMD_CLOSE, place)  # noqa: SLF001 - as above


def pieces(channel: paramiko.SFTPClient, place: bytes, size: int) -> Iterator[bytes]:
    """Yield the octets of an open file up to its end; `size` is how long it should be."""
    return _Fetch(channel, place, size).pieces()


class _Fetch:
    """Asks for pieces ahead and hands them out in their order."""

    def __init__(self, channel: paramiko.SFTPClient, place: bytes, size: int) -> None:
        self._channel, self._place, self._size = channel, place, size
        self._asked: dict[int, int] = {}
        self._there: dict[int, bytes] = {}
        self._next = 0

    def pieces(self) -> Iterator[bytes]:
        offset = 0
        while True:
            self._ask_ahead(offset)
            piece = self._piece(offset)
            if not piece:
                break
            yield piece
            offset += len(piece)
            if len(piece) < PIECE:
                # The end, or a server that hands out less than was asked for.
                self._drain()
                self._next = offset
        self._drain()

    def _ask_ahead(self, offset: int) -> None:
        most = min(max(self._size, offset), offset + AHEAD * PIECE)
        while self._next <= most and len(self._asked) < AHEAD:
            number = self._channel._async_request(  # noqa: SLF001 - as above
                self, CMD_READ, self._place, int64(self._next), PIECE
            )
            self._asked[number] = self._next
            self._next += PIECE

    def _piece(self, offset: int) -> bytes:
        while offset not in self._there:
            self._channel._read_response()  # noqa: SLF001 - as above
        return self._there.pop(offset)

    def _drain(self) -> None:
        while self._asked:
            self._channel._read_response()  # noqa: SLF001 - as above
        self._there.clear()

    def _async_response(self, kind: int, answer: paramiko.Message, number: int) -> None:
        """Take an answer; the library calls this by name."""
        offset = self._asked.pop(number)
        self._there[offset] = b""
        if kind == CMD_STATUS:
            try:
                self._channel._convert_status(answer)  # noqa: SLF001 - as above
            except EOFError:
                return
        if kind != CMD_DATA:
            raise paramiko.SFTPError("it answers with something else than octets")
        self._there[offset] = answer.get_binary()
