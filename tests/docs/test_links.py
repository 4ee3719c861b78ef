"""The links of the documentation lead somewhere, and its words are spelt."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docs_pages import FENCED, NAMES, PAGES
from tests.support.paths import ROOT

ALL = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "bench" / "README.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as its links do."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    titles = (re.sub(r"[^\w\- ]", "", x.lower()) for x in HEADING.findall(text))
    return {title.strip().replace(" ", "-") for title in titles}


def broken(page: Path) -> Iterator[str]:
    """Name the links of a page that lead nowhere in the repository."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("page", ALL, ids=[*NAMES, "CHANGELOG.md", "bench/README.md"])
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def test_a_link_to_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A b-c\n[a](page.md#a-b-c) [b](gone.md) [c](#gone)\n")
    assert list(broken(page)) == ["gone.md", "#gone"]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, ahead = set[Path](), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        text = FENCED.sub("", page.read_text(encoding="utf-8"))
        targets = (
            (page.parent / link.partition("#")[0]).resolve()
            for link in LINK.findall(text)
            if "://" not in link
        )
        ahead += [x for x in targets if x.suffix == ".md" and x not in reached]
    assert {str(page.relative_to(ROOT)) for page in ALL} <= {
        str(page.relative_to(ROOT)) for page in reached
    }


def spelling(*paths: Path) -> str:
    """Give what codespell says of files."""
    names = [str(path) for path in paths]
    done = subprocess.run(  # noqa: S603 - of the same environment
        [sys.executable, "-m", "codespell_lib", *names],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert not done.stderr
    return done.stdout


def test_the_pages_and_the_helps_are_spelt() -> None:
    helps = (ROOT / "tests" / "golden" / "cli" / "help").glob("*.txt")
    texts = (ROOT / "src" / "orderwatch" / "templates").glob("**/*.*")
    assert not spelling(*ALL, ROOT / "orders.toml", *helps, *texts)


def test_a_slip_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("The Court recieved it.\n")
    assert "recieved ==> received" in spelling(page)


def test_nothing_needs_a_file_outside_the_repository() -> None:
    """Parents are named only in links between pages, and those are checked above."""
    outside = re.compile(rf"\.\./(?:shared|facts)/|{re.escape(str(ROOT))}/")
    folders = ("src", "tests", "docs", "tools", "bench", "schemas", ".ci", ".github")
    # A worktree's .git and what measures the coverage hold paths of the machine.
    own = re.compile(r"\.git$|\.coverage")
    files = [path for path in ROOT.iterdir() if path.is_file() and not own.match(path.name)]
    files += [path for name in folders for path in (ROOT / name).rglob("*") if path.is_file()]
    texts = {
        path: path.read_text(encoding="utf-8", errors="replace")
        for path in files
        if "__pycache__" not in path.parts and path != Path(__file__)
    }
    assert len(texts) > 400
    found = {str(path.relative_to(ROOT)) for path, text in texts.items() if outside.search(text)}
    assert found == set()
