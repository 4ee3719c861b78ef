"""Fail over a Patroni cluster under writers: no acknowledged entry is lost, none is there twice.

    python -m tests.stress.failover --failovers 10 --appends 5000

It takes root, and Debian's packages etcd-server, patroni and postgresql-15; nothing outside of its
own namespaces is changed. Without synchronous replication entries can be lost: then it shows
that `log verify --checkpoint` names them, and that nothing is appended until the cut is accepted.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from functools import partial
from pathlib import Path

import orderwatch
from orderwatch.errors import LogError
from tests.stress.killed import Child, forked
from tests.support.patroni import Cluster, block, enter

WRITERS = 8
PAUSE = 0.15
"""Seconds between two entries of a writer."""
SETTLE = 5.0
"""Seconds that all servers run between two fail-overs."""
LOST = 4
"""Entries that the asynchronous primary acknowledges and does not replicate."""


def main() -> None:
    """Parse options, enter the network of the servers, and run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failovers", type=int, default=10)
    parser.add_argument("--appends", type=int, default=5_000)
    options = parser.parse_args()
    enter("tests.stress.failover")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with tempfile.TemporaryDirectory(prefix="ow-patroni-") as name:
        cluster = Cluster(Path(name))
        try:
            run(cluster, options.failovers, options.appends)
        finally:
            cluster.stop()


def run(cluster: Cluster, failovers: int, appends: int) -> None:
    """Set the cluster up, then lose primaries with and without synchronous replication."""
    began = time.monotonic()
    cluster.start()
    leader = cluster.nodes[str(cluster.leader())]
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    leader.run(
        block("bash", "createdb"), PATH=programs, PYTHONPATH=os.environ.get("PYTHONPATH", "")
    )
    print(f"the cluster is set up after {time.monotonic() - began:.0f} s", flush=True)
    offices = Offices(cluster)
    synchronous(cluster, offices, failovers, appends)
    asynchronous(cluster, offices)


