"""Sources of content: shares, servers, buckets and databases, listed in the order of paths."""
