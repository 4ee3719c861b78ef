"""`config get`, `config set` and `config edit`: comments stay, and nothing invalid is written."""

from pathlib import Path

import pytest

from orderwatch import settings
from orderwatch.errors import UsageError
from orderwatch.settings import KEYS, editor
from tests.conftest import Run
from tests.support.commands import result

TEXT = """# Ours.
recorder = "Office"  # who

[mail]
host = "smtp.example.org"  # the server
# from = "desk@example.org"

[remind]
before = [30, 7]
"""


@pytest.fixture
def config(sealed: Path) -> Path:
    """Write a configuration with comments where it usually lies."""
    path = sealed / "config" / "orderwatch" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    return path


def refused(run: Run, *argv: str) -> str:
    """Run a command that has to fail with 2; return its error."""
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    return err


def test_set_keeps_comments_and_order(run: Run, config: Path) -> None:
    assert run("config", "set", "recorder", "Legal office")[0] == 0
    assert run("config", "set", "mail.from", "desk@example.org")[0] == 0
    assert run("config", "set", "remind.before", "14,3")[0] == 0
    text = config.read_text(encoding="utf-8")
    for comment in ("# Ours.", "# who", "# the server", '# from = "desk@example.org"'):
        assert comment in text
    assert 'recorder = "Legal office"  # who' in text
    assert "before = [14, 3]" in text
    assert result(run, "config", "get", "mail.from") == "desk@example.org\n"
    assert result(run, "config", "get", "remind.before") == "3\n14\n"


def test_set_writes_lists_numbers_and_tables(run: Run, config: Path) -> None:
    for argv in (
        ("follow", "rafah", "178"),
        ("mail.port", "2525"),
        ("acknowledged", "rafah/3@2024-06-24"),
        ("postgres.password_command", "pass show log"),
        ("remind.mail_to", "a@example.org", "b@example.org"),
    ):
        assert run("config", "set", *argv)[0] == 0
    loaded = settings.load({"config": str(config)}, {})
    assert loaded.follow == ("rafah", "178")
    assert loaded.mail.port == 2525
    assert loaded.acknowledged == ("rafah/3@2024-06-24",)
    assert loaded.postgres.password_command == ("pass", "show", "log")
    assert loaded.remind.mail_to == ("a@example.org", "b@example.org")
    assert result(run, "config", "get", "follow") == "rafah\n178\n"


def test_set_creates_the_file_and_takes_paths_as_the_shell_does(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "folder" / "new.toml"
    assert run("--config", str(path), "config", "set", "log", "office.log")[0] == 0
    assert settings.load({"config": str(path)}, {}).log.value == str(tmp_path / "office.log")
    assert path.stat().st_mode & 0o777 == 0o600
    url = "postgresql://db.example.org/log"
    assert run("--config", str(path), "config", "set", "log", url)[0] == 0
    assert settings.load({"config": str(path)}, {}).log.value == url


@pytest.mark.parametrize("key", ["releases.from", "releases.policy"])
def test_set_takes_the_paths_of_a_channel_as_the_shell_does(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("config", "set", key, "channel")[0] == 0
    assert f'"{tmp_path / "channel"}"' in config.read_text()
    assert run("config", "set", "releases.from", "https://example.org/register")[0] == 0
    assert 'from = "https://example.org/register"' in config.read_text()


def test_an_empty_value_removes_a_key(run: Run, config: Path) -> None:
    assert run("config", "set", "recorder", "")[0] == 0
    assert run("config", "set", "mail.host", "")[0] == 0
    text = config.read_text(encoding="utf-8")
    assert "recorder" not in text
    assert "host" not in text
    code, out, err = run("config", "get", "mail.host")
    assert (code, out, "mail.host is not set" in err) == (0, "", True)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("recoder", "x"), '"recoder" is not a setting; did you mean recorder?'),
        (("mail.hots", "x"), "did you mean mail.host?"),
        (("mail", "x"), "mail is a table; name one of its keys: mail.host"),
        (("xyz", "x"), "known: orders, log"),
        (("mail.port", "many"), "mail.port: should be a number from 1 to 65535"),
        (("mail.host", "smtps://x.example.org:1"), 'write host = "x.example.org"'),
        (("mail.host", "a", "b"), "mail.host takes one value, not 2"),
        (("remind.before", "soon"), "remind.before takes numbers of days"),
        (("acknowledged", "rafah/3"), "should be a list of dates"),
    ],
)
def test_set_refuses_what_is_invalid(
    run: Run, config: Path, argv: tuple[str, ...], message: str
) -> None:
    assert message in refused(run, "config", "set", *argv)
    assert config.read_text(encoding="utf-8") == TEXT
    assert [item.name for item in config.parent.iterdir()] == ["config.toml"]


