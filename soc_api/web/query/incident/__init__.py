"""What the pages of an incident read."""
