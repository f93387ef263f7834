"""Reading of captures: pcap, pcapng and ERF, plain or packed, from files and pipes."""
