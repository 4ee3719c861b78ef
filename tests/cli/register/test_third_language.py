"""A language that is longer and from right to left passes through every output."""

import re
from pathlib import Path

import pytest

from orderwatch import translation
from orderwatch.model import Register
from tests.cli.register.conftest import LABEL, Publish
from tests.cli.test_french import SCREENS
from tests.conftest import Run
from tests.support import pseudo
from tests.support.commands import HELPS
from tests.support.every_command import Round

_COLUMNS = 80


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("locale")
    pseudo.compile_catalog(path)
    return path


@pytest.fixture(autouse=True)
def _language(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "FOLDER", folder)
    monkeypatch.setenv("ORDERWATCH_LANG", pseudo.CODE)


def is_cut(text: str) -> bool:
    """Return whether messages lack their end, more of them than there are ellipses."""
    lost = text.count(pseudo.START) - text.count(pseudo.END)
    return not 0 <= lost <= text.count("…")


@pytest.mark.usefixtures("trusted")
def test_every_command_speaks_it(
    run: Run,
    publish: Publish,
    register: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = []

    def noted(*argv: str, **options: object) -> tuple[int, str, str]:
        code, out, err = run(*argv, **options)  # type: ignore[arg-type]
        texts.append((argv, out + err))
        return code, out, err

    monkeypatch.setenv("EDITOR", "true")
    Round(noted, tmp_path, publish(LABEL), register)()
    assert [(argv, text) for argv, text in texts if is_cut(text)] == []
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert '<html lang="xx" dir="rtl">' in text or "<html" not in text, page
        assert not is_cut(text), page
    for name in ("ics", "atom", "svg", "markdown"):
        text = re.sub(r"\r\n ", "", (tmp_path / name).read_bytes().decode())
        assert pseudo.START in text
        assert not is_cut(text), name


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_holds_at_80_columns(
    run: Run, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    code, out, _err = run(*SCREENS[screen], tty=True)
    assert code == 0
    assert pseudo.START in out
    assert [line for line in out.splitlines() if len(line) > _COLUMNS] == []


@pytest.mark.parametrize("argv", HELPS, ids=lambda argv: " ".join(argv) or "orderwatch")
def test_a_help_is_whole(run: Run, argv: tuple[str, ...]) -> None:
    code, out, _err = run(*argv, "--help")
    assert code == 0
    assert 0 < out.count(pseudo.START) == out.count(pseudo.END)
