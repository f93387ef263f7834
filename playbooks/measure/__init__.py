"""Measures: what is kept out at the points of enforcement, and how a point is brought into line."""
