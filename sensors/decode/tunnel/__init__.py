"""Tunnels: headers between an IP packet and the packet that it carries."""
