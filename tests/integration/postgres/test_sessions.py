"""No state of a session is relied on: unusual settings, poolers, old and new servers."""

import pytest

from orderwatch.errors import UsageError
from orderwatch.log import open_store
from orderwatch.log.formats import jsonl
from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import create, create_script
from tests.conftest import Run
from tests.integration.postgres.test_log import log, name
from tests.support.entries import LIGHTHOUSE, Scribe
from tests.support.log_commands import adding, done, printed, refused
from tests.support.logs import filled
from tests.support.servers import OWNER, Server

__all__ = ["log", "name"]  # fixtures

SETTINGS = [
    *("search_path=nosuch", "search_path=public,pg_catalog", "quote_all_identifiers=on"),
    *("DateStyle=German,DMY", "TimeZone=America/New_York", "IntervalStyle=iso_8601"),
    *("bytea_output=escape", "standard_conforming_strings=off", "extra_float_digits=-15"),
    *("default_transaction_isolation=serializable", "default_transaction_deferrable=on"),
    *("client_encoding=LATIN1", "array_nulls=off", "transform_null_equals=on"),
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_of_a_role_change_nothing(
    run: Run, postgres: Server, name: str, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("PGOPTIONS", f"-c {setting}")
    url = postgres.url(name)
    with open_store(url, write=True) as opened:
        filled(opened)
        assert opened.verify().problem is None
        lines = [*opened.export()]
        assert opened.append_many(lines).skipped == 7
    found = printed(run, "--log", url, *adding(summary="日本 é \\ '"))
    assert found["seq"] == 8
    assert "日本 é \\ '" in done(run, "--log", url, "log", "list", "--search", "日本")
    monkeypatch.delenv("PGOPTIONS")
    with open_store(url) as opened:
        assert opened.verify().problem is None


def test_a_log_is_made_in_a_session_with_unusual_settings(
    postgres: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.execute("DROP SCHEMA orderwatch CASCADE", name)
    for setting in ("search_path=nosuch", "quote_all_identifiers=on"):
        monkeypatch.setenv("PGOPTIONS", f"-c {setting} -c standard_conforming_strings=off")
        create(postgres.url(name, OWNER))
        with open_store(postgres.url(name, OWNER)) as opened:
            assert opened.verify().problem is None
        postgres.execute("DROP SCHEMA orderwatch CASCADE", name)


def test_an_import_finds_what_is_there_on_every_server(postgres: Server, name: str) -> None:
    ana = Scribe()
    entries = [ana.event(f"Says {number}.", LIGHTHOUSE) for number in range(5)]
    lines = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries]
    with open_store(postgres.url(name), write=True) as opened:
        assert opened.append_many(lines[:3]).added == 3
        result = opened.append_many(lines)
        assert (result.added, result.skipped) == (2, 3)
        assert opened.verify().problem is None


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE orderwatch.event_subject RENAME TO elsewhere",
        "ALTER TABLE orderwatch.entry RENAME COLUMN nodes TO other",
        "DROP FUNCTION orderwatch.json_each(text) CASCADE",
    ],
)
def test_what_a_server_does_not_know_is_not_called_damage(
    run: Run, postgres: Server, name: str, change: str
) -> None:
    with open_store(postgres.url(name), write=True) as opened:
        filled(opened)
    postgres.execute(change, name)
    err = refused(run, "--log", postgres.url(name), "status", "rafah/3", code=4)
    assert "damaged" not in err
    assert "does not exist" in err


@pytest.mark.parametrize("letter", ["z", "é"])
def test_a_database_whose_roles_would_be_one_is_refused(
    run: Run, postgres: Server, letter: str
) -> None:
    fits = letter * (54 // len(letter.encode()))
    assert schema.roles(fits)["reminder"] == f"{fits}_reminder"
    long = fits + letter
    postgres.execute(f'CREATE DATABASE "{long}"')
    try:
        err = refused(run, "--log", postgres.url(long, OWNER), "init", "--yes")
        assert "too long" in err
        with pytest.raises(UsageError, match="too long"):
            create_script(postgres.url(long, OWNER))
        [[count]] = postgres.execute(
            f"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{letter * 9}%'"  # noqa: S608 - ours
        )
        assert count == 0
    finally:
        postgres.drop(f'"{long}"')
