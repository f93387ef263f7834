"""What the pages of playbooks read."""
