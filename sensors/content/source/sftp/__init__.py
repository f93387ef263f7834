"""A server with SFTP as a source of files; its host key has to be known."""

from sensors.content.source.sftp.connection import Connection, Login
from sensors.content.source.sftp.source import SftpSource

__all__ = ["Connection", "Login", "SftpSource"]
