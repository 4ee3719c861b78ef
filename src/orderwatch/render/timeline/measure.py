"""Estimate the width of text, since no font can be measured here.

The widths are those of DejaVu Sans, rounded up: it is the widest of the common sans-serif
fonts, so that text never takes more room than estimated.
"""

from functools import cache

_WIDTHS = {
    0.3: "'IJijl\"",
    0.35: " ,./:;\\|·\N{RIGHT SINGLE QUOTATION MARK}",
    0.4: "()-[]ft",
    0.45: "!r",
    0.5: "*_`\N{EN DASH}",
    0.55: "?csz\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
    0.6: "FLkvxy",
    0.65: "$0123456789EPSTYabdeghnopqu{}",
    0.7: "ABCKRVXZ",
    0.75: "NU",
    0.8: "&DGHOQ",
    0.85: "#+<=>^w~",
    0.9: "M",
    1.0: "%@Wm…\N{EM DASH}",
}
"""Characters by width, in parts of the font size."""
_WIDTH = {character: width for width, characters in _WIDTHS.items() for character in characters}
_OTHER = 1.2
"""Other scripts, and letters with accents among them."""
_ACCENTED = 0.85
_LAST_EUROPEAN = "\u052f"
"""End of the blocks for Latin, Greek and Cyrillic."""
_BOLD = 1.16


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper bound of the width of a drawn text."""
    width = sum(map(_character_width, text)) * size
    return width * _BOLD if bold else width


@cache
def _character_width(character: str) -> float:
    default = _ACCENTED if character <= _LAST_EUROPEAN else _OTHER
    return _WIDTH.get(character, default)


def fit_text(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """Truncate a text to a width."""
    if text_width(text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(f"{text[:middle]}…", size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low].rstrip()}…"


def wrap_text(text: str, size: float, width: float, *, lines: int, bold: bool = False) -> list[str]:
    """Wrap a text at spaces into at most so many lines; the last is truncated."""
    words = text.split()
    wrapped: list[str] = []
    while words and len(wrapped) < lines - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold=bold) <= width:
            line = f"{line} {words.pop(0)}"
        wrapped.append(fit_text(line, size, width, bold=bold))
    if words:
        wrapped.append(fit_text(" ".join(words), size, width, bold=bold))
    return wrapped
