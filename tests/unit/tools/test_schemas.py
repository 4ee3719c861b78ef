"""The JSON Schemas are generated from the types of the documents."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tools import schemas


def test_no_schema_is_stale() -> None:
    assert schemas.stale() == []


def test_a_stale_or_missing_schema_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "schemas"
    shutil.copytree(schemas.FOLDER, copy)
    monkeypatch.setattr(schemas, "FOLDER", copy)
    (copy / "log.json").write_text("{}\n", encoding="utf-8")
    (copy / "verify.json").unlink()
    assert schemas.stale() == ["log.json", "verify.json"]


@pytest.mark.parametrize(("name", "text"), schemas.schemas().items())
def test_a_generated_schema_is_valid_and_described(name: str, text: str) -> None:
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"orderwatch/{name.removesuffix('.json')}/1"
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["description"].endswith(".")
