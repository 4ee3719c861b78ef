"""In French no English sentence is on a screen, in a help, an error, a mail or a page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import Golden, Run
from tests.support.commands import HELPS
from tests.support.languages import english, nonsense_register

DAY = ("--as-of", "2026-11-29")
SCREENS: dict[str, tuple[str, ...]] = {
    "status": ("status", *DAY),
    "order": ("status", "rafah", *DAY),
    "find": ("find", "nuclear", *DAY),
    "countdown": ("countdown", *DAY),
    "deadlines": ("deadlines", *DAY),
    "show": ("show", "rafah/3", *DAY),
    "explain": ("explain", "rafah/3", *DAY),
    "orders": ("orders", "-n", "5", *DAY),
    "log": ("log", "rafah", "-n", "3", *DAY),
    "changes": ("changes", "--since", "2026-11-20", *DAY),
    "register": ("register", "status"),
}
"""The screens of eleven commands."""
OTHERS: tuple[tuple[str, ...], ...] = (
    *(("cite", "192"), ("doctor",), ("config",), ("check",), ("remind", "--list"), ("remind",)),
    *(("status", "--limit", "1"), ("log", "add"), ("log", "show", "1")),
)
ERRORS: tuple[tuple[str, ...], ...] = (
    *(("nope",), ("show",), ("status", "--nope"), ("status", "--as-of", "x")),
    *(("find", "--limit", "x"), ("export",), ("export", "x"), ("log", "show", "99")),
    *(("log", "add", "rafah", "--kind", "x"), ("config", "get", "x"), ("schema", "x")),
    *(("config", "set", "mail.port", "x"), ("register", "diff", "x", "y"), ("publish", "")),
    *(("register", "validate", "/nope"), ("log", "export", "a", "b"), ("log", "prove")),
    *(("log", "verify", "/nope"), ("status", "--config", "/nope"), ("remind", "--before", "x")),
    *(("check", "--warn", "x"), ("court", "check", "/nope"), ("witness", "sign", "/nope")),
    *(("explain", "zzz"), ("changes", "--since", "2099-01-01"), ("help", "zzz")),
    *(("log", "redact", "1"), ("log", "restore", "/nope"), ("log", "stamp"), ("log", "witness")),
)


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", "fr")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a register whose texts are in no language."""
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(nonsense_register(tmp_path)))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_in_french_holds_at_80_columns(run: Run, golden: Golden, screen: str) -> None:
    code, out, err = run(*SCREENS[screen], tty=True)
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if len(line) > 80] == []
    # A no-break space keeps what is after it on the line.
    assert [line for line in out.splitlines() if re.match(r"\s*[:;?!»]", line)] == []
    if screen != "register":  # it has the path and the digest of the register
        golden(f"french/{screen}.txt", out)


@pytest.mark.usefixtures("nonsense")
@pytest.mark.parametrize("argv", [*SCREENS.values(), *OTHERS], ids=" ".join)
@pytest.mark.parametrize("tty", [True, False], ids=["screen", "plain"])
def test_a_screen_has_no_english(run: Run, argv: tuple[str, ...], *, tty: bool) -> None:
    argv = tuple("192" if word in {"rafah", "rafah/3", "nuclear"} else word for word in argv)
    _code, out, err = run(*argv, tty=tty)
    assert english(out + err) == []


@pytest.mark.parametrize("argv", HELPS, ids=lambda argv: " ".join(argv) or "orderwatch")
def test_a_help_has_no_english(run: Run, argv: tuple[str, ...]) -> None:
    code, out, err = run(*argv, "--help")
    assert (code, err, english(out)) == (0, "", [])


@pytest.mark.usefixtures("nonsense")
@pytest.mark.parametrize("argv", ERRORS, ids=" ".join)
def test_an_error_has_no_english(run: Run, argv: tuple[str, ...]) -> None:
    code, out, err = run(*argv)
    assert code != 0
    assert english(out + err) == []


