"""The first commands of newcomers: each gives the answer, or one line with the right command."""

import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

_PATH = Path(__file__).with_name("first_commands.toml")
COMMANDS: list[dict[str, Any]] = tomllib.loads(_PATH.read_text(encoding="utf-8"))["command"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command["line"])
def test_a_first_command_answers(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: dict[str, Any]
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _address: True)
    expected = command.get("code", 0)
    code, out, err = run(*shlex.split(command["line"]))
    assert code == expected, (out[:300], err)
    assert any(command["expect"] in line for line in f"{out}{err}".splitlines()), (out[:300], err)
    assert expected == 0 or len(f"{out}{err}".splitlines()) == 1


def test_there_are_enough_first_commands() -> None:
    lines = [command["line"] for command in COMMANDS]
    assert len(set(lines)) == len(lines) >= 60
