"""Opening sources on servers by the settings of their target.

Their clients take long to load, and a site with folders alone never needs them.
"""

from dataclasses import replace

from sensors.content.source.address import address_of, secret_of
from sensors.content.source.selection import Selection
from sensors.content.source.source import FileSource, TableSource
from situation.content.resource import Exposure
from situation.faults import Misconfigured
from situation.scan_settings import ScanTargetSettings

_SFTP_PORT = 22
_ELASTIC_PORT = 9200
_IMAPS_PORT = 993


def open_sftp(target: ScanTargetSettings) -> FileSource:
    """Open a folder of an SFTP server, `sftp://USER@HOST/PATH`.

    Raises `Misconfigured` for a target without `known_hosts`: a server whose key nobody knows
    might be any.
    """
    from sensors.content.source.sftp import Login, SftpSource  # noqa: PLC0415 - as said above

    at = address_of(target, _SFTP_PORT)
    if target.known_hosts is None:
        ask = f"ssh-keyscan -p {at.port} {at.host}"
        told = f"is missing: put what `{ask}` prints into a file, once it was compared with"
        raise Misconfigured(f"{told} the fingerprint that its operator tells", where="known_hosts")
    if not at.user:
        raise Misconfigured("is missing", where="user")
    login = Login(
        host=at.host,
        port=at.port,
        user=at.user,
        password=at.password,
        key_file=target.key_file,
        known_hosts=target.known_hosts,
    )
    return SftpSource(login, at.path, selection=_selection(target), exposure=_exposure(target))


def open_bucket(target: ScanTargetSettings) -> FileSource:
    """Open a bucket, `s3://BUCKET/PREFIX`; `user` is the id of the access key."""
    from sensors.content.source.bucket import BucketSource  # noqa: PLC0415 - as said above
    from sensors.content.source.bucket.client import place_of  # noqa: PLC0415 - as above

    secret = secret_of(target)
    if bool(target.user) != bool(secret):
        raise Misconfigured("user and password go together: id and secret of a key", where="user")
    if "@" in target.endpoint:
        raise Misconfigured("holds no login; user and password do", where="endpoint")
    place = replace(
        place_of(target.url),
        endpoint=target.endpoint,
        key=target.user,
        secret=secret,
        ca_certs=target.ca_certs,
    )
    return BucketSource(place, selection=_selection(target), exposure=_exposure(target))


def open_index(target: ScanTargetSettings) -> TableSource:
    """Open the indices of a server, `elasticsearch://HOST/PATTERN`, over TLS with `s:`.

    A password without a user is an API key.
    """
    from sensors.content.source.index import IndexSource  # noqa: PLC0415 - as said above
    from situation.events.elastic.connection import Credentials  # noqa: PLC0415 - as above

    at = address_of(target, _ELASTIC_PORT)
    scheme = "https" if target.url.lower().startswith("elasticsearchs:") else "http"
    credentials = Credentials(
        api_key="" if at.user else at.password,
        username=at.user,
        password=at.password if at.user else "",
        ca_certs="" if target.ca_certs is None else str(target.ca_certs),
    )
    return IndexSource(
        f"{scheme}://{at.shown_host()}:{at.port}",
        credentials,
        pattern=at.path.strip("/"),
        selection=_selection(target),
        exposure=_exposure(target),
        sample_rows=target.sample_rows,
        statement_seconds=target.statement_seconds,
    )


def open_mailbox(target: ScanTargetSettings) -> FileSource:
    """Open the mails of an account, `imaps://USER@HOST/FOLDER`, the folder optional."""
    from sensors.content.source.mailbox import Account, MailboxSource  # noqa: PLC0415 - as above

    at = address_of(target, _IMAPS_PORT)
    if not at.user:
        raise Misconfigured("is missing", where="user")
    account = Account(
        host=at.host,
        port=at.port,
        user=at.user,
        password=at.password,
        folder=at.path.strip("/"),
        ca_certs=target.ca_certs,
    )
    return MailboxSource(account, selection=_selection(target), exposure=_exposure(target))


def _selection(target: ScanTargetSettings) -> Selection:
    return Selection(target.include, target.exclude)


def _exposure(target: ScanTargetSettings) -> Exposure:
    return Exposure(zone=target.zone)
