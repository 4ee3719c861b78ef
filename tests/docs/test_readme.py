"""The README installs and looks, names its readers, and has the command of the gate."""

import re

from orderwatch.register import load_register, packaged_path
from tests.conftest import Run
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_installs_and_looks_in_two_commands() -> None:
    [block] = re.findall(
        r"^## Install and look\n.*?^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL
    )
    assert len(block.splitlines()) == 2
    assert block.splitlines()[1] == ".venv/bin/orderwatch status"


def test_the_gate_runs_the_readmes_own_test_command() -> None:
    command = re.compile(r"python3 -m venv .*pytest -n auto")
    assert len(list(filter(command.fullmatch, README.splitlines()))) == 1


def test_the_readme_counts_what_the_register_has() -> None:
    register = load_register(packaged_path())
    orders, cases = len(register.orders), len(register.cases)
    assert f"{orders} orders in {cases} cases" in README


def test_the_readme_has_a_line_for_each_reader() -> None:
    readers = re.findall(r"^- \*\*([\w ]+):\*\*", README, re.MULTILINE)
    assert readers == ["Journalist", "NGO", "Administrator", "Data desk"]


def test_the_commands_of_the_readers_exist(run: Run) -> None:
    shown = re.findall(r"`orderwatch ([^`]+)`", README)
    assert len(shown) > 6
    for command in shown:
        words = [word for word in command.split() if word.isalpha()]
        while words and run(*words, "--help")[0]:
            words.pop()
        assert words, command
