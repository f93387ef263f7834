"""Live capture: the kernel's ring of an interface, metered by processes of its own."""
