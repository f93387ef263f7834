"""Drills: scenarios with the logs beside their captures, and how they went."""
