"""Translate user-facing text with gettext; the source language is English.

Mark text where it stands, with named placeholders, and format it after the translation:

    _("No order matches {query!r}.").format(query=query)
    ngettext("{n} event", "{n} events", n).format(n=n)

A constant of a module is marked by `mark` and translated where it is printed:
`_(HEADINGS[kind])`. The language may change until then.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "orderwatch"
FOLDER = Path(__file__).with_name("locale")
"""Catalogues: `LANGUAGE/LC_MESSAGES/orderwatch.mo`, compiled by `tools/catalogs.py`."""
ENGLISH, AUTO = "en", "auto"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the environment that name a language, the first that is set alone."""

_catalog: "NullTranslations | None" = None
"""The catalogue in use; `None` for English, which needs no file and no import."""
_language = ENGLISH


_register_names: tuple[tuple[str, str, str], ...] = ()
_names: Mapping[str, str] = {}
"""Names of the register in the active language, by their English."""


def languages() -> tuple[str, ...]:
    """Return the codes of the languages, English first."""
    catalogs = FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (ENGLISH, *sorted(path.parts[-3] for path in catalogs))


def activate(code: str, folder: Path | None = None) -> None:
    """Load the catalogue of a language; raise `FileNotFoundError` if it has none."""
    global _catalog, _language  # the language is a setting of the process
    if code == ENGLISH:
        _catalog, _language = None, code
    else:
        from gettext import translation

        _catalog, _language = translation(DOMAIN, folder or FOLDER, [code]), code
    use_names(_register_names)


@contextmanager
def using(code: str) -> Iterator[None]:
    """Use a language, and the one before afterwards."""
    before = _language
    activate(code)
    try:
        yield
    finally:
        activate(before)


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language of an environment; English if it has no catalogue."""
    locale = next(filter(None, (environment.get(name) for name in _VARIABLES)), "")
    names = (locale.partition(".")[0].partition("@")[0], locale[:2])
    return next((name for name in names if name in languages()), ENGLISH)


def use_names(names: Iterable[tuple[str, str, str]]) -> None:
    """Set the names of a register: language, English name, name in that language."""
    global _names, _register_names  # noqa: PLW0603 - as the catalogue
    _register_names = tuple(names)
    _names = {english: name for code, english, name in _register_names if code == _language}


def name(english: str) -> str:
    """Return a name of the register in the active language."""
    return _names.get(english) or _(english)


def language() -> str:
    """Return the code of the active language, such as `en`."""
    return _language


class _Message(str):
    """A message of a catalogue, which formats numbers as its language does."""

    __slots__ = ()

    def format(self, *args: Any, **values: Any) -> str:  # noqa: ANN401 - as that of text
        """Format the message."""
        fields = {key: _Number(item) if type(item) is int else item for key, item in values.items()}
        return super().format(*args, **fields)


class _Number(int):
    """A number, whose thousands the active language separates."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return number(int(self)) if spec == "," else super().__format__(spec)


def _(message: str) -> str:
    """Return a message in the active language."""
    return message if _catalog is None else _Message(_catalog.gettext(message))


def ngettext(singular: str, plural: str, n: float) -> str:
    """Return the form of a message for a number, in the active language."""
    if _catalog is None:
        return singular if n == 1 else plural
    return _Message(_catalog.ngettext(singular, plural, int(n)))


def pgettext(context: str, message: str) -> str:
    """Return a message that means something else in another context: `pgettext("vote", "by")`."""
    return message if _catalog is None else _Message(_catalog.pgettext(context, message))


def mark(message: str) -> str:
    """Return a message as it is, marked for the catalogues; `_` translates it later."""
    return message


def is_right_to_left() -> bool:
    """Return whether the active language is written from right to left."""
    return pgettext("direction of writing: ltr or rtl", "ltr") == "rtl"


def own_name() -> str:
    """Return the name of the active language in itself."""
    return pgettext("the name of this language in itself", "English")


def colon(label: str) -> str:
    """Return a label with its colon."""
    return _("{label}:").format(label=label)


def labelled(label: object, value: object) -> str:
    """Return a value with its label before it."""
    return _("{label}: {value}").format(label=label, value=value)


def clauses(parts: Iterable[str]) -> str:
    """Join the clauses of a sentence."""
    return pgettext("between clauses", "; ").join(parts)


def both(names: Iterable[str]) -> str:
    """Join names as in a sentence: `Armenia, Iran and Syria`."""
    *first, last = (*names,) or ("",)
    return _("{names} and {name}").format(names=", ".join(first), name=last) if first else last


def either(names: Iterable[str]) -> str:
    """Join alternatives: `en, fr or auto`."""
    *first, last = (*names,) or ("",)
    return _("{names} or {last}").format(names=", ".join(first), last=last) if first else last


def number(value: int) -> str:
    """Format a number with separated thousands."""
    return f"{value:,}".replace(",", pgettext("between thousands", ","))
