"""The folders of a mailbox on a server as a source of mails."""

from sensors.content.source.mailbox.source import Account, MailboxSource

__all__ = ["Account", "MailboxSource"]
