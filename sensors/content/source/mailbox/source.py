"""Mails on an IMAP server as a source of files, each a resource; none is marked as read.

Protocol: RFC 3501; only over TLS from the first octet, as RFC 8314 wants it.
"""

import contextlib
import imaplib
import pathlib
import re
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.limits import MIB
from sensors.content.source.fetching import fetched
from sensors.content.source.mailbox.naming import Folder, folder_of
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from situation.content.resource import Exposure, Resource
from situation.faults import Misconfigured, Unavailable

PORT = 993
ANSWER_SECONDS = 60.0
MOST_OCTETS = 256 * MIB
"""Size from which a mail is not fetched: the library holds it whole."""

_SIZE = re.compile(rb"UID (\d+) RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+) UID (\d+)")
_SUFFIX = ".eml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose mails are read where. `folder` is the one that is walked with all in it, empty: all."""

    host: str
    user: str
    password: str
    port: int = PORT
    folder: str = ""
    ca_certs: pathlib.Path | None = None

    @property
    def location(self) -> str:
        """URL of the server without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"imaps://{host}" + ("" if self.port == PORT else f":{self.port}")


class MailboxSource:
    """Mails of one account as `imaps://HOST/FOLDER/NUMBER.eml`, the number that the server gives.

    A mail never changes under its number, so that its stamp is that number with the folder's
    UIDVALIDITY. Folders are opened for reading alone. One connection, used by one at a time.
    """

    def __init__(
        self,
        account: Account,
        *,
        selection: Selection | None = None,
        exposure: Exposure | None = None,
    ) -> None:
        self._account = account
        self._location = account.location
        self._selection = selection or Selection()
        seen = exposure or Exposure()
        self._exposure = replace(seen, encrypted_transport=True, owner=account.user)
        self._context = _context(account.ca_certs)
        self._turn = threading.Lock()
        self._connection: imaplib.IMAP4_SSL | None = None
        self._folders: dict[str, Folder] = {}
        self._examined = ("", "")
        self.passed_over: Mapping[str, int] = {}

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the mails behind `after`, in the order of their paths over all folders."""
        found: list[Resource] = []
        for folder in self._listed():
            found += [one for one in self._mails(folder) if one.path > after]
        yield from sorted(found, key=lambda one: one.path)

    def _listed(self) -> list[Folder]:
        with self._server() as server:
            _, lines = server.list()
        folders = [folder_of(line) for line in lines if line is not None]
        wanted = [one for one in folders if one is not None and one.is_in(self._account.folder)]
        if not wanted and self._account.folder:
            raise Misconfigured("there is no such folder", where=self._account.folder)
        self._folders = {one.name: one for one in wanted}
        return wanted

    def _mails(self, folder: Folder) -> Iterator[Resource]:
        try:
            with self._server() as server:
                validity = self._examine(server, folder)
                _, lines = server.uid("FETCH", "1:*", "(RFC822.SIZE)")
        except Barred:
            yield Resource(path=f"{self._location}/{folder.name}/", exposure=self._exposure)
            return
        for number, size in _sizes(lines):
            shown = f"{folder.name}/{number:010}{_SUFFIX}"
            if self._selection.takes(shown):
                yield Resource(
                    path=f"{self._location}/{shown}",
                    size=size,
                    stamp=f"{validity}-{number}",
                    exposure=self._exposure,
                )

    def open(self, resource: Resource) -> BinaryIO:
        """Fetch a mail; raise `Barred` where it is gone or not handed out."""
        if resource.size > MOST_OCTETS:
            raise Barred("too_large", f"a mail of {resource.size} octets")
        return fetched([self._asked(resource, "(BODY.PEEK[])")[1]], resource.size)

    def stamp(self, resource: Resource) -> str:
        """Return the stamp of a mail; raise `Barred` where it is gone."""
        return self._asked(resource, "(UID)")[0]

    def _asked(self, resource: Resource, wanted: str) -> tuple[str, bytes]:
        """Return stamp and content of a mail, the content empty unless it was wanted."""
        folder, number = self._place(resource)
        with self._server() as server:
            validity = self._examine(server, folder)
            stamp = f"{validity}-{number}"
            if resource.stamp and stamp != resource.stamp:
                raise Barred("vanished", "its folder was made anew")
            _, answer = server.uid("FETCH", str(number), wanted)
        found = [one for one in answer if one]
        if not found:
            raise Barred("vanished", "there is no such mail")
        return stamp, b"".join(one[1] for one in found if isinstance(one, tuple))

    def _place(self, resource: Resource) -> tuple[Folder, int]:
        name, _, number = resource.path.removeprefix(f"{self._location}/").rpartition("/")
        if name not in self._folders:
            self._listed()
        if name not in self._folders or not number:
            raise Barred("denied" if name in self._folders else "vanished", "no mail is there")
        return self._folders[name], int(number.removesuffix(_SUFFIX))

    def _examine(self, server: imaplib.IMAP4_SSL, folder: Folder) -> str:
        """Open a folder for reading alone, unless it is open, and return its UIDVALIDITY."""
        if self._examined[0] != folder.name:
            self._examined = ("", "")
            told, _ = server.select(folder.quoted, readonly=True)
            if told != "OK":
                raise Barred("denied", "its folder is not opened")
            (validity,) = server.response("UIDVALIDITY")[1] or [b""]
            self._examined = (folder.name, (validity or b"").decode("ascii", "replace"))
        return self._examined[1]

    @contextlib.contextmanager
    def _server(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Lend the connection; what breaks it is `Unavailable`, and the next one is made anew."""
        with self._turn:
            try:
                if self._connection is None:
                    self._connection = self._connected()
                yield self._connection
            except (imaplib.IMAP4.error, OSError) as error:
                self._drop()
                raise self._fault(error) from error

    def _connected(self) -> imaplib.IMAP4_SSL:
        account = self._account
        server = imaplib.IMAP4_SSL(
            account.host, account.port, ssl_context=self._context, timeout=ANSWER_SECONDS
        )
        # Otherwise it takes names of folders and people as ASCII.
        server._encoding = "latin-1"  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        try:
            server.login(_octets(account.user), _octets(account.password))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            server.shutdown()
            raise Unavailable("it does not accept our login", where=self._location) from error
        return server

    def _fault(self, error: Exception) -> Misconfigured | Unavailable:
        if isinstance(error, ssl.SSLCertVerificationError):
            told = f"its certificate is not trusted ({error.verify_message}): name its CA"
            return Misconfigured(f"{told} in ca_certs", where=self._location)
        # What the library says may show what it read.
        told = "it does not answer in time" if isinstance(error, TimeoutError) else ""
        if isinstance(error, OSError) and error.strerror:
            told = error.strerror
        return Unavailable(told or "the connection was cut", where=self._location)

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown()
        self._connection, self._examined = None, ("", "")

    def close(self) -> None:
        """End the connection."""
        self._drop()


def _context(ca_certs: pathlib.Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_certs is None else str(ca_certs))
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(str(error.strerror or error), where="ca_certs") from error


def _sizes(lines: Sequence[bytes | tuple[bytes, bytes] | None]) -> Iterator[tuple[int, int]]:
    for line in lines:
        found = _SIZE.search(line) if isinstance(line, bytes) else None
        if found is not None:
            number, size = found[1] or found[4], found[2] or found[3]
            yield int(number), int(size)


def _octets(text: str) -> str:
    """Return a text whose characters are the octets of UTF-8, as the library sends them."""
    return text.encode().decode("latin-1")
