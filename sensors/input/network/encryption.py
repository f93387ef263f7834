"""TLS of a listener (RFC 5425): our certificate, and whose clients may connect."""

import pathlib
import ssl

from situation.faults import Misconfigured


def server_context(
    certificate: pathlib.Path | None,
    key: pathlib.Path | None,
    client_ca: pathlib.Path | None,
    *,
    where: str,
) -> ssl.SSLContext:
    """Return how to talk TLS; with `client_ca` a client has to show a certificate of that CA.

    Raises `Misconfigured` with every file that is missing or does not fit.
    """
    faults = _absent({"certificate": certificate, "key": key})
    faults += _absent({"client_ca": client_ca}) if client_ca else []
    if faults or certificate is None:
        raise Misconfigured.listing(faults, where=where)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A sender that only writes never reads a ticket; with one unread its close is a reset, and
    # the lines that we had not read yet are lost.
    context.num_tickets = 0
    try:
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise Misconfigured(f"certificate and key do not fit: {error}", where=where) from error
    if client_ca is not None:
        try:
            context.load_verify_locations(client_ca)
        except (ssl.SSLError, OSError) as error:
            raise Misconfigured(f"client_ca is no PEM file: {error}", where=where) from error
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _absent(files: dict[str, pathlib.Path | None]) -> list[str]:
    return [
        f"{name} is needed for tls" if path is None else f"{name}: there is no file {path}"
        for name, path in files.items()
        if path is None or not path.is_file()
    ]


def refusal_of(error: OSError) -> str:
    """Return why a handshake failed, in the words of OpenSSL or of the system."""
    reason = error.reason if isinstance(error, ssl.SSLError) else None
    return (reason or type(error).__name__).lower()


def subject_of(connection: ssl.SSLObject | None) -> str:
    """Return the subject of the client's certificate as `CN=...,O=...`; empty without one."""
    found = connection.getpeercert() if connection is not None else None
    subject = found.get("subject", ()) if found else ()
    pairs = [pair for names in subject for pair in names if isinstance(pair, tuple)]
    return ",".join(f"{_SHORT.get(str(pair[0]), str(pair[0]))}={pair[1]}" for pair in pairs)


_SHORT = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU"}
