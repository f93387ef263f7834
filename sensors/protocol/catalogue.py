"""The protocols that are read: one row each. Another protocol is a module and a line here."""

from sensors.protocol.parser import Parser

PARSERS: tuple[Parser, ...] = ()
"""In the order in which they are asked; strong signatures come first."""
