"""Text files and names as people and other programs write them."""

import codecs
import gzip
import io
from contextlib import closing

import pytest

from orderwatch import fs, text
from orderwatch.log.postgres.search import to_tsquery, to_tsvector
from orderwatch.log.sqlite.connection import open_empty

BOM = codecs.BOM_UTF8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("d\u00e9cision du Conseil", "De\u0301cision  du\tConseil"),
        ("Government of Myanmar", " GOVERNMENT\u00a0of\u2003Myanmar\n"),
        ("Straße", "STRASSE"),
        ("\u212bland", "A\u030aland"),  # ångström sign
        ("\ufb01le", "FILE"),
        ("Myan\u00admar\u200b", "\ufeffmyanmar"),
        ("\u1fb3\u0301", "\u1fb4"),  # order of the marks of ᾴ
    ],
)
def test_names_compare_in_any_unicode_form(one: str, other: str) -> None:
    assert text.name_key(one) == text.name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Congo", "Cong\u00f3"), ("Niger", "Nigeria"), ("A B", "AB")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert text.name_key(one) != text.name_key(other)


@pytest.mark.parametrize("letter", text.SPELLINGS)
def test_every_engine_spells_out_the_same_letters(letter: str) -> None:
    spelling = text.SPELLINGS[letter]
    assert text.tokenize(f"a{letter}b {letter.upper()}") == text.tokenize(
        f"a{spelling}b {spelling}"
    )
    with closing(open_empty()) as log:
        sql = "SELECT sql FROM sqlite_schema WHERE name = 'indexed_text'"
        [(view,)] = log.fetch(sql)
    assert f"'{letter}', '{spelling}')" in view.decode()
    words = (to_tsvector(f'{{"summary":"{name}"}}'.encode()) for name in (letter, spelling))
    assert next(words) == next(words)
    assert to_tsquery(f"x{letter}") == to_tsquery(f"x{spelling}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"B\xfcro", "not UTF-8 at byte 2 (0xFC, in Latin-1 or Windows-1252 ü)"),
        (b"\x93a\x94", "not UTF-8 at byte 1 (0x93, in Latin-1 or Windows-1252 “)"),
        (b"caf\xc3", "not UTF-8 at byte 4"),
        (b"\xc0\xaf", "not UTF-8 at byte 1"),
        ("ä\x81".encode("latin-1"), "not UTF-8 at byte 1"),
    ],
)
def test_an_argument_that_is_not_utf8_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(text.TextError) as caught:
        text.argument(data.decode(errors="surrogateescape"))
    assert str(caught.value).startswith(message)


def test_an_argument_that_python_left_undecoded_is_decoded() -> None:
    assert text.argument("Sab\udcc3\udca3o") == "Sabão"


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"", ""),
        (BOM, ""),
        (BOM + b"a\n", "a\n"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\r\r\nb", "a\nb"),  # converted for Windows twice
        ("ä\r\n".encode("utf-16"), "ä\n"),
        (codecs.BOM_UTF16_BE + "ä😀".encode("utf-16-be"), "ä😀"),
        ("a\u2028b\rc\n".encode(), "a\u2028b\rc\n"),
        (b"a\rb\r", "a\nb\n"),  # of a Mac of old
        (BOM + BOM + b"a", "a"),
    ],
)
def test_a_text_file_is_decoded(data: bytes, content: str) -> None:
    assert text.decode(data) == content


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("recorder = 1".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        ("recorder = 1".encode("utf-16-be"), "UTF-16 without a byte order mark"),
        ("a".encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "invalid UTF-16"),
        (codecs.BOM_UTF16_LE + b"a", "invalid UTF-16"),
        (b"a\nB\xfcro\n", "not UTF-8 at byte 2 of line 2 (0xFC, in Latin-1 or Windows-1252 ü)"),
        (BOM + b"\x93", "not UTF-8 at byte 1 of line 1 (0x93, in Latin-1 or Windows-1252 “)"),
        (b"\x81", "not UTF-8 at byte 1 of line 1; save it as UTF-8"),
        (gzip.compress(b"a", mtime=0), "compressed by gzip"),
        (b"PK\x03\x04 docx", "a ZIP archive or an office document"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1", "rich text"),
        (b"SQLite format 3\0", "an SQLite database"),
        (bytes(64), "a binary file"),
    ],
)
def test_another_file_is_named(data: bytes, message: str) -> None:
    with pytest.raises(text.TextError) as refused:
        text.decode(data)
    assert message in str(refused.value)
    with pytest.raises(text.TextError):
        fs.decode(data, len(data) - 1)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ('{"entry":{}}\n', "an export of a log"),
        ("c2sp.org/tlog-proof@v1\n", "a proof"),
        ("PRIVATE+KEY+a+1+b\n", "a private key"),
        ("office+0123abcd+AbC/+=\n", "a public key"),
        ("-----BEGIN PRIVATE KEY-----\n", "a key or certificate in PEM"),
        (f"a log\n5\n{'A' * 43}=\n", "a checkpoint"),
        ("BEGIN:VCALENDAR\n", "a calendar"),
        ("<!DOCTYPE html>\n", "a web page or XML"),
        ("# a\nschema = 1\n", "TOML"),
        ("[court]\n", "TOML"),
        ('[[case]]  # "a"\n', "TOML"),
        ("[1, 2]", "JSON"),
        ('["a"]', "JSON"),
        ("{\n", "JSON"),
        ("id,on,kind\n1,2,3\n", "a table (CSV)"),
        ('"id";"on";"kind"\n', "a table (CSV)"),
        ("id\ton\tkind", "a table (CSV)"),
        ("Dear all, hello, goodbye\n", "another kind of file"),
    ],
)
def test_the_kind_of_a_file_is_named(content: str, kind: str) -> None:
    assert text.kind_of(content) == kind


LINES = [b'{"a":"\xc3\xa4"}\n', b"\n", b"last"]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(LINES),
        BOM + b"".join(LINES),
        BOM + LINES[0] + BOM + b"".join(LINES[1:]),  # two files, concatenated
        b"".join(LINES).decode().encode("utf-16"),
        codecs.BOM_UTF16_BE + b"".join(LINES).decode().encode("utf-16-be"),
    ],
)
def test_the_lines_of_a_file_are_utf8_without_marks(data: bytes) -> None:
    assert list(fs.read_lines(io.BytesIO(data), 100)) == LINES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_that_is_too_long_is_the_last(encoding: str) -> None:
    data = ("ab\n" + "c" * 200_000 + "\nd\n").encode(encoding)
    first, last = fs.read_lines(io.BytesIO(data), 100)
    assert first == b"ab\n"
    assert 100 < len(last) <= 200_000


@pytest.mark.parametrize("data", [gzip.compress(b"a", mtime=0), codecs.BOM_UTF16_LE + b"\x00\xd8"])
def test_lines_of_another_file_are_refused(data: bytes) -> None:
    with pytest.raises(text.TextError):
        list(fs.read_lines(io.BytesIO(data), 100))
