"""What the city knows: vocabulary, the two stores, settings, faults, clock."""
