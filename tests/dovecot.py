"""A real IMAP server for the tests: Dovecot with TLS, on a free loopback port."""

import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.elasticsearch.certificate import authority
from tests.testdata import missing

PASSWORD = "synthetic-secret"
SECONDS = 30.0

_SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A server that lets anybody in by the one password, and the CA that signed it."""

    port: int
    ca: pathlib.Path


@contextlib.contextmanager
def serving() -> Iterator[Dovecot]:
    """Start a server of our own."""
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        missing("Dovecot is absent: apt-get install dovecot-imapd")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-dovecot-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    ca = _certify(folder)
    _configure(folder, port)
    words = [str(program), "-F", "-c", str(folder / "conf")]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, cwd=folder)
    try:
        _wait(port, process)
        yield Dovecot(port, ca)
    finally:
        process.terminate()
        process.wait(SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _certify(folder: pathlib.Path) -> pathlib.Path:
    city = authority("city")
    certificate = city.sign("127.0.0.1")
    (folder / "server.pem").write_text(certificate.pem)
    (folder / "server.key").write_text(certificate.key)
    (folder / "ca.pem").write_text(city.pem)
    return folder / "ca.pem"


def _configure(folder: pathlib.Path, port: int) -> None:
    own = pwd.getpwuid(os.geteuid()).pw_name
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody").pw_uid if is_root else os.geteuid()
    (folder / "mail").mkdir()
    os.chown(folder / "mail", owner, -1)
    text = _SETTINGS.format(
        folder=folder,
        port=port,
        password=PASSWORD,
        owner=owner,
        internal="dovecot" if is_root else own,
        group="dovecot" if is_root else own,
        login="dovenull" if is_root else own,
    )
    (folder / "conf").write_text(text)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, "Dovecot has ended"
        assert time.monotonic() < end, "Dovecot never answered"
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
