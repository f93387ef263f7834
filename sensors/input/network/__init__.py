"""What comes by the network: syslog by UDP, TCP and TLS, and datagrams of flows."""
