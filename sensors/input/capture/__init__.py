"""Watched folders of captures: each file that is complete is metered once."""
