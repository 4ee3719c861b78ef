"""Catalogues of gettext are loaded when a language is set, and English needs none."""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orderwatch import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    translation.activate("en")


def compile_catalog(folder: Path, language: str, messages: Mapping[str, str]) -> None:
    """Write a `.mo` file, in the format of the gettext manual."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    start = 28 + 16 * len(pairs)
    keys: list[tuple[int, int]] = []
    values: list[tuple[int, int]] = []
    blob = b""
    for table, index in ((keys, 0), (values, 1)):
        for pair in pairs:
            table.append((len(pair[index]), start + len(blob)))
            blob += pair[index] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    tables = b"".join(struct.pack("<2I", *entry) for entry in keys + values)
    path = folder / language / "LC_MESSAGES" / "orderwatch.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(header + tables + blob)


def test_a_catalogue_translates_plurals_and_contexts(tmp_path: Path) -> None:
    compile_catalog(
        tmp_path,
        "fr",
        {
            "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n>1;\n",
            "Sources": "Les sources",
            "{n} event\0{n} events": "{n} fait\0{n} faits",
            "vote\x04by": "par",
        },
    )
    translation.activate("fr", tmp_path)
    assert translation._("Sources") == "Les sources"
    assert translation._("Notes") == "Notes"
    assert translation.ngettext("{n} event", "{n} events", 0).format(n=0) == "0 fait"
    assert translation.ngettext("{n} event", "{n} events", 2).format(n=2) == "2 faits"
    assert translation.pgettext("vote", "by") == "par"
    translation.activate("en")
    assert translation._("Sources") == "Sources"
    assert translation.ngettext("{n} event", "{n} events", 0).format(n=0) == "0 events"


def test_a_language_without_a_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        translation.activate("de", tmp_path)
    assert translation._("Sources") == "Sources"
