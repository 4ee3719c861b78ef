"""Every text that a user reads is plain English, and marked for gettext where it stands."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from orderwatch import translation
from orderwatch.render import html
from tests.support import sites
from tests.support.docs_pages import NAMES, PAGES
from tests.support.paths import GOLDEN, ROOT

PACKAGE = ROOT / "src" / "orderwatch"
TEMPLATES = PACKAGE / "templates"
NOT_MARKED = {
    "cli/command_docs.py": "names of commands",
    "cli/guesses.py": "words that people type",
    "cli/lazy_group.py": "messages of Typer that are replaced",
    "frozen.py": "errors of programmers",
    "templates/dossier/verify.py": "a script for strangers, in English",
    "mcp.py": "instructions for language models",
    "register/court_mail.py": "words of the Court's mails",
    "register/draft.py": "text of a register file",
    "render/csv.py": "headers",
    "render/data_package.py": "descriptions of columns, as in a JSON Schema",
    "settings/writer.py": "a file of settings",
    "word_search.py": "words of English",
    "__init__.py": "errors of programmers",
}
"""Modules that have unmarked sentences, and why."""

FORBIDDEN = (
    r"is called so",
    r"(?<!there )\bis no (?!longer\b)\w+ (of|for)\b",
    r"(?<!there )\bis no (address|file|folder|kind|key|name|number|text)\b",
    r"\banew\b",
    r"what there is",
    r"due to be said",
    r"\btells? of\b",
    r"\bwhoever\b",
    r"from above",
    r"\bbefall",
    r"\bis there twice\b",
    r"stands twice",
    r"\bputs? it right\b",
    r"\bas it was made\b.*\bsays\b",
    r"what (has )?come since",
    r"\bwas left alone\b",
    r"^(asked of|stands)$",
    r"\bnobody asked\b",
    r"\bwho is to do what\b",
    r"says what (there|it) is",
    r"\bneither is there\b",
    r"\bof the sort\b",
    r"\bis given twice\b",
)
"""Phrases that sound translated; each would be found anywhere a user reads."""

_FORBIDDEN = [re.compile(pattern, re.IGNORECASE) for pattern in FORBIDDEN]
_MARKERS = {"_", "mark", "ngettext", "pgettext"}
_ERRORS = re.compile(r"(\w*Error|Problem)$")
_SENTENCE = re.compile(r"(?<![\w-])[a-z]{2,} [a-z]{2,}(?![\w-])")
"""Two words of lower case."""
_SQL = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|ORDER BY|GROUP BY|PRAGMA|CREATE|BEGIN|LOCK"
    r"|COPY|SET LOCAL|VALUES|CAST|JOIN|VACUUM|WITH)\b"
)


def sources() -> list[Path]:
    """Return the modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield every string of a module, parts of f-strings too, without its docstrings."""
    docstrings = {
        id(node.value)
        for body in (getattr(node, "body", None) for node in ast.walk(tree))
        if isinstance(body, list)
        for node in body
        if isinstance(node, ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node


def marked(tree: ast.Module) -> set[int]:
    """Return the identities of the strings that a marker gets."""
    return {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call.func) in _MARKERS
        for part in ast.walk(call)
    }


def name_of(function: ast.expr) -> str:
    """Return the last name of a function that is called."""
    return str(getattr(function, "id", None) or getattr(function, "attr", ""))


def files() -> list[Path]:
    """Return the modules whose sentences are all marked."""
    return [path for path in sources() if str(path.relative_to(PACKAGE)) not in NOT_MARKED]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_string_sounds_translated(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    texts = [node.value for node in strings(tree)]
    # The help of a command is the docstring of its function.
    texts += [text for node in ast.walk(tree) if (text := help_of(node))]
    assert [text for text in texts if sounds_translated(str(text))] == []


def help_of(node: ast.AST) -> str | None:
    is_command = isinstance(node, ast.FunctionDef) and any(
        isinstance(call, ast.Call) and name_of(call.func) == "command"
        for call in node.decorator_list
    )
    return ast.get_docstring(node) if isinstance(node, ast.FunctionDef) and is_command else None


@pytest.mark.parametrize("folder", [TEMPLATES, GOLDEN], ids=["templates", "golden"])
def test_no_output_sounds_translated(folder: Path) -> None:
    lines = [
        (path.name, line)
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".html", ".md", ".svg", ".toml", ".txt", ".xml"}
        for line in path.read_text("utf-8").splitlines()
    ]
    assert [line for line in lines if sounds_translated(line[1])] == []


def sounds_translated(text: str) -> bool:
    return any(pattern.search(text) for pattern in _FORBIDDEN)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_marked_message_can_be_extracted_and_reordered(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and name_of(call.func) in _MARKERS):
            continue
        assert not any(isinstance(part, ast.JoinedStr) for part in call.args), call.lineno
        for part in call.args:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                fields = re.findall(r"(?<!\{)\{(?![ {])(\w*)", part.value)
                assert all(re.match(r"[a-z]", field) for field in fields), call.lineno


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_sentence_is_marked(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    exempt = marked(tree)
    found = [
        (node.lineno, node.value)
        for node in strings(tree)
        if id(node) not in exempt
        and _SENTENCE.search(str(node.value))
        and not is_code(str(node.value))
    ]
    assert found == []


NOT_TRANSLATED = (
    *("pip install", "pipx inject", "pip install --user"),  # commands
    *("<iframe", "loading=", '/index.html"', "-m pip"),  # HTML to copy
    *("Cases, their orders", "A register of orders"),  # the JSON Schema
    *("certificate verify", "does not match host", "root certificate", "does not support SSL"),
    *("no password supplied", "session is read-only", "could not make a writable"),  # of libpq
    "Either provide the file",
    *("orderwatch log verify-proof", "openssl ts -verify", "head -n 3"),  # commands
    "SHA-256 of the lines above",  # the format of a manifest
    "For example:\n",  # helps, which cli/lazy_group.py translates
    *("earlier orders", "extends to", "kept in", "order of", "the court"),  # names of fields
    *("Democratic Republic", "last visited", "days ago", "orderwatch orders"),  # of a style, typed
)
"""Parts of strings that no user reads as text, or that others write."""


def is_code(text: str) -> bool:
    """Return whether a string is SQL, a regular expression or in `NOT_TRANSLATED`."""
    is_pattern = re.search(r"\(\?|\\w|\\s|\[a-z|\\b|\w\|\w", text)
    return bool(_SQL.search(text) or is_pattern or any(part in text for part in NOT_TRANSLATED))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_error_takes_its_text_from_the_catalogue(path: Path) -> None:
    """A raw text, even of one word, is no message of an error."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [
        (call.lineno, text)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _ERRORS.match(name_of(call.func))
        for argument in [*call.args, *(item.value for item in call.keywords)]
        for text in raw_texts(argument)
        if re.search(r"[A-Za-z]{3,}", text)
    ]
    assert found == []