def test_the_test_finds_english(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", "en")
    for argv in (("status",), ("status", "--help"), ("nope",)):
        _code, out, err = run(*argv)
        assert english(out + err)


def test_a_mail_has_french_names_and_no_english(run: Run, golden: Golden) -> None:
    code, out, _err = run("remind", "rafah", "--as-of", "2024-06-20")
    assert code == 0
    golden("french/mail.txt", out)
    lines = [line for line in out.splitlines() if not line.startswith("  Isra")]  # the summary
    assert english("\n".join(lines)) == []


# Pages


class _Text(HTMLParser):
    """The text of a page and of the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is no text, and read attributes."""
        self._hidden = tag in {"script", "style", "code", "pre", "textarea"}
        self.lines += [
            value or ""
            for name, value in attrs
            if name in {"alt", "aria-label", "title", "placeholder", "content"}
        ]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as the parser calls it
        """Read on."""
        self._hidden = False

    def handle_data(self, data: str) -> None:
        """Add a text."""
        if not self._hidden:
            self.lines.append(data)


def text_of(page: str) -> str:
    parser = _Text()
    parser.feed(page)
    return "\n".join(parser.lines)


@pytest.mark.usefixtures("nonsense")
def test_no_page_has_english(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", "en")  # dates are computed for each language
    assert run("publish", str(tmp_path / "site"), "--lang", "en,fr")[0] == 0
    pages = sorted((tmp_path / "site" / "fr").rglob("*.html"))
    found = {
        str(path.relative_to(tmp_path)): lines
        for path in pages
        if (lines := english(text_of(path.read_text(encoding="utf-8"))))
    }
    assert len(pages) > 10
    assert found == {}


@pytest.mark.usefixtures("nonsense")
@pytest.mark.parametrize("form", ["ics", "atom", "markdown", "svg"])
def test_no_document_has_english(run: Run, form: str) -> None:
    code, out, _err = run("export", form, "192")
    assert code == 0
    text = text_of(out) if form in {"atom", "svg"} else re.sub(r"\r\n ", "", out)
    lines = [line for line in text.splitlines() if not re.match(r"[A-Z-]+[;:](?!.* )", line)]
    assert english("\n".join(lines)) == []


def test_a_site_in_two_languages_links_each_page_to_the_other(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "public"
    base = ("--base-url", "https://example.org/icj/")
    assert run("publish", str(target), "192", "--lang", "en,fr", *base, *DAY)[0] == 0
    english_pages = {
        path.relative_to(target)
        for path in target.rglob("*.html")
        if path.relative_to(target).parts[0] != "fr"
    }
    french_pages = {path.relative_to(target / "fr") for path in (target / "fr").rglob("*.html")}
    assert french_pages == english_pages
    for name in ("index.html", "orders/192-2024-05-24/index.html", "states/israel/index.html"):
        canonical = f"https://example.org/icj/{{}}{name.removesuffix('index.html')}"
        links = {
            f'<link rel="alternate" hreflang="en" href="{canonical.format("")}">',
            f'<link rel="alternate" hreflang="fr" href="{canonical.format("fr/")}">',
        }
        for folder, code in ((target, "en"), (target / "fr", "fr")):
            text = (folder / name).read_text(encoding="utf-8")
            assert f'<html lang="{code}">' in text
            assert all(link in text for link in links)
            for link in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', text):
                found = (folder / name).parent / link
                assert found.exists() or (found / "index.html").exists(), (name, link)
    assert (target / "status.json").exists()
    assert not (target / "fr" / "status.json").exists()
    assert "Israël" in (target / "fr" / "states" / "israel" / "index.html").read_text("utf-8")


def test_an_unknown_language_of_a_site_is_an_error(run: Run, tmp_path: Path) -> None:
    code, _out, err = run("publish", str(tmp_path / "public"), "--lang", "fr,xx")
    assert (code, "'xx'" in err) == (2, True)
    assert not (tmp_path / "public").exists()


def test_a_document_has_the_language_of_its_option(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDERWATCH_LANG")
    english_text = run("export", "markdown", "rafah", *DAY)[1]
    assert "Afrique du Sud" not in english_text
    assert "Afrique du Sud c. Israël" in run("export", "markdown", "rafah", "--lang", "fr", *DAY)[1]
    assert run("export", "markdown", "rafah", *DAY)[1] == english_text
    assert run("export", "ics", "--lang", "xx")[0] == 2
