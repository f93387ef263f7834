"""Finds: stretches of text and columns of tables judged, and what was found in them counted."""
