"""`version` and `help`: the same as --version and --help, whatever the configuration is."""

import pytest

from orderwatch import __version__
from tests.conftest import Run
from tests.support.commands import result


@pytest.mark.parametrize("argv", [("version",), ("--version",), ("-V",)])
def test_version(run: Run, argv: tuple[str, ...]) -> None:
    assert result(run, *argv) == f"orderwatch {__version__}\n"


@pytest.mark.parametrize(
    "words", [(), ("status",), ("log",), ("log", "add"), ("log", "recorder", "add"), ("help",)]
)
def test_help_is_that_of_the_command(run: Run, words: tuple[str, ...]) -> None:
    assert result(run, "help", *words) == result(run, *words, "--help")
    assert result(run, "help", *words) == result(run, *words, "-h")


def test_both_run_without_a_valid_configuration(run: Run) -> None:
    for argv in (("version",), ("help", "log", "add")):
        assert run("--config", "/missing/config.toml", *argv)[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("statsu",), "Did you mean status?"),
        (("log", "ad"), "Did you mean log add?"),
        (("open", "rafah"), '"orderwatch open" has no subcommands'),
    ],
)
def test_help_of_no_command(run: Run, words: tuple[str, ...], message: str) -> None:
    code, out, err = run("help", *words)
    assert (code, out) == (2, "")
    assert message in err
