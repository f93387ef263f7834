"""Synthetic data with its truth: numbers, texts, marks, tables, documents and a whole department.

Everything is drawn from a seed and is the same on every machine. Every person, number, name,
company and key is invented here; nothing is taken over from the recognisers or readers that are
tried on it, so that an error of theirs is not repeated.
"""
