"""No output contains a password, however the address of a log is written."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwatch.log_url import is_path, log_path, strip_arguments, strip_command, strip_secrets
from tests.conftest import Run

PARTS = "Qx7pre", "Zk9suf"
"""Halves of each password; neither occurs in any other text."""

passwords = st.text("@:/?#&=%' \\+é!,[]", max_size=3).map(lambda middle: middle.join(PARTS))
encoded = st.sampled_from(["{0}", "{1}"])
shapes = st.sampled_from(
    [
        *("{scheme}://anna:{password}@{host}/orders", "{scheme}:/anna:{password}@{host}/orders"),
        *("{scheme}://:{password}@{host}", "{scheme}//anna:{password}@{host}/orders"),
        *("//anna:{password}@{host}/orders", "anna:{password}@{host}/orders"),
        *("{scheme}:anna:{password}@{host}", "jdbc:{scheme}://anna:{password}@{host}/orders"),
        "{scheme}://anna@{host}/orders?password={password}",
        "{scheme}://{host}/orders?sslmode=prefer&password={password}&user=anna",
        "{scheme}://{host}/orders?user=anna&sslpassword={password}",
        "{scheme}:///orders?host={host}&oauth_client_secret={password}",
        "jdbc:{scheme}://{host}/orders?user=anna&password={password}",
        *("host={host} user=anna password={password}", "password = '{password}' host={host}"),
        *("user=anna sslpassword='{password}'", "Server={host};User Id=anna;Pwd={password};"),
        *(" {scheme}://anna:{password}@{host}/orders", "'{scheme}://anna:{password}@{host}/x'"),
        "{scheme}://one:{password}@{host},two/orders",
    ]
)
schemes = st.sampled_from(["postgresql", "postgres", "POSTGRESQL", "mysql", "postgresql+psycopg"])


def quoted(text: str) -> str:
    """Return a password with each special character as `%xx`."""
    from urllib.parse import quote

    return quote(text, safe="")


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Write an address of a server with a password, well or badly."""
    password = draw(passwords)
    password = draw(st.sampled_from([password, quoted(password)]))
    # Nobody answers on this port.
    shape, scheme = draw(shapes), draw(schemes)
    return shape.format(scheme=scheme, password=password, host="127.0.0.1:9")


def assert_hidden(text: str) -> None:
    assert not [part for part in PARTS if part in text], text


@given(addresses())
@settings(max_examples=300)
def test_an_address_is_displayed_without_its_password(url: str) -> None:
    assert not is_path(url)
    assert_hidden(strip_secrets(url))
    assert_hidden(strip_command(f"ORDERWATCH_LOG={shlex.quote(url)} orderwatch remind"))
    assert_hidden(strip_command(f"orderwatch --log={shlex.quote(url)} remind"))
    if url.split() == [url]:
        assert_hidden(strip_command(f"orderwatch --log {url} remind"))


@given(
    addresses(),
    st.sampled_from(
        [
            str,
            str.strip,
            repr,
            Path,
            lambda url: Path(url).parent,
            lambda url: " ".join(url.split()),
        ]
    ),
)
def test_a_message_quotes_an_argument_without_its_password(
    url: str, spell: Callable[[str], object]
) -> None:
    assert_hidden(strip_arguments(f"No order matches {spell(url)}.", [url]))


@pytest.mark.parametrize("scheme", ["postgresql", "words postgresql"])
@pytest.mark.parametrize(
    "argv",
    [
        *(["status"], ["find"], ["log", "list"], ["log", "add", "rafah", "--source"]),
        *(["log", "add", "rafah", "--kind"], ["register", "validate"], ["schema"]),
    ],
    ids=" ".join,
)
def test_a_quotation_that_is_cut_contains_no_password(
    run: Run, argv: list[str], scheme: str
) -> None:
    password, host = "".join(PARTS), "x" * 100
    code, out, err = run(*argv, f"{scheme}://anna:{password}@{host}/orders")
    assert code != 0
    assert_hidden(out + err)


@given(addresses())
def test_without_libpq_nothing_of_an_address_is_displayed(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "psycopg", None)
        assert strip_secrets(url).endswith("…")


@pytest.mark.parametrize(
    "path",
    ["log.db", "a folder?x=1/log.db", "~/a:b@c.db", "/srv/a:b@c/log.db", "./a:b@c", "c:/log.db"],
)
def test_a_path_is_displayed_whole(path: str) -> None:
    assert strip_secrets(path) == path
    assert log_path(f"sqlite:///{path}") == log_path(path)


COMMANDS = (
    *(("config",), ("config", "--format", "json"), ("doctor",), ("status",), ("check",)),
    *(("log", "verify"), ("init", "--yes"), ("init", "--sql"), ("remind",)),
)


@given(
    addresses(),
    st.tuples(st.sampled_from(COMMANDS), st.sampled_from(["option", "file", "argument"])),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_output_contains_a_password(
    run: Run, tmp_path: Path, sealed: Path, url: str, call: tuple[tuple[str, ...], str]
) -> None:
    from orderwatch.log.postgres import connection

    argv, where = call
    config = tmp_path / "config.toml"
    config.write_text(f"log = {_toml(url)}\n" if where == "file" else "")
    given_log = {"option": ["--log", url], "file": [], "argument": ["--log", str(sealed / "x.db")]}
    misplaced = [url] if where == "argument" else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "PATIENCE", 0)
        code, out, err = run("--config", str(config), *given_log[where], *argv, *misplaced)
    assert code != 1
    assert_hidden(out + err)
    written = "".join(path.read_text() for path in sealed.rglob("*.toml"))
    assert_hidden(written)


def _toml(text: str) -> str:
    import json

    return json.dumps(text)
