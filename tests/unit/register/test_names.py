"""Names in other languages: the lookup by them, text that has them, and data that does not."""

import json

import pytest

from tests.conftest import Run
from tests.support.paths import SMALL

FRENCH = ("Afrique du Sud c. Israël", "Faire rapport à la Cour")
ENGLISH = ("South Africa v. Israel", "Report to the Court")


def show(run: Run, *argv: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ORDERWATCH_LANG", lang)
    code, out, _notes = run("--orders", str(SMALL), *argv)
    assert code == 0
    return out


@pytest.mark.parametrize("form", ["plain", "markdown"])
def test_text_has_the_names_of_its_language(
    run: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    french = show(run, "show", "192", "--format", form, lang="fr", monkeypatch=monkeypatch)
    assert all(name in french for name in FRENCH)
    assert not any(name in french for name in ENGLISH)
    english = show(run, "show", "192", "--format", form, lang="en", monkeypatch=monkeypatch)
    assert all(name in english for name in ENGLISH)
    assert not any(name in english for name in FRENCH)


def test_data_has_the_names_of_the_register(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ("status", "192", "--format", "json")
    documents = [
        json.loads(show(run, *argv, lang=lang, monkeypatch=monkeypatch)) for lang in ("en", "fr")
    ]
    labels = [[item["label"] for item in document["obligations"]] for document in documents]
    assert labels[0] == labels[1]
    assert ENGLISH[1] in labels[1]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_state_answers_to_its_other_name(
    run: Run, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    out = show(run, "find", "Afrique du Sud", lang=lang, monkeypatch=monkeypatch)
    assert "192" in out


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("words", "number"), [("essais nucléaires", "59"), ("usines de pâte à papier", "135")]
)
def test_a_case_is_found_by_its_other_title(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: str, number: str, lang: str
) -> None:
    monkeypatch.setenv("ORDERWATCH_LANG", lang)
    code, out, _err = run("find", words)
    assert (code, number in out) == (0, True)
