"""Protocols of controllers and substations: what is read, written, started, stopped, loaded.

Every message is a record of its own, requests and answers alike: a command is told when it is
seen, for a controller that was stopped may never answer. An answer carries what its request asked
for, where that was seen, and how it came out.
"""
