"""The playbooks that come along, as the YAML forms that people read, and how they are found."""
