"""Sanitize untrusted text: every string from outside passes here before output.

A control, invisible or bidirectional character is written as its code point, such as
`<U+202E>`: character by character, since a pattern for whole sequences can be evaded.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category
from urllib.parse import quote, urlsplit

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
# Letters and marks without a glyph: Default_Ignorable_Code_Point in Unicode.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_MAX_MARKS = 8
"""Per letter. No script needs more; a longer stack covers adjacent lines."""
_COMBINING_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u1ab0-\u1ace"
    "\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
_VARIATION_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTOR_PATTERN = re.compile(f"[{_VARIATION_SELECTORS}]")
_UNSAFE_PATTERN = re.compile(
    f"[{''.join(_INVISIBLE)}]|(?:^|[\\x00-\\x7f]|[{_VARIATION_SELECTORS}])[{_VARIATION_SELECTORS}]"
    f"|[{_COMBINING_MARKS}]{{{_MAX_MARKS + 1}}}"
)
_MAX_URLS = 2_000
"""URLs in the cache of `safe_url`; a site has the same ones on many pages."""
_WEB_SCHEMES = frozenset({"http", "https"})
# Some spreadsheets accept full-width forms and the minus sign as operators.
_FORMULA_PATTERN = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")
# Of English, Dutch, French and German: a spreadsheet reads them in its own language.
_MONTH = (
    "(?:j[aä]n|feb|fév|m[aä]r|maa|mrt|apr|avr|ma[iy]|mei|jui?n|jui?l|aug|aoû|sept?|o[ck]t|nov|de[cz]|"
    "déc)[a-z]*"
)
# What a spreadsheet reads as a number, a fraction, a date, a time, a truth value or an
# error: it shows another text then, such as -4 for `(4)`. A date of ISO 8601 is meant as one.
_NUMBER_PATTERN = (
    r"\(?[$€£¥]?\s*[+-]?(?:\d[\d.,'\s]*|\.\d+)(?:e[+-]?\d+)?\s*[%$€£¥]?\)?"
    r"|\d{1,4}\s*[/.-]\s*\d{1,4}(?:\s*[/.-]\s*\d{1,4})?|\d+\s+\d+/\d+"
    rf"|\d{{1,2}}(?:er)?[\s./-]*{_MONTH}(?:[\s./,-]*\d{{2,4}})?|{_MONTH}[\s./,-]*\d{{1,4}}"
    rf"|{_MONTH}\s*\d{{1,2}},?\s*\d{{4}}"
    r"|\d{1,4}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m?\.?)?|\d{1,2}\s+[ap]m?"
    r"|true|false|wahr|falsch|vrai|faux|waar|onwaar|#(?:n/a|[a-z]+[!?]|div/0!)"
)
"""Compiled by `re` where a table is written: that takes longer than the other patterns."""
_ISO_DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARKUP_PATTERN = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK_PATTERN = re.compile(r"^(\s*)([#+\-=>]|\d{1,9}(?=[.)]))", re.MULTILINE)


def sanitize(text: str) -> str:
    """Replace unsafe characters, line breaks and tabs by their code points."""
    if _is_safe(text):
        return text
    characters = list(text)
    for index in _unsafe_positions(text):
        characters[index] = f"<U+{ord(text[index]):04X}>"
    return "".join(characters)


def _is_safe(text: str) -> bool:
    """Return whether text needs no escaping; a fast path for most text."""
    return text.isprintable() and (text.isascii() or not _UNSAFE_PATTERN.search(text))


def sanitize_lines(text: str) -> str:
    """Sanitize each line of a text; keep the line breaks."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(sanitize(line) for line in lines)


@lru_cache(_MAX_URLS)
def safe_url(url: str) -> str | None:
    """Return an http(s) URL in ASCII that is safe to link, or None."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    # Reject userinfo (user@host): it disguises the host name.
    if parts.scheme.lower() not in _WEB_SCHEMES or not parts.hostname or "@" in parts.netloc:
        return None
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")


def escape_csv_cell(text: str) -> str:
    """Escape text for a spreadsheet: prefix formulas and numbers with an apostrophe."""
    is_formula = _FORMULA_PATTERN.match(text) or text[:1] in {"\t", "\r"}
    is_number = not _ISO_DATE_PATTERN.fullmatch(text) and re.fullmatch(
        _NUMBER_PATTERN, text.strip(), re.IGNORECASE
    )
    return f"'{sanitize_lines(text)}" if is_formula or is_number else sanitize_lines(text)


def escape_markdown(text: str) -> str:
    """Escape text for Markdown, also within a table cell."""
    escaped = " ".join(sanitize_lines(text).split("\n"))
    escaped = escaped.replace("&", "&amp;")
    escaped = _MARKUP_PATTERN.sub(r"\\\g<0>", escaped)
    escaped = _BLOCK_PATTERN.sub(_escape_block, escaped)
    return escaped.replace("<", "&lt;").replace(">", "&gt;")


def escape_json(document: str) -> str:
    """Escape unsafe characters in a JSON document for a terminal."""
    return "\n".join(
        line if _is_safe(line) else _escape_json_line(line) for line in document.split("\n")
    )


def _escape_json_line(line: str) -> str:
    characters = list(line)
    for index in _unsafe_positions(line):
        units = _utf16_units(ord(line[index]))
        characters[index] = "".join(f"\\u{unit:04x}" for unit in units)
    return "".join(characters)


def _unsafe_positions(text: str) -> Iterator[int]:
    """Yield positions of characters that are unsafe, invisible or stacked."""
    marks = 0
    for index, char in enumerate(text):
        if char.isascii() and char.isprintable():
            marks = 0
            continue
        general_category = category(char)
        marks = marks + 1 if general_category in {"Mn", "Me"} else 0
        unsafe = general_category in _UNSAFE_CATEGORIES or _is_noncharacter(ord(char))
        if unsafe and char in _JOINERS:
            unsafe = not _is_needed_joiner(text, index)
        if unsafe or char in _INVISIBLE or marks > _MAX_MARKS or _is_stray_selector(text, index):
            yield index


def _is_stray_selector(text: str, index: int) -> bool:
    """Return whether a variation selector has no base character to vary."""
    if not _SELECTOR_PATTERN.match(text[index]):
        return False
    previous = text[index - 1 : index]
    if text[index + 1 : index + 2] == "\u20e3":  # a keycap emoji, after a digit
        return False
    return not previous or previous.isascii() or bool(_SELECTOR_PATTERN.match(previous))


def _is_needed_joiner(text: str, index: int) -> bool:
    """Return whether Persian, Indic scripts or emoji need this joiner."""
    neighbours = text[index - 1 : index] + text[index + 1 : index + 2]
    # Between Latin letters a joiner has no effect and is invisible.
    return len(neighbours) == 2 and all(  # noqa: PLR2004 - one on each side
        not char.isascii() and category(char)[0] in "LMS" for char in neighbours
    )


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode


def _utf16_units(code: int) -> tuple[int, ...]:
    """Encode a code point as UTF-16 code units, for JSON escapes."""
    if code < 0x10000:  # noqa: PLR2004 - the first plane
        return (code,)
    offset = code - 0x10000
    return 0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF)


def _escape_block(match: re.Match[str]) -> str:
    indent, marker = match.groups()
    if marker.isdigit():
        # `1.` starts a list; Markdown can escape its full stop, not its digit.
        return f"{indent}{marker}\\"
    return f"{indent}\\{marker}"
