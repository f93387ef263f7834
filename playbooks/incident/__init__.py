"""Incidents: opened from alerts, graded with people's help, reported, closed."""
