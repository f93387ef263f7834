"""What is watched for: things that happened, and the playbooks that wait for them."""
