"""Indicators: what feeds say is known to be bad."""
