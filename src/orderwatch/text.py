"""Text that people and other programs write: decode files, compare names, split words."""

import codecs
import re
from unicodedata import combining, normalize

from orderwatch.translation import _, mark


class TextError(Exception):
    """Bytes that are no text; the message continues the name of their file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        """Line of the first invalid byte, if it has one."""


_SIGNATURES = (
    (b"\x1f\x8b", mark("compressed by gzip; decompress it first, for example with `gunzip`")),
    (b"BZh", mark("compressed by bzip2; decompress it first")),
    (b"\xfd7zXZ\0", mark("compressed by xz; decompress it first")),
    (b"\x28\xb5\x2f\xfd", mark("compressed by zstd; decompress it first")),
    (
        b"PK\x03\x04",
        mark("a ZIP archive or an office document; extract it or save it as plain text"),
    ),
    (b"SQLite format 3\0", mark("an SQLite database, not a text file")),
    (b"%PDF-", mark("a PDF, not a text file")),
    (b"{\\rtf", mark("rich text (RTF); save it as plain text")),
    (codecs.BOM_UTF32_LE, mark("UTF-32; save it as UTF-8")),
    (codecs.BOM_UTF32_BE, mark("UTF-32; save it as UTF-8")),
)
_ESCAPE_HANDLER = "orderwatch.numbered"
"""Name of the codec error handler that escapes unencodable characters."""
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 64
"""Bytes in which zero bytes tell UTF-16 from other files."""
_ASSIGNMENT = r"(?:passw|pwd|secret)\w*\s*="
SECRET_ASSIGNMENT = re.compile(_ASSIGNMENT, re.IGNORECASE)
CREDENTIALS = re.compile(rf".*:.*@|.*{_ASSIGNMENT}", re.IGNORECASE | re.DOTALL)
"""An address that can contain a password."""


def decode(data: bytes) -> str:
    """Decode a text file, with LF as line end; raise `TextError` for other files.

    UTF-8, with or without a byte order mark, or UTF-16 with one.
    """
    if is_utf16(data):
        try:
            return _unify_line_ends(data.decode("utf-16"))
        except UnicodeDecodeError as error:
            raise TextError(_("invalid UTF-16; save it as UTF-8")) from error
    reject_other(data)
    content = data.removeprefix(codecs.BOM_UTF8)
    try:
        return _unify_line_ends(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise TextError(
            _("not UTF-8 at byte {column} of line {line}{guess}; save it as UTF-8").format(
                column=column, line=line, guess=_latin1_guess(content[error.start])
            ),
            line,
        ) from error


def is_utf16(data: bytes) -> bool:
    """Return whether a file begins with a byte order mark of UTF-16."""
    return data.startswith(_UTF16_BOMS) and not data.startswith(codecs.BOM_UTF32_LE)


def reject_other(data: bytes) -> None:
    """Raise `TextError` if the beginning of a file shows that it is no UTF-8 text."""
    for signature, message in _SIGNATURES:
        if data.startswith(signature):
            raise TextError(_(message))
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if min(even, odd) == 0 and 4 * max(even, odd) > len(sample):
            raise TextError(_("UTF-16 without a byte order mark; save it as UTF-8"))
        raise TextError(_("a binary file, not a text file"))


def _unify_line_ends(text: str) -> str:
    text = text.lstrip("\ufeff")
    if "\r" not in text:
        return text
    # A second conversion for Windows makes CR CR LF of CR LF.
    return re.sub("\r+\n", "\n", text) if "\n" in text else text.replace("\r", "\n")


def _latin1_guess(byte: int) -> str:
    try:
        letter = bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return (
        _(" (0x{byte:02X}, in Latin-1 or Windows-1252 {letter})").format(byte=byte, letter=letter)
        if letter.isprintable()
        else ""
    )


JSON, TOML = "JSON", "TOML"
_KINDS = (
    (r'\{\s*"entry"\s*:', mark("an export of a log")),
    (r"c2sp\.org/tlog-proof@", mark("a proof")),
    (r"old \d+\n", mark("a consistency proof")),
    (r"PRIVATE\+KEY\+", mark("a private key")),
    (r"[^\s+]+\+[0-9a-f]{8}\+[\w+/]+=*\s*\Z", mark("a public key")),
    (r"-----BEGIN ", mark("a key or certificate in PEM")),
    (r"[^\n]+\n\d+\n[\w+/]{43}=\n", mark("a checkpoint")),
    (r"BEGIN:VCALENDAR", mark("a calendar")),
    (r"<", mark("a web page or XML")),
    (r"(?:#[^\n]*\n\s*)*(?:\[\[?\w[\w.\"' -]*\]\]?\s*(?:#[^\n]*)?(?:\n|\Z)|[\w.\"-]+\s*=)", TOML),
    (r'\{|\[\s*[\]{\["\d-]', JSON),
    (r'"?\w[\w .-]*"?(?:[,;\t]"?\w[\w .-]*"?){2,}\s*(?:\n|\Z)', mark("a table (CSV)")),
)
OTHER = mark("another kind of file")


def kind_of(text: str) -> str:
    """Return what a text file seems to be, such as `a table (CSV)`, for error messages."""
    content = text.lstrip()
    if not content:
        return mark("empty")
    return next((kind for pattern, kind in _KINDS if re.match(pattern, content)), OTHER)


def argument(text: str) -> str:
    """Return an argument of the command line; raise `TextError` if it is not UTF-8."""
    try:
        data = text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        # Half of a pair, as Windows passes on; nothing was undecoded.
        return text
    try:
        # In the locale C, Python leaves the bytes of valid UTF-8 undecoded.
        return data.decode()
    except UnicodeDecodeError as error:
        raise TextError(not_utf8(data, error)) from error


def not_utf8(data: bytes, error: UnicodeDecodeError) -> str:
    """Return where a line or argument is not UTF-8, and which letter was meant there."""
    return _("not UTF-8 at byte {column}{guess}").format(
        column=error.start + 1, guess=_latin1_guess(data[error.start])
    )


def encode(text: str, encoding: str) -> bytes:
    """Encode a text; escape what the encoding lacks."""
    return text.encode(encoding, _ESCAPE_HANDLER)


def _escape_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Escape characters that the encoding lacks as JSON does, so JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    utf16 = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    code_units = (utf16[offset : offset + 2].hex() for offset in range(0, len(utf16), 2))
    return "".join(f"\\u{code_unit}" for code_unit in code_units), error.end


codecs.register_error(_ESCAPE_HANDLER, _escape_unencodable)


def cut(text: str, limit: int) -> str:
    """Return the beginning of a text to quote; of credentials it would not be detected."""
    return "…" if len(text) > limit and CREDENTIALS.match(text) else text[:limit]


def nfc(text: str) -> str:
    """Return a text as it is stored: in Unicode's composed form."""
    return normalize("NFC", text)


