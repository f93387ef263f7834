"""Readers of formats that are text by themselves."""
