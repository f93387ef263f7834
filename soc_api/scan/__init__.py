"""The classified-data scan put together: sources, confined readers, recognisers and findings."""
