"""Policies of logs and witnesses, against another program and the specification."""

from datetime import UTC, datetime
from itertools import product

import proofbundle.checkpoint as proofbundle
import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import cosignature
from orderwatch.log.formats.checkpoint import Checkpoint, sign_checkpoint
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import COSIGNATURE, Note, Signer, Verifier

LOG = Signer(name="example.org/log", seed=b"\1" * 32)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
WITNESSES = {
    name: Signer(name=f"witness.example.org/{name}", seed=name.encode() * 16, type=COSIGNATURE)
    for name in NAMES
}
AT = datetime(2026, 3, 20, tzinfo=UTC)
KEYS = "".join(f"witness {name} {key.verifier}\n" for name, key in WITNESSES.items())
EXAMPLE = f"""\
# the example of the specification, with keys and an address
log {LOG.verifier}

witness X1 {WITNESSES["X1"].verifier} https://x1.example.org/
\twitness   X2\t{WITNESSES["X2"].verifier}
witness X3 {WITNESSES["X3"].verifier}
group X-witnesses 2 X1 X2 X3

  # the others
witness Y1 {WITNESSES["Y1"].verifier}
witness Y2 {WITNESSES["Y2"].verifier}
witness Y3 {WITNESSES["Y3"].verifier}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def cosigned(*names: str, origin: str = LOG.name) -> Note:
    note = sign_checkpoint(
        Checkpoint(origin=origin, size=7, root=b"\7" * 32),
        Signer(name=origin, seed=LOG.seed),
    )
    lines = tuple(cosignature.cosign(note, WITNESSES[name], AT) for name in names)
    return Note(text=note.text, signatures=(*note.signatures, *lines))


def policy_of(text: str) -> Policy:
    return Policy.parse(text.encode())


def test_the_example_of_the_specification_wants_two_of_one_group_and_one_of_the_other() -> None:
    policy = policy_of(EXAMPLE)
    assert policy.witnesses[0].url == "https://x1.example.org/"
    for chosen in product((False, True), repeat=6):
        names = [name for name, is_in in zip(NAMES, chosen, strict=True) if is_in]
        is_quorum = sum(chosen[:3]) >= 2 and any(chosen[3:])
        assert policy.is_met(names) is is_quorum
    approval = policy.verify(cosigned("X1", "X3", "Y2"))
    assert [witness.name for witness, _item in approval.cosignatures] == ["X1", "X3", "Y2"]
    with pytest.raises(
        LogError, match=r"quorum is 'X-and-Y', and the checkpoint is not cosigned by X2, X3$"
    ):
        policy.verify(cosigned("X1", "Y1", "Y2", "Y3"))


@pytest.mark.parametrize("threshold", [1, 2, 3])
def test_another_program_counts_the_same_witnesses(threshold: int) -> None:
    policy = policy_of(f"log {LOG.verifier}\n{KEYS}group g {threshold} X1 X2 X3\nquorum g\n")
    vkeys = [str(WITNESSES[name].verifier) for name in NAMES[:3]]
    for names in ((), ("X1",), ("X2", "X3"), NAMES[:3], ("Y1", "Y2", "Y3"), ("X1", "X1")):
        note = cosigned(*names)
        theirs = proofbundle.verify_witnessed_checkpoint(
            str(note), str(LOG.verifier), vkeys, threshold=threshold
        )
        try:
            ours = policy.verify(note).checkpoint.size == 7
        except LogError:
            ours = False
        assert ours is theirs["ok"], names


def test_a_quorum_can_be_one_witness_or_none() -> None:
    assert len(policy_of(f"{KEYS}quorum Y1\n").verify(cosigned("Y1")).cosignatures) == 1
    with pytest.raises(LogError, match=r"not cosigned by X1, X2, X3, Y1, Y2, Y3$"):
        policy_of(f"{KEYS}quorum Y1\n").verify(cosigned())
    approval = policy_of("quorum none\n").verify(cosigned("Y1"))
    assert (approval.checkpoint.size, approval.cosignatures) == (7, ())
    assert not policy_of("quorum none\n").needs_witness


def test_only_the_logs_of_a_policy_are_accepted() -> None:
    policy = policy_of(f"log {LOG.verifier}\nquorum none\n")
    other = cosigned(origin="example.org/other")
    with pytest.raises(LogError, match=r"signed by 'example.org/other'"):
        policy.verify(other)
    unsigned = Note(text=cosigned().text)
    with pytest.raises(LogError, match="signed by nobody"):
        policy.verify(unsigned)
    with pytest.raises(LogError, match=r"is of 'example.org/log', not"):
        policy.verify(cosigned(), origin="example.org/other")
    key = Signer(name="example.org/other", seed=LOG.seed).verifier
    with pytest.raises(LogError, match="no known key"):
        policy.verify(cosigned(), [key])
    assert policy_of("quorum none\n").verify(other, [key]).checkpoint.origin == key.name


def test_a_changed_cosignature_is_refused_though_the_others_are_enough() -> None:
    note = cosigned("X1", "X2")
    changed = Note(text=note.text.replace("7\n", "8\n"), signatures=note.signatures[1:])
    with pytest.raises(LogError, match="invalid signature"):
        policy_of(f"{KEYS}quorum none\n").verify(changed)


def test_names_may_be_any_bytes_but_are_compared_as_such() -> None:
    data = f"witness \N{KELVIN SIGN} {WITNESSES['X1'].verifier}\nquorum \N{KELVIN SIGN}\n"
    assert policy_of(data).is_met(["\N{KELVIN SIGN}"])
    with pytest.raises(UsageError, match="no line before defines"):
        policy_of(data.replace("quorum \N{KELVIN SIGN}", "quorum K"))
    raw = data.encode().replace("\N{KELVIN SIGN}".encode(), b"\xff")
    assert Policy.parse(raw).quorum == "\udcff"


W1 = f"witness X1 {WITNESSES['X1'].verifier}\n"
LOG_AS_WITNESS = Verifier(name="w", public=LOG.verifier.public, type=COSIGNATURE)
RENAMED = Verifier(name="renamed", public=WITNESSES["X1"].verifier.public, type=COSIGNATURE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no line 'quorum NAME'"),
        (W1, "no line 'quorum NAME'"),
        (f"{W1}quorum X1", "cut off"),
        (f"{W1}quorum X1\r\n", r"line 2 .* U\+000D"),
        (f"{W1}quorum X1\nquorum X1\n", "line 3 .* one quorum"),
        ("quorum nobody\n", "line 1 .* no line before defines .* 'nobody'"),
        (f"quorum X1\n{W1}", "line 1 .* no line before"),
        (f"{W1}{W1}quorum X1\n", "line 2 .* 'X1' is taken"),
        (f"{W1}witness X2 {RENAMED}\nquorum X1\n", "line 2 .* 'renamed' is in the policy twice"),
        (f"log {LOG.verifier}\nwitness w {LOG_AS_WITNESS}\nquorum w\n", "in the policy twice"),
        (f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none\n", "in the policy twice"),
        (f"witness none {WITNESSES['X1'].verifier}\nquorum none\n", "'none' is taken"),
        (f"witness X1 {LOG.verifier}\nquorum X1\n", "of a log, not of a witness"),
        (f"log {WITNESSES['X1'].verifier}\nquorum none\n", "of a witness, not of a log"),
        (f"{W1}group g all\nquorum g\n", "expected 'log VKEY"),
        (f"{W1}group g 0 X1\nquorum g\n", "from 1 to 1, not '0'"),
        (f"{W1}group g 2 X1\nquorum g\n", "from 1 to 1, not '2'"),
        (f"{W1}group g 01 X1\nquorum g\n", "from 1 to 1, not '01'"),
        (f"{W1}group g most X1\nquorum g\n", "from 1 to 1, not 'most'"),
        (f"{W1}group g any none\nquorum g\n", "no line before defines .* 'none'"),
        (f"{W1}group g any g\nquorum g\n", "no line before defines .* 'g'"),
        (f"{W1}group g any X1 X1\nquorum g\n", "'X1' is a member of a group twice"),
        (f"{W1}group g any X1\ngroup h any X1\nquorum g\n", "'X1' is a member of a group twice"),
        (f"{W1}group X1 any X1\nquorum X1\n", "'X1' is taken"),
        ("witness X1\nquorum none\n", "expected 'log VKEY"),
        ("witnes X1 key\nquorum none\n", "expected 'log VKEY"),
        (f"log {LOG.verifier} a b\nquorum none\n", "expected 'log VKEY"),
        ("log example.org+0+AA==\nquorum none\n", "line 1 .* a verifier key"),
        ("quorum\N{NO-BREAK SPACE}none\n", "expected 'log VKEY"),
        ("\n" * 1_000 + "quorum none\n", "more than 1000 lines"),
    ],
)
def test_an_invalid_policy_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        policy_of(text)
