"""The compiled form of a register is used if it fits, and then gives what the TOML file gives."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import tomli

from orderwatch import register as load
from orderwatch.errors import RegisterError
from orderwatch.model import Register
from orderwatch.register import compiled
from tests.support.paths import CASES

GOOD = CASES / "register.toml"
Parsed = Callable[[], bool]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ship a small register with its compiled form, as an installed wheel does."""
    path = tmp_path / "orders.toml"
    path.write_bytes(GOOD.read_bytes())
    compiled.path_of(path).write_bytes(load.compile_file(path))
    monkeypatch.setattr(load, "packaged_path", lambda: path)
    return path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    """Return what says whether TOML was parsed since it was last asked."""
    loads, count = tomli.loads, 0

    def counted(text: str) -> dict[str, object]:
        nonlocal count
        count += 1
        return loads(text)

    def has_parsed() -> bool:
        nonlocal count
        before, count = count, 0
        return before > 0

    monkeypatch.setattr(tomli, "loads", counted)
    return has_parsed


def test_the_form_of_the_shipped_register_gives_the_same_values(tmp_path: Path) -> None:
    path = load.packaged_path()
    form = tmp_path / "form"
    form.write_bytes(load.compile_file(path))
    data = path.read_bytes()
    assert compiled.read(form, sha256(data).hexdigest()) == tomli.loads(data.decode())


def test_a_form_that_fits_is_used_instead_of_the_toml_file(shipped: Path, parsed: Parsed) -> None:
    register = load.load_register(shipped)
    assert not parsed()
    assert register == load.load_register(GOOD)
    assert parsed()


def test_a_register_file_that_was_changed_is_parsed(shipped: Path, parsed: Parsed) -> None:
    text = shipped.read_text(encoding="utf-8")
    shipped.write_text(f"{text}# changed\n", encoding="utf-8")
    register: Register = load.load_register(shipped)
    assert parsed()
    assert register.sha256 == sha256(shipped.read_bytes()).hexdigest()
    shipped.write_text("x = ", encoding="utf-8")
    with pytest.raises(RegisterError, match="invalid TOML"):
        load.load_register(shipped)


def test_a_form_with_a_changed_byte_is_not_used(shipped: Path, parsed: Parsed) -> None:
    path = compiled.path_of(shipped)
    whole, good = path.read_bytes(), load.load_register(shipped)
    assert not parsed()
    for place in (0, 30, 120, 200, 260, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert load.load_register(shipped) == good
        assert parsed()
    for damaged in (b"", b"\n", whole[:-1], whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        assert load.load_register(shipped) == good
        assert parsed()
    path.unlink()
    assert load.load_register(shipped) == good
    path.mkdir()
    assert load.load_register(shipped) == good


def test_a_form_of_another_program_is_not_used(
    shipped: Path, parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_SOURCES", compiled._SOURCES[1:])  # noqa: SLF001 - as another release has it
    load.load_register(shipped)
    assert parsed()
    monkeypatch.setattr(compiled, "_SOURCES", ("missing.py",))
    load.load_register(shipped)
    assert parsed()


def test_the_form_beside_another_file_is_not_used(
    shipped: Path, parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "packaged_path", lambda: GOOD)
    load.load_register(shipped)
    assert parsed()


def test_an_invalid_register_has_no_form(tmp_path: Path) -> None:
    path = tmp_path / "orders.toml"
    path.write_text("schema = 1\n")
    with pytest.raises(RegisterError, match="reviewed"):
        load.compile_file(path)


@pytest.mark.parametrize("value", [datetime(2024, 5, 24, tzinfo=UTC), (1, 2), {1: 2}, {1}])
def test_tables_that_would_change_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        compiled.encode({"a": value}, "0")


def test_a_form_is_text_of_one_line_after_its_head(shipped: Path) -> None:
    head, _, content = compiled.path_of(shipped).read_bytes().partition(b"\n")
    assert head.startswith(b"compiled 1 register=")
    assert json.loads(content)["schema"] == 1
