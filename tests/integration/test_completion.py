"""What the Tab key offers in each shell."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from orderwatch.cli import completion, completion_list
from orderwatch.cli.app import app
from orderwatch.cli.completion import LIST
from orderwatch.cli.completion_list import encode
from orderwatch.register import load_register, packaged_path
from orderwatch.register.installed import Installation, Installed
from tests.conftest import Run
from tests.support.channels import KEY, release
from tests.support.paths import SMALL
from tests.support.waiting import PATIENCE

RAFAH = ["rafah/1", "rafah/2a", "rafah/2b", "rafah/2c", "rafah/3"]

Tab = Callable[..., list[str]]


def _bash(words: list[str]) -> dict[str, str]:
    return {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}


def _others(words: list[str]) -> dict[str, str]:
    return {
        "_TYPER_COMPLETE_ARGS": " ".join(words),
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
    }


def _names_of_bash(text: str) -> list[str]:
    return text.split("\n")


def _names_of_zsh(text: str) -> list[str]:
    # A name begins a line or the list; what is said of it comes after a colon.
    return re.findall(r'(?:^|\()"([^"]+)"', text, re.MULTILINE)


def _names_of_fish(text: str) -> list[str]:
    return [line.partition("\t")[0] for line in text.split("\n")]


def _names_of_powershell(text: str) -> list[str]:
    return [line.partition(":::")[0] for line in text.split("\n")]


SHELLS = {
    "bash": (_bash, _names_of_bash),
    "zsh": (_others, _names_of_zsh),
    "fish": (_others, _names_of_fish),
    "powershell": (_others, _names_of_powershell),
}


@pytest.fixture(params=SHELLS)
def tab(request: pytest.FixtureRequest, run: Run, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """Press the Tab key at the end of a line, and give the names that are offered."""
    ask, names = SHELLS[request.param]

    def pressed(*words: str) -> list[str]:
        with monkeypatch.context() as shell:
            shell.setenv("_ORDERWATCH_COMPLETE", f"complete_{request.param}")
            for name, value in ask(["orderwatch", *words]).items():
                shell.setenv(name, value)
            code, out, err = run()
        assert (code, err) == (0, "")
        return [name for name in names(out.strip("\n")) if name]

    return pressed


@pytest.mark.parametrize("command", ["status", "countdown", "show", "explain", "log"])
def test_ids_and_aliases_are_offered(tab: Tab, command: str) -> None:
    # With the next level, so that a shell does not end the word here.
    offered = tab(command, "raf")
    assert [name for name in offered if "rafah-" not in name] == ["rafah", *RAFAH]
    assert "rafah-offensive" in offered
    assert "192" in tab(command, "19")


def test_the_next_level_comes_after_a_slash(tab: Tab) -> None:
    assert tab("status", "rafah/") == RAFAH
    orders = [f"192/2024-{day}" for day in ("01-26", "03-28", "05-24")]
    assert [name for name in tab("status", "192/") if name.count("/") == 1] == orders
    assert tab("show", "192/2024-05-24/2") == [f"192/2024-05-24/2{letter}" for letter in "abc"]


def test_nothing_typed_offers_cases_and_aliases(tab: Tab) -> None:
    found = tab("status", "")
    assert {"178", "192", "rafah"} <= set(found)
    assert not [name for name in found if "/" in name]


def test_more_ids_are_offered_after_the_first(tab: Tab) -> None:
    assert tab("status", "192", "rafah/3") == ["rafah/3"]


def test_capitals_stay_as_they_were_typed(tab: Tab) -> None:
    assert tab("status", "RAFAH/3") == ["RAFAH/3"]


def test_what_is_not_there_is_not_offered(tab: Tab) -> None:
    assert tab("status", "zzz") == []


def test_a_register_of_ones_own_is_completed(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["rafah/2b.1", "rafah/2b.2", "rafah/3", "rafah/4"]
    assert tab("--orders", str(SMALL), "status", "rafah/") == names
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(SMALL))
    assert tab("status", "rafah/") == names
    assert tab("status", "17") == []


@pytest.mark.parametrize(
    ("variable", "content"),
    [
        ("ORDERWATCH_ORDERS", b"x = "),
        ("ORDERWATCH_ORDERS", b"\xff"),
        ("ORDERWATCH_ORDERS", None),
        ("ORDERWATCH_CONFIG", b"ordres = 1"),
        ("ORDERWATCH_CONFIG", None),
    ],
)
def test_what_cannot_be_read_offers_nothing_and_says_nothing(
    tab: Tab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: bytes | None,
) -> None:
    file = tmp_path / "spoilt.toml"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(variable, str(file))
    assert tab("status", "ra") == []


def test_completing_never_writes(tab: Tab, sealed: Path) -> None:
    tab("status", "rafah/")
    tab("log", "ra")
    assert list(sealed.iterdir()) == []


def test_what_a_command_does_is_not_cut(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ORDERWATCH_COMPLETE", "complete_fish")
    for words, said in (
        (["stat"], "Show orders, deadlines and what is on record."),
        (["log", "verif"], "Verify entries, tree and evidence; report every error."),
    ):
        for name, value in _others(["orderwatch", *words]).items():
            monkeypatch.setenv(name, value)
        assert f"\t{said}\n" in run()[1]


def test_commands_and_options_are_offered(tab: Tab) -> None:
    assert tab("coun") == ["countdown"]
    assert tab("log", "verify") == ["verify", "verify-proof"]
    assert tab("status", "--kn") == ["--known-on"]
    assert tab("status", "--format", "j") == ["json"]


@pytest.mark.parametrize("command", ["status", "show", "find", "cite", "log"])
def test_states_and_words_are_offered(tab: Tab, command: str) -> None:
    assert tab(command, "isra") == ["israel"]
    assert tab(command, "genoc") == ["genocidal", "genocide"]
    assert "israel" not in tab(command, "i")


def test_a_text_that_acts_reaches_no_shell(
    tab: Tab, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hostile.toml"
    acts = r"$(touch here)\u001b[2J\u202e"
    text = SMALL.read_text(encoding="utf-8").replace(
        'label = "Fill the trench"', f'label = "{acts}"'
    )
    text = text.replace("[state.Israel]", f'[state."Israel{acts}"]').replace(
        '"Israel"', f'"Israel{acts}"'
    )
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(file))
    assert tab("status", "rafah/2b.1") == ["rafah/2b.1"]
    monkeypatch.setenv("_ORDERWATCH_COMPLETE", "complete_fish")
    for name, value in _others(["orderwatch", "status", "rafah/2b.1"]).items():
        monkeypatch.setenv(name, value)
    _, out, _ = run()
    assert "<U+001B>" in out
    assert not {"\x1b", "\u202e"} & set(out)
    assert all(re.fullmatch(r"[a-z0-9/.-]+", name) for name in tab("status", "isr"))


def test_bash_itself_completes_an_id(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    program = tmp_path / "orderwatch"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m orderwatch "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    script = """
        eval "$(_ORDERWATCH_COMPLETE=source_bash orderwatch)"
        COMP_WORDS=(orderwatch status rafah/2) COMP_CWORD=2
        _orderwatch_completion orderwatch
        echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(  # noqa: S603 - a script of this test
        [bash, "--norc", "-c", script],
        capture_output=True,
        check=False,
        env=os.environ | {"PATH": path},
        text=True,
    )
    assert (done.stdout, done.stderr) == ("rafah/2a rafah/2b rafah/2c\n", "")


