"""The contract names every command and option of the program, and no others."""

import re

import pytest
from typer import Context
from typer.main import get_command

from orderwatch.cli import app as program
from orderwatch.cli.command_docs import COMMAND_DOCS
from orderwatch.cli.lazy_group import COMMANDS
from orderwatch.model import CitationStyle as Style
from orderwatch.model import DeadlineRow, EventKind, Role, Timing
from orderwatch.site import Document
from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "reference" / "contract.md").read_text(encoding="utf-8")
TOP, *SECTIONS = TEXT.split("\n## ")[1:]
OPTION = re.compile(r"`(--[a-z-]+)")
COMMON = set(OPTION.findall(TOP)) | {"--orders", "--log", "--config"}
"""Options of many commands, which the first section explains."""


def items() -> dict[str, str]:
    """Return the text of each item by the commands that it begins with."""
    found = {}
    for section in SECTIONS:
        for item in re.findall(r"^- (.*(?:\n  .*)*)", section, re.MULTILINE):
            for name in re.findall(r"`([^`]+)`", item.partition(":")[0]):
                words = " ".join(re.findall(r"^[a-z-]+(?: [a-z-]+)*", name))
                if words in COMMAND_DOCS:
                    found[words] = item
    return found


def options() -> dict[str, set[str]]:
    """Return the long options of each command of the program."""
    found = {}
    root = get_command(program.app)
    for words in COMMAND_DOCS:
        context, command = Context(root, info_name="orderwatch"), root
        for word in words.split():
            command = command.get_command(context, word)  # type: ignore[attr-defined]
            context = Context(command, info_name=word, parent=context)
        names = {name for param in command.params for name in param.opts}
        found[words] = {name for name in names if name.startswith("--")} - {"--help"}
    return found


ITEMS, OPTIONS = items(), options()


def test_each_command_is_there() -> None:
    groups = {"log", "orders", "register", "config", "court", "log recorder", "witness"}
    assert set(COMMAND_DOCS) - groups <= set(ITEMS)
    assert {words.split()[0] for words in ITEMS} | {"orders", "log"} == set(COMMANDS)


@pytest.mark.parametrize("words", sorted(ITEMS))
def test_each_option_is_there_and_no_other(words: str) -> None:
    named = set(OPTION.findall(ITEMS[words]))
    shared = {
        name for other, item in ITEMS.items() if item == ITEMS[words] for name in OPTIONS[other]
    }
    assert named - COMMON <= shared
    assert OPTIONS[words] <= named | COMMON


def test_words_with_a_dash_are_options_of_some_command() -> None:
    known = set().union(*OPTIONS.values()) | COMMON
    assert set(OPTION.findall(TEXT)) <= known
    root = {name for param in get_command(program.app).params for name in param.opts}
    commons = COMMON - set().union(*OPTIONS.values()) - {"--json"}
    assert commons <= root | {"--help"}


def test_lists_of_values() -> None:
    columns = re.findall(r"`(\w+)`", ITEMS["deadlines"].partition("API")[2].partition("Filters")[0])
    assert columns == list(DeadlineRow.__annotations__)
    assert "|".join(Style) in ITEMS["cite"]
    assert all(f"`{form}`" in ITEMS["export"] for form in Document)
    for values in (EventKind, Role, Timing):
        assert all(f"`{value}`" in TEXT for value in values)
