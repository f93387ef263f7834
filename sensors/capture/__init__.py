"""Reading of capture files: pcap and pcapng, mapped or streamed from gzip."""
