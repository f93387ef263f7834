"""The connection to an SFTP server: one transport, a channel for each thread that asks.

A server whose host key is not in the file `known_hosts` of the target is not spoken to; nothing
of this machine's own keys, agent or configuration is used.
"""

import contextlib
import errno
import logging
import pathlib
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import paramiko

from sensors.content.source.source import Barred
from situation.faults import Fault, Misconfigured, Unavailable

CHANNELS = 8
"""Channels at once; OpenSSH allows ten sessions of a connection."""
CONNECT_SECONDS = 15.0
ANSWER_SECONDS = 60.0
_KEEPALIVE_SECONDS = 30
PORT = 22

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the server is, who logs in, and by which file its host key is known."""

    host: str
    user: str
    known_hosts: pathlib.Path
    port: int = PORT
    password: str = ""
    """Of the user, or of the key where there is one."""
    key_file: pathlib.Path | None = None

    @property
    def location(self) -> str:
        """URL of the server without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sftp://{host}" + ("" if self.port == PORT else f":{self.port}")


class Connection:
    """Lends channels of one connection, which is made when the first one is asked for."""

    def __init__(self, login: Login) -> None:
        # It would tell with a traceback, and names of files, what our faults tell.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)
        self._login = login
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self._client.load_host_keys(str(login.known_hosts))
        except (OSError, paramiko.SSHException) as error:
            raise Misconfigured(f"{login.known_hosts}: {error}", where="known_hosts") from error
        self._places = threading.BoundedSemaphore(CHANNELS)
        self._connecting = threading.Lock()
        self._idle: deque[paramiko.SFTPClient] = deque()

    @contextlib.contextmanager
    def lend(self) -> Iterator[paramiko.SFTPClient]:
        """Lend a channel that nobody else uses meanwhile.

        What its server says becomes a fault: `Barred` for what it does not hand out or has no
        more, `Unavailable` where it is away, `Misconfigured` where it is not known by its key.
        """
        with self._places, contextlib.ExitStack() as unsound:
            channel = self._channel()
            # Answers may still be under way that the next one would take for its own.
            unsound.callback(channel.close)
            try:
                yield channel
            except (OSError, EOFError, paramiko.SSHException) as error:
                fault = self._fault(error)
                if isinstance(fault, Barred):
                    unsound.pop_all()
                    self._idle.append(channel)
                raise fault from error
            unsound.pop_all()
            self._idle.append(channel)

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def _channel(self) -> paramiko.SFTPClient:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        try:
            channel = paramiko.SFTPClient.from_transport(self._transport())
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise Unavailable(_words(error), where=self._login.location) from error
        channel.get_channel().settimeout(ANSWER_SECONDS)
        return channel

    def _transport(self) -> paramiko.Transport:
        with self._connecting:
            transport = self._client.get_transport()
            if transport is None:
                self._connect()
                transport = self._client.get_transport()
                transport.set_keepalive(_KEEPALIVE_SECONDS)
            return transport

    def _connect(self) -> None:
        login = self._login
        try:
            self._client.connect(
                login.host,
                login.port,
                username=login.user,
                password=login.password or None,
                key_filename=None if login.key_file is None else str(login.key_file),
                timeout=CONNECT_SECONDS,
                banner_timeout=CONNECT_SECONDS,
                auth_timeout=CONNECT_SECONDS,
                channel_timeout=CONNECT_SECONDS,
                allow_agent=False,
                look_for_keys=False,
            )
        except paramiko.BadHostKeyException as error:
            raise self._stranger("its host key is another than that") from error
        except paramiko.PasswordRequiredException as error:
            raise Misconfigured("the key has a password", where=str(login.key_file)) from error
        except paramiko.AuthenticationException as error:
            raise Unavailable("it does not accept our login", where=login.location) from error
        except paramiko.SSHException as error:
            if "known_hosts" in str(error):
                raise self._stranger("its host key is not") from error
            raise Unavailable(_words(error), where=login.location) from error
        except (OSError, EOFError) as error:
            raise self._away(error) from error

    def _stranger(self, words: str) -> Misconfigured:
        login = self._login
        ask = f"ssh-keyscan -p {login.port} {login.host}"
        told = f"compare what `{ask}` prints with its operator's fingerprint, then add it"
        return Misconfigured(f"{words} in {login.known_hosts}: {told}", where=login.location)

    def _away(self, error: OSError | EOFError) -> Fault:
        named = getattr(error, "filename", None)
        if named is not None and str(named) == str(self._login.key_file):
            return Misconfigured(_words(error), where=str(named))
        return Unavailable(_words(error), where=self._login.location)

    def _fault(self, error: OSError | EOFError | paramiko.SSHException) -> Fault:
        if isinstance(error, OSError) and error.errno in _GONE:
            return Barred("vanished", "there is no such file")
        if isinstance(error, OSError) and error.errno == errno.EACCES:
            return Barred("denied", "permission denied")
        transport = self._client.get_transport()
        # A status that the protocol has no name for comes as an error without a number.
        is_answer = type(error) is OSError and error.errno is None
        if is_answer and transport is not None and transport.is_active():
            return Barred("denied", _words(error))
        return Unavailable(_words(error), where=self._login.location)


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or "the connection was cut"
