"""A made-up language: longer than English, in Hebrew letters, from right to left."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tools import catalogs

CODE = "xx"
START, END = "⟦", "⟧"
_KEPT = re.compile(r"(\{[^{}]*\}|\{\{|\}\}|`[^`]*`|<[^<>]*>|https?://\S+)")
_PADDING = "אבגד "


def translate(text: str) -> str:
    """Return a text in the language, each sentence between brackets; placeholders stay."""
    sentences = re.split(r"(?<=[a-z)]\.)( +|\n+)(?=[A-Z])", text)
    sentences[::2] = map(_translate_sentence, sentences[::2])
    return "".join(sentences)


def _translate_sentence(text: str) -> str:
    core = text.strip().removesuffix(".")
    if not re.search("[A-Za-z]{2}", core) or not re.search("[A-Za-z]", _KEPT.sub("", core)):
        return text
    parts = _KEPT.split(core)
    parts[::2] = [re.sub("[A-Za-z]", _letter, part) for part in parts[::2]]
    padding = _PADDING * (1 + len(core) // 16)
    start, end = text.partition(core)[::2]
    return f"{start}{START}{''.join(parts)} {padding.strip()}{END}{end}"


def _letter(match: re.Match[str]) -> str:
    return chr(ord("א") + (ord(match[0].lower()) - ord("a")) % 22)


def compile_catalog(folder: Path) -> None:
    """Write the compiled catalogue of the language."""
    template = catalogs.read(catalogs.catalogs()[0])
    catalog = Catalog()
    for message in template:
        if not message.id:
            continue
        forms = catalogs.forms(message.id)
        strings: tuple[str, ...] = tuple(map(translate, forms))
        if message.context and message.context.startswith("direction of writing"):
            strings = ("rtl",)
        catalog.add(
            message.id,
            strings if len(forms) > 1 else strings[0],
            context=message.context,
        )
    path = folder / CODE / "LC_MESSAGES" / "orderwatch.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
