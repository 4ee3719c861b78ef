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
# Letters and marks that show nothing; Unicode calls them default-ignorable.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_MOST_MARKS = 8
"""On one letter; no script puts on as many, and more cover the lines around."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u1ab0-\u1ace"
    "\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
_SELECTOR = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTS = re.compile(f"[{_SELECTOR}]")
_UNSEEN = re.compile(
    f"[{''.join(_FILLERS)}]|(?:^|[\\x00-\\x7f]|[{_SELECTOR}])[{_SELECTOR}]"
    f"|[{_MARKS}]{{{_MOST_MARKS + 1}}}"
)
_WEB = frozenset({"http", "https"})
# Some programs read the full-width forms and the minus sign as the plain ones.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK = re.compile(r"^(\s*)([#+\-=>]|\d{1,9}(?=[.)]))", re.MULTILINE)


def visible(text: str) -> str:
    """Write out every character that would act, line breaks and tabs too."""
    if _harmless(text):
        return text
    shown = list(text)
    for place in _acting(text):
        shown[place] = f"<U+{ord(text[place]):04X}>"
    return "".join(shown)


def _harmless(text: str) -> bool:
    """Tell quickly that nothing is to be written out; most text has nothing."""
    return text.isprintable() and (text.isascii() or not _UNSEEN.search(text))


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
    # Whoever writes user@host means to mislead.
    if parts.scheme.lower() not in _WEB or not parts.hostname or "@" in parts.netloc:
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
        line if _harmless(line) else _json_line(line) for line in document.split("\n")
    )


def _json_line(line: str) -> str:
    escaped = list(line)
    for place in _acting(line):
        units = _utf16_units(ord(line[place]))
        escaped[place] = "".join(f"\\u{unit:04x}" for unit in units)
    return "".join(escaped)


def _acting(text: str) -> Iterator[int]:
    """Yield the places of the characters that would act, hide, or pile up."""
    marks = 0
    for place, sign in enumerate(text):
        if sign.isascii() and sign.isprintable():
            marks = 0
            continue
        kind = category(sign)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        acts = kind in _ACTING or _is_noncharacter(ord(sign))
        if acts and sign in _JOINERS:
            acts = not _joins(text, place)
        if acts or sign in _FILLERS or marks > _MOST_MARKS or _strays(text, place):
            yield place


def _strays(text: str, place: int) -> bool:
    """Tell whether a variation selector stands where there is nothing to vary."""
    if not _SELECTS.match(text[place]):
        return False
    before = text[place - 1 : place]
    if text[place + 1 : place + 2] == "\u20e3":  # a key cap, around a digit
        return False
    return not before or before.isascii() or bool(_SELECTS.match(before))


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
