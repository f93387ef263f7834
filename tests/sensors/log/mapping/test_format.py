"""A server's own format string reads its lines."""

import pytest

from sensors.log.catalogue import kind_named
from sensors.log.kind import SourceRules
from situation.faults import Misconfigured
from situation.fields import REST
from tests.sensors.log.yielded import documents


def _read(kind: str, text: str, line: str) -> dict[str, object]:
    row = documents(kind_named(kind), [line], SourceRules(options={"format": text}))[0]
    assert "citywatch.log.fault" not in row, row
    return row


def test_nginx_s_format_is_read() -> None:
    text = (
        '$remote_addr [$time_local] $host "$request" $status ${body_bytes_sent} '
        '$request_time "$http_user_agent" $ssl_protocol/$ssl_cipher'
    )
    line = (
        '203.0.113.9 [06/Nov/2026:08:15:01 +0800] a.example "GET /x?y=1 HTTP/1.1" 200 5 0.031 '
        '"Mozilla (X11)" TLSv1.3/TLS_AES'
    )
    row = _read("nginx-access", text, line)
    assert (
        row.items()
        >= {
            "@timestamp": "2026-11-06T00:15:01Z",
            "source.ip": "203.0.113.9",
            "url.domain": "a.example",
            "url.path": "/x",
            "url.query": "y=1",
            "http.request.method": "GET",
            "http.response.status_code": 200,
            "user_agent.original": "Mozilla (X11)",
            "tls.version": "1.3",
            "tls.cipher": "TLS_AES",
            "event.outcome": "success",
            REST: {"nginx": {"access": {"request_time": "0.031"}}},
        }.items()
    )


def test_apache_s_format_is_read() -> None:
    text = '%v:%p %h %l %u %t \\"%r\\" %>s %O "%{Referer}i" "%{User-Agent}i" %D %{X-Request-Id}i'
    line = (
        'a.example:443 203.0.113.9 - bob [06/Nov/2026:08:15:01 +0800] "POST /x HTTP/1.1" 403 99 '
        '"-" "say \\"hi\\"" 1501 abc-1'
    )
    row = _read("apache-access", text, line)
    assert (
        row.items()
        >= {
            "url.domain": "a.example",
            "destination.port": 443,
            "source.ip": "203.0.113.9",
            "user.name": "bob",
            "http.response.status_code": 403,
            "http.response.bytes": 99,
            "user_agent.original": 'say \\"hi\\"',
            "event.outcome": "failure",
            REST: {"apache": {"access": {"microseconds": "1501", "X_Request_Id_i": "abc-1"}}},
        }.items()
    )


def test_postgresql_s_prefix_is_read() -> None:
    told = 'FATAL:  password authentication failed for user "root"'
    line = f"2026-11-06 08:15:02.001 CST [77] root@shop 10.0.0.9 {told}"
    row = _read("postgresql", "%m [%p] %q%u@%d %h ", line)
    assert (
        row.items()
        >= {
            "@timestamp": "2026-11-06T00:15:02.001Z",
            "process.pid": 77,
            "source.ip": "10.0.0.9",
            "user.name": "root",
            "event.outcome": "failure",
            "event.category": "authentication",
        }.items()
    )


@pytest.mark.parametrize(
    "prefix", ["2026-11-06 00:15:02 UTC", "2026-11-06 08:15:02 CST", "2026-11-05 21:15:02 -03"]
)
def test_postgresql_s_prefix_tells_its_zone_or_means_that_of_the_source(prefix: str) -> None:
    row = _read("postgresql", "%t:%r:%u@%d:[%p]:", f"{prefix}::[unknown]@shop:[77]:LOG:  ready")
    assert row["@timestamp"] == "2026-11-06T00:15:02Z"
    assert "user.name" not in row


def test_nginx_s_upstreams_may_be_several() -> None:
    text = "$remote_addr $status $upstream_addr $upstream_response_time $pipe"
    line = "203.0.113.9 502 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 0.010, 0.002 : - p"
    assert _read("nginx-access", text, line)[REST] == {
        "nginx": {
            "access": {
                "upstream_addr": "10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80",
                "upstream_response_time": "0.010, 0.002 : -",
                "pipe": "p",
            }
        }
    }


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t]", "[06/Nov/2026 08:15:02.123 +0800]"),
        ("%{%Y-%m-%dT%H:%M:%S}t,", "2026-11-06T08:15:02,"),
        ("%{begin:sec}t", "1793924102"),
    ],
)
def test_apache_s_time_may_have_a_form_of_its_own(text: str, written: str) -> None:
    row = _read("apache-access", f"{text} %a %H %>s", f"{written} 203.0.113.9 HTTP/1.1 200")
    assert row["@timestamp"] == "2026-11-06T00:15:02Z"
    assert row["http.version"] == "1.1"


def test_a_line_of_another_format_is_kept_with_a_fault() -> None:
    row = documents(
        kind_named("nginx-access"), ["nothing"], SourceRules(options={"format": "$status $host"})
    )[0]
    assert row["citywatch.log.fault"] == "unparsed"


@pytest.mark.parametrize("kind", ["nginx-access", "apache-access", "postgresql"])
def test_a_format_that_names_nothing_is_refused(kind: str) -> None:
    with pytest.raises(Misconfigured, match="names no value"):
        kind_named(kind).parser(SourceRules(options={"format": "plain"}))
