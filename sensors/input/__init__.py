"""Where lines come in: files that grow, syslog, datagrams of flows; each over one outlet."""
