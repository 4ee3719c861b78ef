"""Translate user-facing text with gettext; the source language is English.

Mark text where it stands, with named placeholders, and format it after the translation:

    _("No order matches {query!r}.").format(query=query)
    ngettext("{n} event", "{n} events", n).format(n=n)

A constant of a module is marked by `mark` and translated where it is printed:
`_(HEADINGS[kind])`. The language may change until then.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "orderwatch"

_catalog: "NullTranslations | None" = None
"""The catalogue in use; `None` for English, which needs no file and no import."""
_language = "en"


def activate(code: str, folder: Path | None = None) -> None:
    """Load the catalogue of a language from `FOLDER/LANGUAGE/LC_MESSAGES/orderwatch.mo`.

    The default folder is `locale` in the package. `en` needs no catalogue; for another
    language without one, `FileNotFoundError` is raised.
    """
    global _catalog, _language  # the language is a setting of the process
    if code == "en":
        _catalog, _language = None, code
        return
    from gettext import translation

    folder = Path(__file__).with_name("locale") if folder is None else folder
    _catalog, _language = translation(DOMAIN, folder, [code]), code


def language() -> str:
    """Return the code of the active language, such as `en`."""
    return _language


def _(message: str) -> str:
    """Return a message in the active language."""
    return message if _catalog is None else _catalog.gettext(message)


def ngettext(singular: str, plural: str, n: float) -> str:
    """Return the form of a message for a number, in the active language."""
    if _catalog is None:
        return singular if n == 1 else plural
    return _catalog.ngettext(singular, plural, int(n))


def pgettext(context: str, message: str) -> str:
    """Return a message that means something else in another context: `pgettext("vote", "by")`."""
    return message if _catalog is None else _catalog.pgettext(context, message)


def mark(message: str) -> str:
    """Return a message as it is, marked for the catalogues; `_` translates it later."""
    return message