class Offices:
    """Homes of those who write, and their address of the log."""

    def __init__(self, cluster: Cluster) -> None:
        self.folder = cluster.folder / "offices"
        self.folder.mkdir()
        self.certificate = cluster.folder / "certificates" / "ca.crt"
        script = f'{block("bash", "ORDERWATCH_LOG")}printf %s "$ORDERWATCH_LOG"'
        self.url = subprocess.check_output(("bash", "-euc", script), text=True)  # noqa: S603, S607
        self.stop = self.folder / "stop"

    def home(self, name: str) -> dict[str, str]:
        """Make a home as the page says; return its environment."""
        home = self.folder / name
        if not home.exists():
            (home / ".postgresql").mkdir(parents=True)
            (home / ".postgresql" / "root.crt").write_bytes(self.certificate.read_bytes())
            (home / ".pgpass").write_text("*:5432:orders:anna:open sesame\n")
            (home / ".pgpass").chmod(0o600)
        return {"HOME": str(home), "PATH": os.environ["PATH"], "ORDERWATCH_LOG": self.url}

    def command(self, name: str, *argv: str) -> tuple[int, str, str]:
        """Run a command in a home."""
        done = subprocess.run(  # noqa: S603
            (sys.executable, "-m", "orderwatch", *argv),
            env={**self.home(name), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            cwd=self.folder / name,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


def writing(offices: Offices, name: str) -> None:
    """Append by the API until a file says stop; print each acknowledgement, or error."""
    home = offices.home(name)
    os.environ.clear()
    os.environ.update(home)
    number = 0
    with orderwatch.open_snapshot(write=True) as snapshot:
        while not offices.stop.exists():
            number += 1
            began = time.monotonic()
            try:
                event = orderwatch.build_event(note(f"{name}, number {number}"), snapshot)
                entry = snapshot.append(event)
                line: list[object] = ["ok", entry.id, entry.seq, time.monotonic() - began]
            except LogError:
                line = ["error", traceback.format_exc(), number, time.monotonic() - began]
            os.write(1, f"{json.dumps(line)}\n".encode())
            time.sleep(PAUSE)


def note(summary: str) -> dict[str, object]:
    """Return the fields of a note."""
    return {
        "about": ["rafah/3"],
        "kind": "note",
        "on": "2024-06-24",
        "speaker": "Desk",
        "role": "media",
        "summary": summary,
    }


def synchronous(cluster: Cluster, offices: Offices, failovers: int, appends: int) -> None:
    """Kill the primary again and again under writers, and look for every entry."""
    children = [forked(partial(writing, offices, f"office {number}")) for number in range(WRITERS)]
    elections: list[float] = []
    try:
        for number in range(failovers):
            time.sleep(SETTLE)
            require_alive(children)
            name, seconds = cluster.fail_over()
            elections.append(seconds)
            print(
                f"fail-over {number + 1}: {name} lost, a primary after {seconds:.0f} s", flush=True
            )
            time.sleep(SETTLE)
            cluster.nodes[name].start()
            cluster.wait()
        while entries(offices) < appends:
            require_alive(children)
            time.sleep(1)
    finally:
        offices.stop.touch()
    lines = [line for child in children for line in ended(child)]
    offices.stop.unlink()
    check(offices, lines, elections, appends)


def require_alive(children: list[Child]) -> None:
    """Fail with the output of a writer that has ended."""
    for child in children:
        if os.waitpid(child.pid, os.WNOHANG)[0]:
            with os.fdopen(child.output, "rb") as output:
                raise AssertionError(output.read().decode()[-2_000:])


def ended(child: Child) -> list[list[object]]:
    """Wait until a writer ends; return what it printed."""
    code, output = child.ended()
    if code:
        raise AssertionError(output.decode()[-2_000:])
    return [json.loads(line) for line in output.splitlines()]


def entries(offices: Offices) -> int:
    """Count the entries of the log."""
    code, out, _err = offices.command("reader", "log", "checkpoint")
    return int(out.splitlines()[1]) if code == 0 else 0


def check(
    offices: Offices, lines: list[list[object]], elections: list[float], appends: int
) -> None:
    """Compare acknowledgements with the log; print the figures, fail for a loss."""
    acknowledged = {str(line[1]): int(str(line[2])) for line in lines if line[0] == "ok"}
    errors = [line for line in lines if line[0] == "error"]
    code, out, err = offices.command("reader", "log", "export")
    require(code == 0, f"log export: {err}")
    stored = [json.loads(line) for line in out.splitlines()]
    ids = [item["entry"]["id"] for item in stored]
    places = {uid: seq for seq, uid in enumerate(ids, start=1)}
    summaries = Counter(item["payload"]["summary"] for item in stored)
    lost = [uid for uid, seq in acknowledged.items() if places.get(uid) != seq]
    doubled = [summary for summary, times in summaries.items() if times > 1]
    code, out, err = offices.command("reader", "log", "verify")
    require(code == 0, f"log verify: {err}")
    pauses = sorted(float(str(line[3])) for line in lines)
    figures = {
        "acknowledged": len(acknowledged),
        "in the log": len(ids),
        "fail-overs": len(elections),
        "longest election": f"{max(elections, default=0):.1f} s",
        "longest pause of a writer": f"{pauses[-1]:.1f} s",
        "median append": f"{1_000 * pauses[len(pauses) // 2]:.0f} ms",
        "errors": len(errors),
        "lost": len(lost),
        "doubled": len(doubled),
    }
    print(", ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
    require(not lost, f"lost: {lost[:5]}")
    require(not doubled, f"doubled: {doubled[:5]}")
    require(not errors, f"errors: {errors[:3]}")
    require(len(ids) == len(acknowledged), "the log has entries that nobody was told of")
    require(len(acknowledged) >= appends, "too few appends")


def asynchronous(cluster: Cluster, offices: Offices) -> None:
    """Lose entries that a primary acknowledged alone; see them named, and nothing appended."""
    cluster.configure({"synchronous_mode": False})
    cluster.wait(synchronous=False)
    add = (
        *("log", "add", "rafah/3", "--kind", "note", "--on", "2024-06-24"),
        *("--speaker", "Desk", "--role", "media", "--summary", "Rang the Registry."),
    )
    require(offices.command("anna", *add)[0] == 0, "log add before the loss")
    kept = entries(offices)
    leader = cluster.nodes[str(cluster.leader())]
    for pid in leader.walsenders():
        os.kill(pid, signal.SIGSTOP)
    for _ in range(LOST):
        code, _out, err = offices.command("anna", *add)
        require(code == 0, f"log add, not replicated: {err}")
    code, text, err = offices.command("anna", "log", "checkpoint")
    require(code == 0 and text.splitlines()[1] == str(kept + LOST), f"log checkpoint: {err}")
    checkpoint = offices.folder / "anna" / "anna.checkpoint"
    checkpoint.write_text(text, encoding="utf-8")
    name, seconds = cluster.fail_over()
    print(f"asynchronous: {name} lost, a primary after {seconds:.0f} s", flush=True)
    gone = f"{kept + 1} to {kept + LOST}"
    code, _out, err = offices.command("anna", "log", "verify", "--checkpoint", str(checkpoint))
    require(code == 4 and gone in err, f"log verify names no {gone}: {code} {err}")
    print(f"log verify --checkpoint: {err.splitlines()[0]}", flush=True)
    code, _out, err = offices.command("anna", *add)
    require(code == 4 and gone in err, f"log add names no {gone}: {code} {err}")
    print(f"log add: {err.splitlines()[0]}", flush=True)
    root = err.split("--accept-cut ")[1].split()[0]
    require(entries(offices) == kept, "something was appended to a log that was cut")
    wrong = f"{'A' * 43}="
    require(offices.command("anna", *add, "--accept-cut", wrong)[0] != 0, "any root is accepted")
    code, _out, err = offices.command("anna", *add, "--accept-cut", root)
    require(code == 0, f"--accept-cut: {err}")
    code, _out, err = offices.command("anna", *add)
    require(code == 0, f"log add after --accept-cut: {err}")
    require(entries(offices) == kept + 2, "the log did not go on")
    cluster.nodes[name].start()
    cluster.wait(synchronous=False)
    print(f"asynchronous: entries {gone} lost, named, and accepted", flush=True)


def require(holds: object, problem: str) -> None:
    """Fail with a problem unless something holds."""
    if not holds:
        raise AssertionError(problem)


if __name__ == "__main__":
    main()
