"""Connection strings with a password."""

import pytest

from tests.detect.classified.secret.found import found, kinds


@pytest.mark.parametrize(
    "text",
    [
        "DATABASE_URL=postgres://hr:Pg#7x9@10.1.1.9:5432/hr",
        "redis://:Rd7xk99z@cache:6379/1",
        "jdbc:sqlserver://10.1.1.3:1433;databaseName=oa;user=sa;password=Sa_2026x",
        "jdbc:mysql://db/oa?useSSL=false&user=oa&password=Oa_88xz",
        "jdbc:oracle:thin:hr/Hr7x9912@10.1.1.9:1521:orcl",
        "Data Source=10.1.1.3;Initial Catalog=oa;User ID=sa;Password=Sa_2026x",
        "host=10.1.1.9 port=5432 dbname=hr user=hr password=Pg7x99zz",
        "sqlplus hr/Hr7x9912@10.1.1.9/orcl",
        "sftp://ops:Op_s8812@10.1.1.8/data",
        "mongodb+srv://app:Mg_77xkk@cluster0.mongodb.net/hr",
        "rtsp://admin:Hik12345@10.5.5.5:554/Streaming/Channels/101",
    ],
)
def test_whoever_reads_it_can_log_in(text: str) -> None:
    assert kinds(text) == ["connection_string"]


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:mysql://10.20.2.12:3306/social?useSSL=true",
        "redis://localhost:6379/0",
        "postgres://app:${PGPASSWORD}@db:5432/hr",
        "mysql://user:password@localhost/db",
        "mysql://{user}:{password}@{host}/{db}",
        "ftp://anonymous:guest@",
        "git@github.com:org/repo.git",
        "会议时间：12:30@三楼会议室",
        "host=10.1.1.9 user=hr password=",
    ],
)
def test_without_a_password_of_its_own_it_is_none(text: str) -> None:
    assert not kinds(text)


def test_a_string_ends_where_its_sentence_goes_on() -> None:
    (one,) = found("请使用ftp://ops:Op_s8812@10.1.1.8/data，勿外传。")
    assert one.value == "ftp://ops:Op_s8812@10.1.1.8/data"
