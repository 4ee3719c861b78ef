"""What the documentation shows is what the program prints."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (orderwatch .*)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_print_what_is_shown(
    page: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Run each `$ orderwatch …` of a console block as on a terminal of 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    text = page.read_text(encoding="utf-8")
    shown = BLOCK.sub(lambda block: _printed(block[1], run), text)
    if request.config.getoption("--update-golden"):
        page.write_text(shown, encoding="utf-8")
    assert shown == page.read_text(encoding="utf-8")


def _printed(block: str, run: Run) -> str:
    """Replace what a block shows below each command by what it prints."""
    parts = []
    for line in COMMAND.findall(block):
        words, _, pipe = line.partition(" | ")
        _, out, err = run(*shlex.split(words)[1:], tty=not pipe)
        if pipe:
            found = re.fullmatch(r"head -n (\d+)", pipe)
            assert found, f"the pipe of `{line}` is not one that this test knows"
            out = "".join(out.splitlines(keepends=True)[: int(found[1])])
        clean = "\n".join(row.rstrip() for row in (out + err).splitlines())
        parts.append(f"$ {line}\n{clean.strip(chr(10))}\n")
    return "\n".join(parts) if parts else block


def test_the_readme_shows_the_main_job() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "$ orderwatch status rafah --as-of 2024-06-20" in text
    assert "Monday 24 June 2024" in text


def test_the_gate_runs_the_readmes_own_test_command() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    found = [x for x in lines if re.fullmatch(r"python3 -m venv .*pytest -n auto", x)]
    assert len(found) == 1
