"""A register of another court goes through every command, and names that court."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orderwatch import clock
from orderwatch.cli.commands.export import Document
from tests.conftest import Run
from tests.support.log_commands import NOTE, adding
from tests.support.paths import CASES

HAMBURG = CASES / "hamburg.toml"
TODAY = date(2026, 11, 15)
ICJ = re.compile(r"\bICJ\b|International Court|The Hague|Amsterdam|icj-cij|Peace Palace")
READING = [
    *(("status", *more) for more in ((), ("--all",), ("crew",), ("--timeline",))),
    ("countdown",),
    *(("show", name) for name in ("albatross", "release", "crew/1", "12-26", "13")),
    *(("explain", name) for name in ("release", "crew/1@2026-12-15", "13")),
    ("orders",),
    ("log",),
    ("check",),
    ("remind", "--dry-run", "--before", "30"),
    ("remind", "--list"),
]


@pytest.fixture
def hamburg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the register of the tribunal in Hamburg."""
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(HAMBURG))


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_no_answer_names_the_icj(run: Run, words: tuple[str, ...]) -> None:
    run(*adding("crew/1", base=NOTE), today=TODAY)
    code, out, err = run(*words, today=TODAY)
    assert code == 0 or words[0] == "check", err
    assert out or words[0] == "remind"
    assert ICJ.findall(out + err) == []


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("style", ["table", "plain", "json", "csv", "markdown"])
@pytest.mark.parametrize(
    "words", [("status",), ("show", "release"), ("explain", "crew"), ("orders",)]
)
def test_no_format_names_the_icj(run: Run, words: tuple[str, ...], style: str) -> None:
    code, out, err = run(*words, "--format", style, today=TODAY)
    assert (code, err) == (0, "")
    assert ICJ.findall(out) == []


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize("document", list(Document))
def test_no_document_names_the_icj(run: Run, document: Document) -> None:
    code, out, err = run("export", document.value, today=TODAY)
    assert (code, err) == (0, "")
    assert out
    assert ICJ.findall(out) == []


@pytest.mark.usefixtures("hamburg")
def test_a_published_folder_names_its_court(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    code, _, err = run("publish", str(folder), today=TODAY)
    assert code == 0, err
    texts = {
        path.relative_to(folder): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert [path for path, text in texts.items() if ICJ.search(text)] == []
    assert "Harbour Tribunal" in texts[Path("index.html")]
    assert Path("cases/12-26/index.html") in texts
    assert Path("orders/12-26-2026-09-01-2/index.html") in texts


@pytest.mark.usefixtures("hamburg")
def test_the_head_names_the_court_of_the_register(run: Run) -> None:
    out = run("status", "--format", "plain", today=TODAY)[1]
    assert out.startswith("about: Harbour Tribunal, provisional measures")
    assert "Europe/Berlin" in out


def test_a_register_without_a_court_names_none_and_counts_in_utc(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HAMBURG.read_text(encoding="utf-8")
    start, end = text.index("[court]"), text.index("[state.Ruritania]")
    path = tmp_path / "bare.toml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    # In Hamburg it is the 16th.
    night = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: night)
    out = run("--orders", str(path), "status", "--format", "plain", today=None)[1]
    assert "as of: 2026-11-15 (Sunday 15 November 2026, UTC)" in out
    assert "Tribunal, provisional" not in out
    assert ICJ.findall(out) == []
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(HAMBURG))
    assert "as of: 2026-11-16" in run("status", "--format", "plain", today=None)[1]
