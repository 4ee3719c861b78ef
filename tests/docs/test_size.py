"""The documentation stays short: pages, words, and the length of a line."""

from pathlib import Path

import pytest

from tests.support.docs_pages import NAMES, PAGES
from tests.support.paths import ROOT

HAND_WRITTEN = sorted((ROOT / "docs").glob("*.md"))
LINE = 120


def words(*pages: Path) -> int:
    """Count the words of pages as `wc -w` does, commands and outputs included."""
    return sum(len(page.read_text(encoding="utf-8").split()) for page in pages)


def test_the_readme_has_at_most_500_words() -> None:
    assert words(ROOT / "README.md") <= 500


def test_there_are_at_most_14_pages_and_12000_words() -> None:
    """`docs/reference` and `docs/decisions` do not count."""
    folders = {page.parent for page in (ROOT / "docs").glob("**/*.md")}
    assert folders == {ROOT / "docs", ROOT / "docs" / "reference", ROOT / "docs" / "decisions"}
    assert 10 <= len(HAND_WRITTEN) <= 14
    assert words(*HAND_WRITTEN) <= 12_000


def test_the_changelog_says_what_the_first_release_has_in_ten_lines() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    _, _, first = text.partition("## 0.1.0, first release\n")
    assert "## " not in first
    assert len(first.strip().splitlines()) == 10


@pytest.mark.parametrize(
    "page",
    [*PAGES, ROOT / "CHANGELOG.md", ROOT / "bench" / "README.md"],
    ids=[*NAMES, "CHANGELOG.md", "bench/README.md"],
)
def test_no_line_is_longer_than_120_characters(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [(i, x) for i, x in enumerate(lines, 1) if len(x) > LINE] == []
