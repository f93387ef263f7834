"""What stands in the octets: elements, templates, messages and their records."""
