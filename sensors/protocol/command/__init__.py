"""Protocols of command lines and their answers: mail, files, terminals."""
