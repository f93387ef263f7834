"""Measures on the command line, and the process that may change the firewall."""
