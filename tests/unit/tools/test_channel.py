"""`tools/channel.py` on the command line: attach the cosignatures of witnesses."""

from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log.formats import cosignature, signed_note
from orderwatch.log.formats.policy import Policy
from orderwatch.register.channel import FILE
from orderwatch.witness import Witness
from tests.support import channels
from tools import channel as tool


def test_cosignatures_are_attached_once_and_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = channels.write(tmp_path / "channel", channels.releases())
    policy = tmp_path / "policy"
    policy.write_text(channels.POLICY_TEXT)
    note = signed_note.parse((folder / FILE).read_bytes().partition(b"\n\n")[2])
    lines = [str(cosignature.cosign(note, one, channels.WHEN)) for one in channels.WITNESSES]

    def attach(*chosen: str) -> str:
        (tmp_path / "lines").write_text("".join(f"{line}\n" for line in chosen))
        tool.main([*map(str, (folder, "--attach", tmp_path / "lines", "--policy", policy))])
        return capsys.readouterr().out

    assert "is not cosigned by B, C" in attach(lines[0])
    assert attach(*lines[:2]) == "the policy is met\n"
    before = (folder / FILE).read_bytes()
    assert before.count("\N{EM DASH}".encode()) == 3
    with pytest.raises(SystemExit, match="invalid signature"):
        attach(f"{lines[2][:-5]}AAAA=" if lines[2].endswith("=") else f"{lines[2][:-4]}AAAA")
    assert (folder / FILE).read_bytes() == before


def test_a_witness_cosigns_a_channel_that_grows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = Witness(tmp_path / "witness")
    key = witness.add(channels.SIGNER.verifier, "example.org/desk")
    policy = Policy.parse(f"witness desk {key}\nquorum desk\n".encode())
    for count in (1, 2, 5, 5):
        folder = channels.write(tmp_path / "channel", channels.releases(count))
        tool.main([str(folder), "--request"])
        line = witness.sign(capsys.readouterr().out, channels.WHEN)
        assert tool.attach(folder, f"{line}\n".encode(), policy) == "the policy is met"
    tool.main([str(channels.write(tmp_path / "older", channels.releases(3))), "--request"])
    with pytest.raises(LogError):
        witness.sign(capsys.readouterr().out, channels.WHEN)


@pytest.mark.parametrize("argv", [["--attach", "lines"], ["--add", "orders.toml"], []])
def test_an_option_that_is_missing_is_named(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        tool.main(["channel", *argv])
    assert "--a" in capsys.readouterr().err