LISTED = """
import os, sys
from orderwatch.cli import completion, main
completion._PACKAGE = {package!r}
try:
    main()
finally:
    if "typer" in sys.modules and os.environ.get("_ORDERWATCH_COMPLETE", "")[:8] == "complete":
        os._exit(9)
"""
"""The program with a list, as a wheel has it."""


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the folder of a package with its register and its list, as the build hook does."""
    folder = tmp_path_factory.mktemp("package")
    register = folder / "orders.toml"
    register.write_bytes(packaged_path().read_bytes())
    content = encode(get_command(app), load_register(packaged_path()), [register], folder)
    (folder / LIST).write_bytes(content)
    return folder


LINES = (
    *(
        "",
        "l",
        "sta",
        "-",
        "--v",
        "status ",
        "status raf",
        "status RAF",
        "status rafah/",
        "show 19",
    ),
    *("status 192/2024-05-24/2", "status isra", "status russ", "find gen", "find ge", "find genoc"),
    *("status 192 --all r", "status --format j", "status --format ", "status --limit 5 r"),
    *("status --all --a", "status --", "status --kind re", "status rafah/3@", "status /"),
    *("log ", "log ra", "log -", "log --s", "log --history ra", "log list ra", "log add ra"),
    *("log add rafah/3 --kind s", "log verify", "log verify ", "log recorder ", "log correct 3 "),
    *("export ", "export i", "export ics ra", "export ics --output x", "config get m", "help lo"),
    *("court ", "register u", "version ", "explain rafah rafah/3 m"),
)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_list_answers_as_typer(
    shell: str, package: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # the list has descriptions of one line
    monkeypatch.setenv("_ORDERWATCH_COMPLETE", f"complete_{shell}")
    for line in LINES if shell == "bash" else LINES[::5]:
        for name, value in SHELLS[shell][0](["orderwatch", *line.split(" ")]).items():
            monkeypatch.setenv(name, value)
        code, out, _ = run()
        with monkeypatch.context() as patch:
            patch.setattr(completion, "_PACKAGE", str(package))
            listed = completion.answer(dict(os.environ))
        assert listed is not None, line
        assert (_sorted(f"{listed[0]}\n"), listed[1]) == (_sorted(out), code), line


def _sorted(text: str) -> list[str]:
    """Return lines with the names of --help, which Typer has in a set, in one order."""
    lines = text.replace('(("', '((\n"').replace("))'", "\n))'").split("\n")
    helps = [n for n, line in enumerate(lines) if line.strip('"').startswith(("-h", "--help"))]
    for n, line in zip(helps, sorted(lines[n] for n in helps), strict=True):
        lines[n] = line
    return lines


@pytest.fixture
def listed(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a copy of the list that a test may change, and ask it for `status raf`."""
    folder = shutil.copytree(package, tmp_path / "copy")
    monkeypatch.setattr(completion, "_PACKAGE", str(folder))
    monkeypatch.setenv("_ORDERWATCH_COMPLETE", "complete_bash")
    for name, value in _bash(["orderwatch", "status", "raf"]).items():
        monkeypatch.setenv(name, value)
    assert completion.answer(dict(os.environ)) is not None
    return folder


