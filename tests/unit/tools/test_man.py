"""The manual pages say what the helps say, and the programs for pages read them."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from orderwatch.cli.command_docs import COMMAND_DOCS
from tests.conftest import Run
from tests.support.log_commands import done
from tools.man import Page, main, text

PAGE = Page(command="program log", usage="[ID]", paragraphs=("Do it.",))


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Write the pages."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1716508800")
    main([str(tmp_path / "share" / "man1")])
    return sorted((tmp_path / "share" / "man1").iterdir())


def shown(*command: str) -> str:
    """Run a program for pages, which has to have nothing to say against them."""
    found = subprocess.run(  # noqa: S603 - a program for pages
        command, capture_output=True, check=True, text=True
    )
    assert found.stderr == ""
    return found.stdout


def bare(page: str) -> str:
    """Take the bold letters and the line breaks out of a page."""
    return " ".join(re.sub(".\x08", "", page).split())


def test_there_is_a_page_for_each_command(pages: list[Path]) -> None:
    named = {"orderwatch.1"} | {f"orderwatch-{words.replace(' ', '-')}.1" for words in COMMAND_DOCS}
    assert {page.name for page in pages} == named


def test_a_page_says_what_the_help_says(run: Run, pages: list[Path]) -> None:
    plain = text(PAGE, version="", day="")
    assert "\n.SH NAME\nprogram\\-log \\- do it\n" in plain
    for words in ("status", "log add", "check"):
        page = next(p for p in pages if p.stem == f"orderwatch-{words.replace(' ', '-')}")
        read = page.read_text().replace("\\-", "-").replace("\\[aq]", "'")
        for option in re.findall(r"^  (--[a-z-]+)", done(run, *words.split(), "--help")):
            assert option in read
        assert COMMAND_DOCS[words].io_text() in read
        for code, meaning in COMMAND_DOCS[words].exit_codes():
            assert f"\\fB{code}\\fR\n{meaning}\n" in read


def test_the_same_day_gives_the_same_page(
    pages: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert '1 "2024-05-24" "orderwatch ' in pages[0].read_text()
    main([str(tmp_path / "again")])
    for page in pages:
        assert (tmp_path / "again" / page.name).read_bytes() == page.read_bytes()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    main([str(tmp_path / "today")])
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert f'1 "{today}" ' in (tmp_path / "today" / "orderwatch.1").read_text()


@pytest.mark.parametrize("epoch", ["soon", "1e9", "9" * 30])
def test_a_date_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(SystemExit, match="SOURCE_DATE_EPOCH"):
        main([str(tmp_path / "man")])
    assert not (tmp_path / "man").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file" / "man", tmp_path / "file"):
        with pytest.raises(SystemExit, match="cannot be made"):
            main([str(folder)])
    with pytest.raises(SystemExit, match="usage"):
        main([""])


@pytest.mark.parametrize("words", [".so /etc/passwd", "'br", "\\fBx", "a-b `c-d` ^~`"])
def test_no_text_is_a_request(words: str) -> None:
    page = Page(
        command="program",
        usage="",
        paragraphs=(words, words),
        examples=(words,),
        options=((words, words),),
    )
    lines = text(page, version=words, day="").splitlines()
    known = {".TH", ".SH", ".PP", ".TP", ".EX", ".EE"}
    for line in lines:
        assert line[:1] not in {".", "'"} or line.split()[0] in known
        assert not re.search(r"\\(?!\[|-|&|f[BR])", line)


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="no mandoc here")
def test_mandoc_has_nothing_to_say_against_a_page(pages: list[Path]) -> None:
    for page in pages:
        assert shown("mandoc", "-T", "lint", "-W", "warning", str(page)) == ""
    status = next(page for page in pages if page.name == "orderwatch-status.1")
    read = bare(shown("mandoc", "-T", "utf8", str(status)))
    assert "--due-within DAYS Only deadlines within this number of days." in read
    assert "orderwatch status rafah --as-of 2024-06-20" in read


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_groff_has_nothing_to_say_against_a_page(pages: list[Path]) -> None:
    for page in pages:
        assert shown("groff", "-man", "-ww", "-Tutf8", "-z", str(page)) == ""
    program = next(page for page in pages if page.name == "orderwatch.1")
    read = bare(re.sub(r"\x1b\[[0-9;]*m", "", shown("groff", "-man", "-Tutf8", str(program))))
    assert "ORDERWATCH_LOG The log, as --log." in read
