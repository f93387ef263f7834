"""DNS messages (RFC 1035) out of the payload slices that the meter keeps."""
