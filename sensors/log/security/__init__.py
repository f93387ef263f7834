"""Logs of tools that watch the network."""
