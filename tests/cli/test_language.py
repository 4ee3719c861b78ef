"""The language of a run: from the environment or the configuration, English without either."""

from pathlib import Path

import pytest

from tests.conftest import Run

FRENCH = "Vérifier les entrées"
ENGLISH = "Verify entries"


def config(home: Path, text: str) -> None:
    path = home / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)


def help_of_verify(run: Run) -> str:
    code, out, err = run("log", "verify", "--help")
    assert (code, err) == (0, "")
    return out


def test_a_variable_of_the_environment_chooses_a_language(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert ENGLISH in help_of_verify(run)
    monkeypatch.setenv("ORDERWATCH_LANG", "fr")
    assert FRENCH in help_of_verify(run)
    monkeypatch.setenv("ORDERWATCH_LANG", "auto")
    assert FRENCH in help_of_verify(run)
    monkeypatch.setenv("LC_MESSAGES", "de_CH.UTF-8")
    assert ENGLISH in help_of_verify(run)


def test_a_configuration_chooses_a_language(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(sealed, 'lang = "fr"\n')
    assert FRENCH in help_of_verify(run)
    assert run("config", "get", "lang") == (0, "fr\n", "")
    monkeypatch.setenv("ORDERWATCH_LANG", "en")
    assert ENGLISH in help_of_verify(run)


def test_a_configuration_that_is_named_chooses_a_language(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('lang = "fr"\n')
    code, out, _err = run("log", "verify", "--help", "--config", str(path))
    assert (code, FRENCH in out) == (0, True)
    code, out, _err = run(f"--config={path}", "log", "verify", "--help")
    assert (code, FRENCH in out) == (0, True)


def test_an_unknown_language_is_an_error(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", "xx")
    code, _out, err = run("status")
    assert (code, err) == (
        2,
        "orderwatch: environment ORDERWATCH_LANG: lang is en, fr or auto, not 'xx'\n",
    )
    monkeypatch.delenv("ORDERWATCH_LANG")
    config(sealed, 'lang = "xx"\n')
    code, _out, err = run("status")
    assert (code, "lang is en, fr or auto, not 'xx'" in err) == (2, True)
    assert run("config", "set", "lang", "fr")[0] == 0


def test_a_monitor_gets_unknown_for_an_unknown_language(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", "xx")
    assert run("check")[0] == 3