def raw_texts(node: ast.AST) -> Iterator[str]:
    """Yield the strings of an expression, without those that a function gets."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.Call):
        return
    for child in ast.iter_child_nodes(node):
        yield from raw_texts(child)


# Templates

_NAMES = {"orderwatch", "checkpoint", "status", "json", "events", "csv", "deadlines", "ics"}
_NAMES |= {
    "datapackage",
    "sqlite",
    "feed",
    "atom",
    "log",
    "jsonl",
    "timeline",
    "svg",
    "show",
    "sha256",
    "lang",
    "en",
}


class Texts(HTMLParser):
    """The words between the tags of a page, and in attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: set[str] = set()
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether what follows is code, and read the attributes."""
        self._is_code = tag in {"script", "style"}
        for name, value in attrs:
            if name in {"alt", "aria-label", "title", "placeholder"}:
                self.handle_data(value or "")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - as the parser calls it
        """End code."""
        self._is_code = False

    def handle_data(self, data: str) -> None:
        """Add the words of a text."""
        if not self._is_code:
            self.words |= set(re.findall(r"[A-Za-z]\w+", data))


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".svg", ".xml"}],
    ids=lambda path: path.name,
)
def test_a_template_has_no_unmarked_word(path: Path) -> None:
    source = path.read_text("utf-8")
    page = Texts()
    page.feed(re.sub(r"\{[%{#].*?[%}#]\}", "", source, flags=re.DOTALL))
    assert page.words <= _NAMES
    assert unmarked_constants(source) == []


def test_the_text_of_a_mail_has_no_unmarked_word() -> None:
    source = (TEMPLATES / "message.txt").read_text("utf-8")
    assert re.findall(r"[A-Za-z]\w+", re.sub(r"\{[%{#].*?[%}#]\}", "", source)) == []
    assert unmarked_constants(source) == []


def unmarked_constants(source: str) -> list[str]:
    """Return the sentences in expressions of a template that no marker gets."""
    environment = Environment(autoescape=True)
    environment.filters |= {"fill": str, "pre": str}
    tree = environment.parse(source)
    exempt = {
        id(part)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in _MARKERS
        for part in call.find_all(nodes.Const)
    }
    return [
        const.value
        for const in tree.find_all(nodes.Const)
        if id(const) not in exempt
        and isinstance(const.value, str)
        and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", const.value)
        and not const.value.startswith("orderwatch ")
    ]


# Another language


class Brackets:
    """A catalogue of a language that puts each message into brackets."""

    def gettext(self, message: str) -> str:
        """Return the message in brackets."""
        return f"⟦{message}⟧"

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return a form in brackets."""
        return f"⟦{singular if n == 1 else plural}⟧"

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - as gettext has it
        """Return the message in brackets."""
        return f"⟦{message}⟧"


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_catalog", Brackets())
    monkeypatch.setattr(translation, "_language", "x-brackets")


@pytest.mark.usefixtures("bracketed")
def test_pages_are_in_the_active_language() -> None:
    pages = dict(html.pages(sites.site(192)))
    index = pages["index.html"]
    assert '<html lang="x-brackets">' in index
    assert '<h2 id="data">⟦Data⟧</h2>' in pages["data.html"]
    every = index + pages["orders/index.html"]
    headings = re.findall(r"<(?:dt|th|h2|label|summary|caption)\b[^>]*>([^<]+)<", every)
    assert [text for text in headings if text.strip() and not text.startswith("⟦")] == []
    assert "\\u27e6{n} day left\\u27e7" in pages["script.js"]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=[*NAMES, "CHANGELOG.md"])
def test_no_page_has_a_forbidden_phrase(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [x for x in lines if any(rule.search(x) for rule in _FORBIDDEN)] == []
