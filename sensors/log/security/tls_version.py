"""Names of TLS versions, as the tools spell them, as protocol and number."""

import polars as pl

_VERSIONS = {
    "sslv2": ("ssl", "2"),
    "sslv3": ("ssl", "3"),
    "tlsv1": ("tls", "1.0"),
    "tlsv10": ("tls", "1.0"),
    "tlsv1.0": ("tls", "1.0"),
    "tlsv11": ("tls", "1.1"),
    "tlsv1.1": ("tls", "1.1"),
    "tlsv12": ("tls", "1.2"),
    "tlsv1.2": ("tls", "1.2"),
    "tlsv13": ("tls", "1.3"),
    "tlsv1.3": ("tls", "1.3"),
    "dtlsv10": ("dtls", "1.0"),
    "dtlsv12": ("dtls", "1.2"),
    "dtlsv13": ("dtls", "1.3"),
}
_NUMBERS = {name: number for name, (_, number) in _VERSIONS.items()}
_PROTOCOLS = {name: protocol for name, (protocol, _) in _VERSIONS.items()}


def version(written: str) -> tuple[pl.Expr, pl.Expr]:
    """Return number and protocol of the version in a column; another's name stays as it is."""
    name = pl.col(written).str.to_lowercase().str.replace(r"^([a-z]+)\s+v?", "${1}v")
    number = name.replace_strict(_NUMBERS, default=pl.col(written), return_dtype=pl.String)
    protocol = name.replace_strict(_PROTOCOLS, default=None, return_dtype=pl.String)
    return number.alias("tls.version"), protocol.alias("tls.version_protocol")
