"""Workbooks: their outline, their cells as grids, and what stands beside the cells."""
