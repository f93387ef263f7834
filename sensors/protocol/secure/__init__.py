"""Handshakes of secure channels: TLS, DTLS, QUIC, TLCP and SSH, and their fingerprints."""
