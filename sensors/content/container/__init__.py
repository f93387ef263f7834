"""Readers of archives and of packed files: what is in them is read by the same way."""
