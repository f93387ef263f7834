"""Columns and tables with what they hold, by kind and by grade."""
