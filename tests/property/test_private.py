"""Whatever is done to private entries, a secret of theirs leaves by no output."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Run
from tests.support.log_commands import NOTE, adding
from tests.support.outputs import leaks
from tests.support.paths import SMALL

SECRET, PUBLIC = "Zanzibar", "Piccadilly"
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "late", "correct", "retract", "redact", "publish"]),
        st.integers(0, 50),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


class _Chains:
    """The chains of a log: which entry belongs to which, and which are private."""

    def __init__(self) -> None:
        self.of: list[int] = []
        self.private: set[int] = set()

    def add(self, *, private: bool) -> None:
        chain = len(self.of)
        self.of.append(chain)
        self.private |= {chain} if private else set()

    def amend(self, entry: int, *, private: bool) -> None:
        self.of.append(self.of[entry])
        self.private |= {self.of[entry]} if private else set()


@settings(
    max_examples=5,
    phases=[Phase.generate],  # each example publishes: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_a_secret_of_a_private_chain_is_in_no_byte_of_any_output(
    run: Run, steps: list[tuple[str, int, bool]]
) -> None:
    chains = _Chains()
    with TemporaryDirectory() as name:
        log = ("--orders", str(SMALL), "--log", f"{name}/log.sqlite")
        folder = Path(name) / "public"
        assert run(*log, "init")[0] == 0

        def add(*, private: bool, word: str) -> None:
            mark = True if private else None
            assert run(*log, *adding(base=NOTE, summary=word, private=mark))[0] == 0
            chains.add(private=private)

        def amend(entry: int, *argv: str, private: bool) -> None:
            if run(*log, "log", argv[0], str(entry + 1), *argv[1:])[0] == 0:
                chains.amend(entry, private=private)

        add(private=True, word=SECRET)
        add(private=False, word=PUBLIC)
        for what, number, private in steps:
            entry = number % len(chains.of)
            is_private = chains.of[entry] in chains.private
            word = SECRET if is_private or (private and what == "correct") else PUBLIC
            if what == "publish":
                assert leaks(run, folder, SECRET, *log) == []
            elif what == "add":
                add(private=private, word=SECRET if private else PUBLIC)
            elif what == "late":
                add(private=False, word=SECRET)
                last = len(chains.of) - 1
                amend(last, "correct", "--summary", SECRET, "--private", private=True)
            elif what == "correct":
                mark = ("--private",) if private else ()
                amend(entry, what, "--summary", f"{word} {number}", *mark, private=private)
            else:
                more = ("--yes",) if what == "redact" else ()
                amend(entry, what, "--why", word, *more, private=False)
        assert leaks(run, folder, SECRET, *log) == []
