"""What we do about it: the emergency plan, grading, incidents, notices."""