@pytest.mark.parametrize("name", ["orders.toml", LIST])
def test_a_list_that_does_not_fit_is_left_to_typer(listed: Path, name: str) -> None:
    path = listed / name
    content = path.read_bytes()
    for changed in (content.replace(b"rafah", b"rafax", 1), content[:-1], b"", content + b"\n"):
        path.write_bytes(changed)
        assert completion.answer(dict(os.environ)) is None
    path.unlink()
    assert completion.answer(dict(os.environ)) is None


@pytest.mark.parametrize("name", ["ORDERS", "CONFIG", "FORMAT"])
def test_another_environment_is_left_to_typer(
    listed: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed.exists()
    monkeypatch.setenv(f"ORDERWATCH_{name}", "x")
    assert completion.answer(dict(os.environ)) is None


def test_a_configuration_that_names_registers_is_left_to_typer(listed: Path, sealed: Path) -> None:
    assert listed.exists()
    path = sealed / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('recorder = "Desk"\n')
    assert completion.answer(dict(os.environ)) is not None
    path.write_text('orders = "my.toml"\n')
    assert completion.answer(dict(os.environ)) is None
    path.unlink()
    path.mkdir()
    assert completion.answer(dict(os.environ)) is None


@pytest.mark.parametrize(
    "line",
    [
        *("--orders x status ra", "status --orders x ra", "status -- ra", "status --unknown ra"),
        *("unknown ra", "status 'ra", "status ra\\", "status --format=j", "status é", "log -h ra"),
    ],
)
def test_a_line_that_is_not_plain_is_left_to_typer(
    listed: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed.exists()
    for name, value in _bash(["orderwatch", *line.split(" ")]).items():
        monkeypatch.setenv(name, value)
    assert completion.answer(dict(os.environ)) is None


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "²"])
def test_a_number_of_no_word_is_left_to_typer(
    listed: Path, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed.exists()
    monkeypatch.setenv("COMP_CWORD", number)
    assert completion.answer(dict(os.environ)) is None


def test_fish_asks_whether_there_are_completions(
    listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed.exists()
    monkeypatch.setenv("_ORDERWATCH_COMPLETE", "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "is-args")
    for line, code in (("orderwatch status raf", 0), ("orderwatch status zzz", 1)):
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        assert completion.answer(dict(os.environ)) == ("", code)


def test_an_installed_release_has_a_list_of_its_own(listed: Path, sealed: Path) -> None:
    folder = sealed / "data" / "orderwatch" / "register"
    installation = Installation(folder, listed / "orders.toml")
    data = packaged_path().read_bytes().replace(b'alias = "rafah"', b'alias = "rafax"')
    shipped = load_register(packaged_path())
    dates = {"reviewed": shipped.reviewed, "seen_to": shipped.seen_to}
    next_review = shipped.reviewed + timedelta(days=90)
    item = Installed(
        release=release(1, data, **dates, next_review=next_review), channel="example", key=KEY
    )
    folder.mkdir(parents=True)
    assert completion.answer(dict(os.environ)) is None  # nothing says which register is used
    installation.install(item, data)
    completion_list.install(get_command(app), installation)
    answer = completion.answer(dict(os.environ))
    assert answer is not None
    assert "rafax/3" in answer[0].split("\n")
    (folder / "installed.json").write_text("{}")
    assert completion.answer(dict(os.environ)) is None


@pytest.fixture
def program(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the program where a shell finds it, with a list as a wheel has it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    code = folder / "listed.py"
    code.write_text(LISTED.format(package=str(package)))
    file = folder / "orderwatch"
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{code}" "$@"\n')
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return file


def told(shell: str, script: str) -> str:
    """Run a script in a shell, and give what it prints."""
    found = shutil.which(shell)
    assert found
    done = subprocess.run(  # noqa: S603 - a script of this test
        [found, "-c", script],
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_one_command_installs_it_for_bash(program: Path, sealed: Path) -> None:
    assert program.exists()
    # With a command after it, bash stays, and is the shell that is found.
    said = told("bash", "orderwatch --install-completion; true")
    assert "bash completion installed" in said
    assert (sealed / ".bashrc").is_file()
    pressed = """
        source ~/.bashrc
        COMP_WORDS=(orderwatch show rafah/2) COMP_CWORD=2
        _orderwatch_completion orderwatch
        echo "${COMPREPLY[@]}"
    """
    assert told("bash", pressed) == "rafah/2a rafah/2b rafah/2c\n"


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish, which .ci/run installs")
def test_one_command_installs_it_for_fish(
    program: Path, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program.exists()
    # Typer writes where fish looks unless it is told another place.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(sealed / ".config"))
    assert "fish completion installed" in told("fish", "orderwatch --install-completion")
    lines = told("fish", "complete -C 'orderwatch show rafah/2'").splitlines()
    assert [line.partition("\t")[0] for line in lines] == RAFAH[1:4]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh, which .ci/run installs")
def test_one_command_installs_it_for_zsh(program: Path, sealed: Path) -> None:
    assert program.exists()
    assert "zsh completion installed" in told("zsh", "orderwatch --install-completion; :")
    # A terminal of zsh's own, in which the Tab key is pressed.
    pressed = r"""
        zmodload zsh/zpty
        zpty shell 'zsh -i'
        zpty -w shell "PS1=; compinit -u; bindkey '^I' complete-word"
        zpty -w shell "setopt list_ambiguous no_beep; zstyle ':completion:*' menu no"
        sleep 2
        zpty -w -n shell 'orderwatch show rafah/2'
        for try in {1..60}; do
            (( try % 20 == 1 )) && zpty -w -n shell $'\t\t'
            sleep 0.5
            while zpty -r -t shell more; do out+=$more; done
            [[ $out == *rafah/2c* ]] && break
        done
        zpty -d shell
        print -r -- $out
    """
    shown = told("zsh", pressed)
    assert (sealed / ".zshrc").is_file()
    for name in RAFAH[1:4]:
        assert name in shown
