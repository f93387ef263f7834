"""What the pages of the notices are filled from."""
