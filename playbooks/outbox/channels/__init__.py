"""The ways out, one module each. The list of them is `playbooks.outbox.opening.CHANNELS`."""
