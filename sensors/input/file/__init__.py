"""Files that grow: followed through rotation, and taken up again at their place."""
