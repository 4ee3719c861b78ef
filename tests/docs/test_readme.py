"""The README shows the main job, and the gate begins with its command."""

import re

from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_main_job() -> None:
    assert "$ orderwatch status rafah --as-of 2024-06-20" in README
    assert "Monday 24 June 2024" in README


def test_the_gate_runs_the_readmes_own_test_command() -> None:
    command = re.compile(r"python3 -m venv .*pytest -n auto")
    assert len(list(filter(command.fullmatch, README.splitlines()))) == 1


def test_the_readme_has_five_things_to_do_for_each_reader() -> None:
    blocks = re.findall(r"^\*\*[^\n]*\n\n```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert [len(block.splitlines()) for block in blocks] == [5, 5, 5]
