"""The choke point: every string from outside passes here before it is shown.

A character that would act instead of being read is written out, such as `<U+202E>`:
one character at a time, since a pattern for whole sequences can be fooled.
"""

import re
from collections.abc import Iterator
from unicodedata import category
from urllib.parse import quote, urlsplit

_ACTING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_WEB = frozenset({"http", "https"})
# Some programs read the full-width forms and the minus sign as the plain ones.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK = re.compile(r"^(\s*)([#+\-=>]|\d{1,9}(?=[.)]))", re.MULTILINE)


def visible(text: str) -> str:
    """Write out every character that would act, line breaks and tabs too."""
    # All that acts is unprintable, and most text has nothing of the kind.
    if text.isprintable():
        return text
    shown = list(text)
    for place in _acting(text):
        shown[place] = f"<U+{ord(text[place]):04X}>"
    return "".join(shown)


def visible_lines(text: str) -> str:
    """Do the same, but keep the breaks between lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(visible(line) for line in lines)


def safe_url(url: str) -> str | None:
    """Give an address fit for a link: of the web, in ASCII; `None` for others."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in _WEB or not parts.hostname:
        return None
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")


def csv_cell(text: str) -> str:
    """Make a text inert in a spreadsheet: one that reads as a formula gets a quote."""
    risky = _FORMULA.match(text) or text[:1] in {"\t", "\r"}
    return f"'{visible_lines(text)}" if risky else visible_lines(text)


def markdown(text: str) -> str:
    """Make a text mean itself in Markdown, in a table cell too."""
    plain = " ".join(visible_lines(text).split("\n"))
    plain = plain.replace("&", "&amp;")
    plain = _MARKUP.sub(r"\\\g<0>", plain)
    plain = _BLOCK.sub(_inert_block, plain)
    return plain.replace("<", "&lt;").replace(">", "&gt;")


def json_escaped(document: str) -> str:
    """Escape in a JSON document what would act on the screen it is printed to."""
    return "\n".join(
        line if line.isprintable() else _json_line(line)
        for line in document.split("\n")
    )


def _json_line(line: str) -> str:
    escaped = list(line)
    for place in _acting(line):
        units = _utf16_units(ord(line[place]))
        escaped[place] = "".join(f"\\u{unit:04x}" for unit in units)
    return "".join(escaped)


def _acting(text: str) -> Iterator[int]:
    """Yield the places of the characters that would act."""
    for place, sign in enumerate(text):
        if sign.isprintable():
            continue
        acts = category(sign) in _ACTING or _is_noncharacter(ord(sign))
        if acts and not (sign in _JOINERS and _joins(text, place)):
            yield place


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner stands where Persian, Indic scripts or emoji need it."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    # Between Latin letters it joins nothing and only hides.
    return len(around) == 2 and all(  # noqa: PLR2004 - one on each side
        not sign.isascii() and category(sign)[0] in "LMS" for sign in around
    )


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode


def _utf16_units(code: int) -> tuple[int, ...]:
    """Give the units in which JSON escapes a character."""
    if code < 0x10000:  # noqa: PLR2004 - the first plane
        return (code,)
    rest = code - 0x10000
    return 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF)


def _inert_block(found: re.Match[str]) -> str:
    space, sign = found.groups()
    if sign.isdigit():
        # `1.` begins a list; its full stop is what can be escaped.
        return f"{space}{sign}\\"
    return f"{space}\\{sign}"
