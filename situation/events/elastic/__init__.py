"""The adapter for Elasticsearch: time-named plain indices, written and read by the client."""
