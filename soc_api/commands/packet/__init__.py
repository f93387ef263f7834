"""Commands about single packets: what is kept behind alerts, and what tshark says of it."""
