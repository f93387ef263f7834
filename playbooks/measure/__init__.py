"""Measures in force: blocks and sinkholes as rows, and the points that are held to them."""
