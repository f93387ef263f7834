"""NetFlow v5 and v9 and IPFIX: datagrams of exporters in, flow columns out."""
