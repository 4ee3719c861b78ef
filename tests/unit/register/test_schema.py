"""The JSON Schema of a register, for editors, says what the reader takes."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from orderwatch import register
from tests.support.paths import ROOT, SMALL

GOOD = SMALL
PACKAGE = Path(register.__file__).parents[1]
KEPT = PACKAGE / "schemas" / "register.json"


@pytest.mark.parametrize("path", [GOOD, register.packaged_path()], ids=["small", "shipped"])
def test_the_json_schema_takes_what_the_reader_takes(path: Path) -> None:
    # Editors hand dates to a schema as texts.
    raw = json.loads(json.dumps(tomllib.loads(path.read_text()), default=str))
    validator = jsonschema.Draft202012Validator(register.json_schema())
    assert [error.message for error in validator.iter_errors(raw)] == []


def test_the_json_schema_in_the_repository_is_the_one_of_the_shapes() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert kept == register.json_schema()


def test_the_json_schema_describes_every_key() -> None:
    def keys(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        if isinstance(node, dict):
            properties = node.get("properties", {})
            yield from properties.items()
            for value in [*node.values(), *properties.values()]:
                yield from keys(value)
        elif isinstance(node, list):
            for value in node:
                yield from keys(value)

    bare = [name for name, key in keys(register.json_schema()) if not key.get("description")]
    assert bare == []


def test_the_shipped_register_names_its_schema_first() -> None:
    first = register.packaged_path().read_text(encoding="utf-8").partition("\n")[0]
    assert first == "#:schema ./schemas/register.json"


@pytest.mark.parametrize("folder", [ROOT, PACKAGE], ids=["checkout", "wheel"])
def test_the_schema_line_resolves_where_the_register_lies(folder: Path) -> None:
    # The wheel has the register in the package, the checkout has it at its root.
    assert (folder / "schemas" / "register.json").read_bytes() == KEPT.read_bytes()
