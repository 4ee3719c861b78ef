"""Text that acts on a reader: control and format characters, markup, formulas."""

from hypothesis import strategies as st

ACTING = (
    *("\x00", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\xad", "\u061c"),
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029"),
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066"),
    *("\u2067", "\u2068", "\u2069", "\ufeff", "\ufffe", "\ufdd0", "\ud800"),
    *("\ue000", "\U000e0041", "\U0010fffd"),
)
hostile = st.lists(st.sampled_from(ACTING) | st.text(max_size=3)).map("".join)
HOSTILE = (
    "\x1b]0;title\x07\x1b[2Jgone",
    "\x9b31m\u202etnemgduj",
    "[link=https://example.org]click[/link][bold]b[/]:smile:",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "| a | b |\n\n# heading\n- item\r\nSubject: x",
    '=HYPERLINK("https://example.org","x")',
    "javascript:alert(1)",
    "".join(ACTING),
)
