"""The link layer: headers of every kind between the first octet of a frame and its IP header."""
