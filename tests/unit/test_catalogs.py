"""Catalogues have every string, with its placeholders, and no guess."""

import gettext
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import catalogs

ALL = catalogs.catalogs()
LANGUAGES = [path.parts[-3] for path in ALL]


@pytest.mark.parametrize("path", ALL, ids=LANGUAGES)
def test_no_string_is_missing_or_fuzzy_or_has_other_placeholders(path: Path) -> None:
    assert catalogs.problems(catalogs.read(path)) == []


def test_every_catalogue_has_the_strings_of_the_program() -> None:
    assert catalogs.stale() == []


@pytest.mark.parametrize("path", ALL, ids=LANGUAGES)
def test_a_compiled_catalogue_does_not_have_the_time_of_the_build(path: Path) -> None:
    head = gettext.GNUTranslations(io.BytesIO(catalogs.compiled(path))).info()
    dates = {text for name, text in head.items() if name.endswith("-date")}
    assert dates == {"1970-01-01 00:00+0000"}
    assert head["plural-forms"]


def catalog() -> Catalog:
    result = Catalog(locale="fr")
    result.add("{n} of {all!r} events", "{n} faits sur {all!r}")
    result.add(("{n} day", "{n} days"), ("{n} jour", "{n} jours"))
    result.add("one day", "un jour")
    return result


def test_a_good_catalogue_has_no_problem() -> None:
    assert catalogs.problems(catalog()) == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda message: setattr(message, "string", ""), "missing"),
        (lambda message: message.flags.add("fuzzy"), "fuzzy"),
        (lambda message: setattr(message, "string", "{n} faits sur {all}"), "other placeholders"),
        (lambda message: setattr(message, "string", "{n} faits"), "other placeholders"),
        (lambda message: setattr(message, "string", "{n} sur {all!r"), "other placeholders"),
        (lambda message: setattr(message, "string", "{n} sur {all!r} "), "other spaces"),
    ],
)
def test_a_faulty_message_is_a_problem(spoil: Callable[[Message], None], problem: str) -> None:
    faulty = catalog()
    message = faulty.get("{n} of {all!r} events")
    assert message is not None
    spoil(message)
    (found,) = catalogs.problems(faulty)
    assert found.startswith(problem)


def test_a_form_of_a_plural_is_a_problem_without_its_number() -> None:
    faulty = catalog()
    message = faulty.get("{n} day")
    assert message is not None
    message.string = ("{n} jour", "")
    assert catalogs.problems(faulty) == ["missing: ('{n} day', '{n} days')"]


# Typography of French

_CODE = re.compile(r"`[^`]*`|https?://\S+|\{[^}]*\}|<[^>]*>|\"[^\"]*\"|[\w.-]+:(?=[\w/\"{])")


@pytest.mark.parametrize("path", [path for path in ALL if "/fr/" in path.as_posix()])
def test_french_has_no_break_spaces_where_its_typography_wants_them(path: Path) -> None:
    wrong = [
        text
        for message in catalogs.read(path)
        if message.id
        for text in catalogs.forms(message.string)
        if re.search(r"(?<![\N{NO-BREAK SPACE}\d&;?!:])[;?!](?=\s|$)", _CODE.sub("x", text))
        or re.search("«(?!\N{NO-BREAK SPACE})|(?<!\N{NO-BREAK SPACE})»", text)
        or re.search("[\u2019\u201c\u201d\u202f]", text)
    ]
    assert wrong == []
