"""What we see: packets become flow columns."""
