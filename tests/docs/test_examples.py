"""Every command of the documentation runs as printed, and prints what is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docs_pages import (
    ELSEWHERE,
    FENCED,
    NAMES,
    PAGES,
    RUN,
    Shell,
    commands,
    elsewhere,
    printed,
)
from tests.support.servers import OWNER, Server, running

NOT_RUN = {
    "bash": "tests/stress/failover.py",
    "crontab": "test_cron.py",
    "html": "code to copy into an article",
    "ini": "test_cron.py and tests/stress/failover.py",
    "json": "data",
    "msmtp": "the configuration of another program",
    "nginx": "the configuration of another program",
    "python": "test_log.py and test_api.py",
    "toml": "data",
    "yaml": "test_hosting.py and tests/stress/failover.py",
}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_prints_what_it_shows(
    page: Path, sealed: Path, request: pytest.FixtureRequest
) -> None:
    """Run all commands of a page in order, in one home that was empty before."""
    text = page.read_text(encoding="utf-8")
    actual = printed(text, _shell(page, sealed, request))
    if request.config.getoption("--update-golden"):
        page.write_text(actual, encoding="utf-8")
    assert actual == page.read_text(encoding="utf-8")


def _shell(page: Path, home: Path, request: pytest.FixtureRequest) -> Shell:
    """Give a page about servers a server, and the programs that come with one."""
    if page.name != "shared-log.md":
        return Shell(home)
    server: Server = request.getfixturevalue("server")
    return Shell(
        home,
        str(server.programs),
        PGHOST=str(server.data),
        PGPORT=str(server.port),
        PGUSER=OWNER,
    )


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server that a page may do with what it likes."""
    with running() as server:
        yield server


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_block_says_what_it_is(page: Path) -> None:
    kinds = {found[1] for found in FENCED.finditer(page.read_text(encoding="utf-8"))}
    assert kinds <= {*RUN, *NOT_RUN, "text"}


def test_what_is_not_run_is_named() -> None:
    """Each exception is one that a page needs."""
    shown = [
        line
        for page in PAGES
        for found in FENCED.finditer(page.read_text(encoding="utf-8"))
        if found[1] == "sh"
        for line in found[2].splitlines()
        if elsewhere(line)
    ]
    unused = [begin for begin, _ in ELSEWHERE if not any(x.startswith(begin) for x in shown)]
    assert not unused


def test_a_shell_gives_each_command_its_own_output_and_code(sealed: Path) -> None:
    ran = Shell(sealed).run(["echo a; false", "echo $?", "cat <<E\nb\nE", "test -t 1"])
    assert [(x.output, x.code) for x in ran] == [
        *(("a\n", 1), ("1\n", 0), ("b\n", 0), ("", 0)),
    ]


def test_commands_of_several_lines_are_found() -> None:
    block = "$ a \\\n> b\nshown\n> shown, too\n$ cat > f <<'E'\n> x\n> E\n$ c\n"
    assert commands(block) == ["a \\\nb", "cat > f <<'E'\nx\nE", "c"]
    assert "shown" not in "".join(commands(block))