_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Soft hyphen, zero-width spaces and byte order mark: what is copied brings them."""


def name_key(text: str) -> str:
    """Return a name as it is compared: NFC, without case, white space as one space."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = normalize("NFD", text.translate(_INVISIBLE)).casefold()
    return " ".join(nfc(folded).split())


def fold(text: str) -> str:
    """Return a text without case and accents, with spaces for hyphens."""
    if text.isascii():
        return " ".join(text.casefold().replace("-", " ").split())
    # Compatibility forms hide capitals: the numero sign is "No".
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    letters = (char for char in decomposed if not combining(char))
    return " ".join("".join(letters).replace("-", " ").split())


SPELLINGS = {
    "ß": "ss",
    "ẞ": "ss",
    "œ": "oe",
    "Œ": "oe",
    "\N{LATIN SMALL LETTER LONG S}": "s",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\u00ad": "",
}
"""Letters that a search spells out, ligatures of PDFs among them, and the soft hyphen.

The view `indexed_text` of SQLite is made from it: a change needs a new version.
"""
_SPELLINGS = str.maketrans(SPELLINGS)


def spell_out(text: str) -> str:
    """Return a text with the spelling of each letter that a search spells out."""
    return text.translate(_SPELLINGS)


def tokenize(text: str) -> list[str]:
    """Return the words of a text, lower-case and without accents.

    `cease-fire` is two adjacent words.
    """
    if not text.isascii():
        # Like SQLite, fold the other letters one by one.
        text = "".join(c for c in normalize("NFD", spell_out(text)) if not combining(c))
    return re.findall(r"[^\W_]+", text.lower())
