"""What stands against publishing a playbook, part by part."""
