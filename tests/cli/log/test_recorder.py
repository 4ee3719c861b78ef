"""Whose amendments count: owner, editors, successor, and a lost key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orderwatch.log.formats import jsonl
from orderwatch.log.formats.checkpoint import is_valid
from orderwatch.log.formats.signed_note import Signer, Verifier
from orderwatch.model.entry import Rank
from tests.conftest import Run
from tests.support.entries import Scribe, line, public
from tests.support.keys import HOME, HOME_SEED, use_key
from tests.support.log_commands import NOTE, add, default_log, done, printed, refused
from tests.support.tampering import tampering

pytestmark = pytest.mark.usefixtures("owned")

ANA, BEN, EVE = (letter * 32 for letter in (b"a", b"b", b"e"))
Be = Callable[[bytes], str]


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Be:
    """Sign with another key from now on."""
    return lambda seed: use_key(monkeypatch, tmp_path, seed)


def ranks(run: Run) -> list[tuple[str, str, str | None]]:
    """Ask who owns and edits the log."""
    found = printed(run, "log", "recorder", "list")["recorders"]
    return [(row["key"], row["rank"], row["name"]) for row in found]


def origin(run: Run) -> str:
    """Ask for the name of the log."""
    return done(run, "log", "checkpoint").splitlines()[0]


AMENDING = {
    "correct": ("--summary", "Other words."),
    "retract": ("--why", "a mistake"),
    "redact": ("--why", "a mistake", "--yes"),
}


@pytest.mark.parametrize("verb", AMENDING)
def test_others_are_refused_at_once_and_told_who_may(run: Run, be: Be, verb: str) -> None:
    ana = be(ANA)
    add(run, base=NOTE, summary="Our own words.")
    eve = be(EVE)
    err = refused(run, "log", verb, "1", *AMENDING[verb])
    [owner] = {key for key, rank, _ in ranks(run) if rank == "owner"}
    assert f"its signer {ana}" in err
    assert f"your key is {eve}" in err
    assert (f"the owner {owner}" in err) is (owner != ana)
    assert "create a new log, and import an export of this one" in err
    assert "Our own words." in done(run, "log", "list", "--origin", "log")
    assert printed(run, "log", "verify")["size"] == 1
    be(ANA)
    done(run, "log", verb, "1", *AMENDING[verb])
    assert "Our own words." not in done(run, "log", "list", "--origin", "log")


@pytest.mark.parametrize("verb", AMENDING)
def test_owner_and_editor_amend_what_others_recorded(run: Run, be: Be, verb: str) -> None:
    add(run, base=NOTE)  # the key of the home owns the log
    be(ANA)
    for _ in range(2):
        add(run, base=NOTE)
    be(HOME_SEED)
    done(run, "log", verb, "2", *AMENDING[verb])
    done(run, "log", "recorder", "add", public(BEN), "--name", "Ben")
    assert (public(BEN), "editor", "Ben") in ranks(run)
    be(BEN)
    done(run, "log", verb, "3", *AMENDING[verb])
    assert "Everything matches" in done(run, "log", "verify")


def test_only_the_owner_names_editors(run: Run, be: Be) -> None:
    add(run, base=NOTE)
    done(run, "log", "recorder", "add", public(BEN), "--editor")
    for seed in (BEN, EVE):
        be(seed)
        for argv in (("add", public(EVE)), ("add", public(EVE), "--owner", "--yes")):
            assert HOME in refused(run, "log", "recorder", *argv)
        assert HOME in refused(run, "log", "recorder", "revoke", public(BEN))
    assert ranks(run) == [(HOME, "owner", None), (public(BEN), "editor", None)]


def test_what_a_revoked_editor_amended_stays_and_nothing_is_added(
    run: Run, be: Be, tmp_path: Path
) -> None:
    for number in range(3):
        add(run, base=NOTE, summary=f"Note {number}.")
    done(run, "log", "recorder", "add", public(BEN))
    exported = done(run, "log", "export").encode().splitlines()
    first, second, _ = (jsonl.parse(one) for one in exported[:3])
    ben = Scribe("Ben", BEN)
    before, after = ben.retract(first), ben.redact(second)
    lines = tmp_path / "ben.jsonl"
    lines.write_bytes(line(before))
    done(run, "log", "import", str(lines), "--effects")
    done(run, "log", "recorder", "revoke", public(BEN))
    lines.write_bytes(line(after))
    refused(run, "log", "import", str(lines), code=4)
    done(run, "log", "import", str(lines), "--effects")
    listed = done(run, "log", "list", "--origin", "log")
    assert "Note 0." not in listed
    assert "Note 1." in listed
    assert "Note 1." in done(run, "log", "export")
    be(BEN)
    assert "not yours to amend" in refused(run, "log", "retract", "3", "--why", "x")
    assert "Everything matches" in done(run, "log", "verify")


def test_a_successor_owns_the_log_and_the_first_owner_does_not(run: Run, be: Be) -> None:
    add(run, base=NOTE)
    name = origin(run)
    assert "--yes" in refused(run, "log", "recorder", "add", public(ANA), "--owner")
    done(run, "log", "recorder", "add", public(ANA), "--owner", "--yes", "--name", "Ana")
    assert public(ANA) in refused(run, "log", "recorder", "add", public(BEN))
    done(run, "log", "correct", "1", "--on", "2024-06-02")  # its own entry
    be(ANA)
    done(run, "log", "recorder", "add", public(BEN))
    assert ranks(run) == [(public(ANA), "owner", "Ana"), (public(BEN), "editor", None)]
    done(run, "log", "retract", "3", "--why", "x")
    assert origin(run) == name
    assert "Everything matches" in done(run, "log", "verify")


def test_an_appointment_that_changes_nothing_or_is_no_key_is_refused(run: Run) -> None:
    add(run, base=NOTE)
    done(run, "log", "recorder", "add", public(BEN))
    vkey = str(Verifier(name="example.org/ben", public=bytes.fromhex(public(BEN))))
    for argv in (
        ("add", vkey),
        ("revoke", public(ANA)),
        ("revoke", HOME),
        ("add", HOME, "--owner"),
    ):
        assert "that rank already" in refused(run, "log", "recorder", *argv, *_yes(argv))
    for key in ("x", "0" * 64, "01" + "0" * 62, public(BEN)[:-1], f"{vkey}x"):
        refused(run, "log", "recorder", "add", key)
    assert printed(run, "log", "verify")["size"] == 2


def _yes(argv: tuple[str, ...]) -> tuple[str, ...]:
    return ("--yes",) if "--owner" in argv else ()


@pytest.mark.parametrize("rank", Rank)
def test_a_strangers_appointment_makes_nobody_an_editor(run: Run, rank: Rank) -> None:
    add(run, base=NOTE, summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    eve = Scribe("Eve", EVE)
    unsigned = Scribe("The owner")
    lines = b"".join(
        map(
            line,
            (
                eve.appoint(public(EVE), rank, origin(run)),
                unsigned.appoint(public(EVE), rank, origin(run)),
                eve.redact(mine),
            ),
        )
    ).decode()
    refused(run, "log", "import", "-", stdin=lines, code=4)
    found = printed(run, "log", "import", "-", "--effects", stdin=lines)
    assert [item["counts"] for item in found["appointments"]] == [False, False]
    assert [item["counts"] for item in found["amendments"]] == [False]
    assert ranks(run) == [(HOME, "owner", None)]
    assert "Our own words." in done(run, "log", "export")
    assert "Everything matches" in done(run, "log", "verify")


def test_an_appointment_for_another_log_does_not_count_in_this(
    run: Run, tmp_path: Path, be: Be
) -> None:
    """The owner of two logs named Eve an editor of the other."""
    add(run, base=NOTE, summary="Our own words.")
    other = ("--log", str(tmp_path / "other.sqlite"))
    done(run, *other, "init")
    done(run, *other, "log", "recorder", "add", public(EVE))
    lines = done(run, *other, "log", "export")
    out = done(run, "log", "import", "-", stdin=lines)
    assert "1 entry of kind recorder without effect" in out
    assert ranks(run) == [(HOME, "owner", None)]
    be(EVE)
    refused(run, "log", "retract", "1", "--why", "x")


def test_an_appointment_is_never_amended(run: Run) -> None:
    add(run, base=NOTE)
    done(run, "log", "recorder", "add", public(BEN))
    for verb, options in AMENDING.items():
        refused(run, "log", verb, "2", *options)
    shown = done(run, "log", "show", "2")
    assert f"editor: {public(BEN)}" in shown
    assert public(BEN) in done(run, "log", "list", "--history", "--origin", "log")
    assert public(BEN) not in done(run, "log", "list", "--origin", "log")


def test_only_the_owner_trusts_a_key_with_an_import(run: Run, be: Be) -> None:
    add(run, base=NOTE, summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    ben = Scribe("Ben", BEN)
    lines = line(ben.redact(mine)).decode()
    be(EVE)
    assert HOME in refused(run, "log", "import", "-", "--trust", public(BEN), stdin=lines)
    assert "Our own words." in done(run, "log", "export")


def test_the_owner_trusts_a_key_with_an_import(run: Run) -> None:
    add(run, base=NOTE, summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    lines = line(Scribe("Ben", BEN).redact(mine)).decode()
    trust = ("log", "import", "-", "--trust", public(BEN))
    dry = printed(run, *trust, "--dry-run", stdin=lines)
    assert [item["counts"] for item in dry["amendments"]] == [True]
    assert ranks(run) == [(HOME, "owner", None)]
    bad = refused(run, *trust, stdin=lines + "{\n", code=4)
    assert "line 2" in bad
    assert ranks(run) == [(HOME, "owner", None)]
    done(run, *trust, stdin=lines)
    assert (public(BEN), "editor", None) in ranks(run)
    assert "Our own words." not in done(run, "log", "export")
    assert "Everything matches" in done(run, "log", "verify")


def test_without_an_editor_a_new_log_takes_the_place_of_the_one_of_a_lost_key(
    run: Run, be: Be, tmp_path: Path
) -> None:
    add(run, base=NOTE, summary="Our own words.")
    done(run, "log", "recorder", "add", public(BEN))
    done(run, "log", "recorder", "revoke", public(BEN))
    lines = done(run, "log", "export")
    be(ANA)  # the key of the home is lost
    assert "create a new log" in refused(run, "log", "correct", "1", "--on", "2024-06-02")
    new = ("--log", str(tmp_path / "new.sqlite"))
    done(run, *new, "init")
    out = done(run, *new, "log", "import", "-", stdin=lines)
    assert "2 entries of kind recorder without effect" in out
    done(run, *new, "log", "correct", "1", "--on", "2024-06-02")
    assert "Everything matches" in done(run, *new, "log", "verify")


def test_an_owner_that_was_exchanged_is_found(
    run: Run, sealed: Path, owned: str, request: pytest.FixtureRequest
) -> None:
    add(run, base=NOTE)
    sql = f"UPDATE {{}}log SET owner = '{public(EVE)}'"  # noqa: S608 - ours
    if owned == "postgres":
        server = request.getfixturevalue("postgres")
        replica = "SET session_replication_role = replica;"
        server.execute(replica + sql.format("orderwatch."), server.shared)
    else:
        tampering(default_log(sealed), sql.format(""))
    assert "the name or the owner of the log" in refused(run, "log", "verify", code=4)


def test_a_checkpoint_binds_the_owner(run: Run) -> None:
    """Two logs of two owners never have one name."""
    add(run, base=NOTE)
    key = Signer(name="x", seed=EVE).verifier.public.hex()
    assert is_valid(origin(run), HOME)
    assert not is_valid(origin(run), key)
    assert not is_valid(origin(run))
