"""Readers of mails and of boxes of mails."""
