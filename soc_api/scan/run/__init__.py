"""Runs: asked for, claimed, walked, recorded, ended."""
