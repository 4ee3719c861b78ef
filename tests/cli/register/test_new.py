"""`register new` writes a register that validates, and its JSON Schema beside it."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from orderwatch import register
from tests.conftest import Run


def test_the_template_validates_and_works(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    code, out, err = run("register", "new", str(path))
    assert (code, err) == (0, "")
    assert f"orderwatch register validate {path}" in out
    assert run("register", "validate", str(path))[0] == 0
    assert run("--orders", str(path), "show", "first/1")[0] == 0


def test_an_editor_finds_the_schema_without_a_network(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    run("register", "new", str(path))
    text = path.read_text(encoding="utf-8")
    name = text.partition("\n")[0].removeprefix("#:schema ")
    schema = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    assert schema == register.json_schema()
    raw = json.loads(json.dumps(tomllib.loads(text), default=str))
    jsonschema.Draft202012Validator(schema).validate(raw)


def test_the_template_has_every_table_of_a_register(run: Run, tmp_path: Path) -> None:
    run("register", "new", str(tmp_path / "own.toml"))
    raw = tomllib.loads((tmp_path / "own.toml").read_text(encoding="utf-8"))
    assert set(raw) >= {"court", "state", "case", "event", "change"}
    assert "label" in raw["case"][0]["order"][0]["obligation"][0]


@pytest.mark.parametrize("name", ["own.toml", "register.schema.json"])
def test_no_file_is_overwritten(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    code, _, err = run("register", "new", str(tmp_path / "own.toml"))
    assert code == 2
    assert f"{name}: file exists" in err
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_two_registers_share_the_schema(run: Run, tmp_path: Path) -> None:
    assert run("register", "new", str(tmp_path / "one.toml"))[0] == 0
    assert run("register", "new", str(tmp_path / "two.toml"))[0] == 0
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["", "none/own.toml"])
def test_a_name_of_no_file_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name) if name else ""
    assert run("register", "new", path)[0] == 2


@pytest.mark.parametrize(
    ("words", "command"),
    [("orders validate", "register validate"), ("orders schema", "schema register")],
)
def test_a_former_name_names_the_command(run: Run, words: str, command: str) -> None:
    code, out, err = run(*words.split())
    assert (code, out) == (2, "")
    assert f'Run "orderwatch {command}"' in err
