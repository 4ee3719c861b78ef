"""Markdown, read back with somebody else's parser."""

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.acting_text import HOSTILE, hostile
from tests.support.render_examples import example, spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn

EXAMPLE = example()


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    return [part for token in parsed for part in (token, *(token.children or ()))]


def kinds(text: str) -> list[str]:
    """List how a text is built, whatever words stand in it."""
    said = {"text", "softbreak", "link_open", "link_close", "text_special", "inline"}
    return [token.type for token in tokens(text) if token.type not in said]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_how_a_page_is_built(command: str, text: str) -> None:
    harmless = drawn(RENDERERS["markdown"], command, spoiled("harmless"))
    shown = drawn(RENDERERS["markdown"], command, spoiled(text))
    assert kinds(shown) == kinds(harmless)


@settings(max_examples=20)
@given(hostile)
def test_no_text_at_all_becomes_markup(text: str) -> None:
    for command in COMMANDS:
        shown = drawn(RENDERERS["markdown"], command, spoiled(f"a{text}a"))
        harmless = drawn(RENDERERS["markdown"], command, spoiled("a"))
        assert kinds(shown) == kinds(harmless)


@pytest.mark.parametrize("command", COMMANDS)
def test_links_go_to_the_web_only(command: str) -> None:
    shown = drawn(RENDERERS["markdown"], command, spoiled("javascript:alert(1)"))
    assert not [token for token in tokens(shown) if token.type == "link_open"]


def test_a_source_is_a_link() -> None:
    shown = drawn(RENDERERS["markdown"], "events", EXAMPLE)
    targets = {token.attrGet("href") for token in tokens(shown) if token.type == "link_open"}
    assert "https://example.org/paper" in targets


def test_a_row_has_as_many_cells_as_its_table() -> None:
    for command in COMMANDS:
        shown = drawn(RENDERERS["markdown"], command, EXAMPLE)
        for line in shown.split("\n"):
            if line.startswith("| "):
                assert line.endswith(" |")