def test_set_warns_of_names_that_the_register_does_not_have(run: Run, config: Path) -> None:
    code, _, err = run("config", "set", "follow", "rafah", "nowhere")
    assert code == 0
    assert "follow in the configuration: " in err
    assert "nowhere" in err
    assert 'follow = ["rafah", "nowhere"]' in config.read_text(encoding="utf-8")


def test_a_link_stays_a_link_and_a_mode_stays(run: Run, config: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    config.rename(real)
    real.chmod(0o640)
    config.symlink_to(real)
    assert run("config", "set", "recorder", "Desk")[0] == 0
    assert config.is_symlink()
    assert 'recorder = "Desk"' in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_change_of_another_program_is_not_overwritten(config: Path) -> None:
    before = editor.read(config)
    config.write_text(f"{TEXT}after = [1]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another program"):
        editor.save(config, TEXT, before)
    assert "after = [1]" in config.read_text(encoding="utf-8")


def test_no_secret_is_printed(run: Run, config: Path) -> None:
    config.write_text('[remind]\nnotify = ["tgram://1:TOKEN/2"]\n', encoding="utf-8")
    config.chmod(0o600)
    assert result(run, "config", "get", "remind.notify") == "(hidden)\n"
    for key in KEYS:
        _, out, err = run("config", "get", key)
        assert "TOKEN" not in out + err
    config.write_text('log = "postgresql://u:s3cret@db.example.org/log"\n', encoding="utf-8")
    assert "s3cret" not in result(run, "config", "get", "log")
    code, out, err = run("config", "set", "log", "postgresql://u:s3cret@db.example.org/x", "y")
    assert (code, "s3cret" in out + err) == (2, False)


def test_set_and_edit_mend_an_invalid_file(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('recoder = "x"\n', encoding="utf-8")
    assert "recoder" in refused(run, "config", "get", "log")
    assert "nothing was written" in refused(run, "config", "set", "recorder", "y")
    monkeypatch.setenv("EDITOR", "sed -i s/recoder/recorder/")
    assert run("config", "edit")[0] == 0
    assert result(run, "config", "get", "recorder") == "x\n"


def test_edit_validates_what_is_saved(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "sed -i s/Office/Desk/")
    code, out, _ = run("config", "edit")
    assert (code, out) == (0, f"{config}: changed\n")
    assert config.read_text(encoding="utf-8") == TEXT.replace("Office", "Desk")
    monkeypatch.setenv("VISUAL", "sed -i s/recorder/recoder/")
    assert "did you mean recorder?" in refused(run, "config", "edit")
    monkeypatch.setenv("VISUAL", "false")
    assert "ended with 1; nothing was changed" in refused(run, "config", "edit")
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert "cannot be run" in refused(run, "config", "edit")
    monkeypatch.setenv("VISUAL", "true")
    code, out, _ = run("config", "edit")
    assert (code, out) == (0, f"{config}: not changed\n")
    assert config.read_text(encoding="utf-8") == TEXT.replace("Office", "Desk")
    assert [item.name for item in config.parent.iterdir()] == ["config.toml"]


def test_a_person_can_edit_again_or_give_up(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/recorder/rrecorder/")
    code, _, err = run("config", "edit", stdin="y\nn\n", tty=True)
    assert code == 2
    assert err.count("nothing was written") == 2
    assert config.read_text(encoding="utf-8") == TEXT


def test_edit_begins_with_a_template(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sealed / "config" / "orderwatch" / "config.toml"
    monkeypatch.setenv("EDITOR", "true")
    assert run("config", "edit")[0] == 0
    assert not path.exists()
    monkeypatch.setenv("EDITOR", "sed -i '$a [remind]'")
    assert run("config", "edit")[0] == 0
    assert path.read_text(encoding="utf-8").startswith("# What orderwatch does without options")
