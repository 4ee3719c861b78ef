"""Three servers with etcd, Patroni and PostgreSQL, set up by the files of the documentation.

Each has mount and process namespaces of its own: paths are those of the page, and one SIGKILL
takes a server down as a loss of power would. Names and addresses are those of the page, too:
the caller runs in a network namespace with them, see `enter`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from tests.support.docs_pages import FENCED
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "reference" / "patroni.md"
NAMES = ("db1", "db2", "db3")
ADDRESSES = {name: f"10.0.0.1{number}" for number, name in enumerate(NAMES, start=1)}
NEEDED = ("etcd", "ip", "nsenter", "openssl", "patroni", "runuser", "setpriv", "unshare")
PATIENCE = 180.0
LAG = 100_000
"""Bytes that a replica may be behind, while others write."""
_INSIDE = "ORDERWATCH_STRESS_NETWORK"
_OPEN = build_opener(ProxyHandler({}))
_BOOT = """
set -e
mount --bind {0}/patroni /etc/patroni
mount --bind {0}/default /etc/default
mount --bind {0}/data /var/lib/postgresql
mount --bind {0}/etcd /var/lib/etcd
mount --bind {0}/run /var/run/postgresql
set -a; . /etc/default/etcd; set +a
ETCD_DATA_DIR=/var/lib/etcd/default runuser -u etcd -- etcd > {0}/etcd.log 2>&1 &
while :; do
  runuser -u postgres -- patroni /etc/patroni/config.yml >> {0}/patroni.log 2>&1 || true
  sleep 1
done &
wait
"""


def enter(module: str) -> None:
    """Run a module in namespaces with the names and addresses of the servers, and exit."""
    if _INSIDE in os.environ:
        return
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"this needs root, and the programs {', '.join(NEEDED)}; missing: {missing}")
    addresses = "; ".join(f"ip addr add {ip}/32 dev lo" for ip in ADDRESSES.values())
    hosts = "".join(f"{ip} {name}.example.org\\n" for name, ip in ADDRESSES.items())
    script = (
        f"set -e; ip link set lo up; {addresses}; hosts=$(mktemp);"
        f" printf '127.0.0.1 localhost\\n{hosts}' > $hosts; chmod 644 $hosts;"
        ' mount --bind $hosts /etc/hosts; rm $hosts; exec "$@"'
    )
    os.environ[_INSIDE] = "1"
    python = (sys.executable, "-m", module, *sys.argv[1:])
    os.execvp("unshare", ("unshare", "--mount", "--net", "bash", "-c", script, "bash", *python))  # noqa: S606, S607


def blocks(kind: str) -> list[str]:
    """List the blocks of a kind that the page prints."""
    return [text for name, text in FENCED.findall(PAGE.read_text(encoding="utf-8")) if name == kind]


def block(kind: str, word: str) -> str:
    """Return the block of the page that has a word."""
    [text] = [text for text in blocks(kind) if word in text]
    return text


def of_server(text: str, name: str) -> str:
    """Return a file of the first server as the page asks for it on another."""

    def replaced(line: str) -> str:
        if any(re.search(rf"{other}\b|{ADDRESSES[other]}\b", line) for other in NAMES[1:]):
            return line
        return line.replace(NAMES[0], name).replace(ADDRESSES[NAMES[0]], ADDRESSES[name])

    return "".join(map(replaced, text.splitlines(keepends=True)))


class Node:
    """One server."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._init: subprocess.Popen[bytes] | None = None

    def install(self, certificates: Path) -> None:
        """Write the files of the page to the folders of this server."""
        for owner, names in (("root", ("default",)), ("etcd", ("etcd",))):
            for part in names:
                (self.folder / part).mkdir(parents=True)
                shutil.chown(self.folder / part, owner)
        for part in ("patroni", "data", "run"):
            (self.folder / part).mkdir()
            shutil.chown(self.folder / part, "postgres", "postgres")
        etc = self.folder / "patroni"
        shutil.copy(certificates / "ca.crt", etc / "ca.crt")
        for end in ("crt", "key"):
            shutil.copy(certificates / f"{self.name}.{end}", etc / f"server.{end}")
        (self.folder / "default" / "etcd").write_text(
            of_server(block("ini", "ETCD_NAME"), self.name)
        )
        (etc / "config.yml").write_text(of_server(block("yaml", "scope:"), self.name))
        for name in ("server.key", "config.yml"):
            shutil.chown(etc / name, "postgres", "postgres")
            (etc / name).chmod(0o600)

    def start(self) -> None:
        """Boot the server."""
        self._init = subprocess.Popen(  # noqa: S603
            (
                *("setpriv", "--pdeathsig=KILL"),
                *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                *("bash", "-c", _BOOT.format(self.folder)),
            ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
        )

    def kill(self) -> None:
        """Kill everything on the server at once."""
        if self._init is not None:
            self._init.kill()
            self._init.wait()
            self._init = None

    @property
    def init(self) -> int:
        """Return the id of the first process inside."""
        assert self._init is not None
        pid = self._init.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def run(self, script: str, **environment: str) -> str:
        """Run a script on the server as postgres, which may read files of others here."""
        done = subprocess.run(  # noqa: S603
            (
                *("nsenter", "--target", str(self.init), "--mount", "--pid"),
                *("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"),
                *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
                *("bash", "-euc", script),
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"HOME": "/var/lib/postgresql", "LANG": "C.UTF-8", **environment},
        )
        if done.returncode:
            raise AssertionError(f"{script}: {done.stdout}{done.stderr}")
        return done.stdout

    def walsenders(self) -> list[int]:
        """List the processes that send the write-ahead log."""
        found, own = [], Path(f"/proc/{self.init}/ns/pid").stat().st_ino
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = entry.read_bytes().replace(b"\0", b" ")
                same = (entry.parent / "ns/pid").stat().st_ino == own
            except OSError:
                continue
            if b"walsender" in command and same:
                found.append(int(entry.parent.name))
        return found


class Cluster:
    """The three servers."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder = folder
        self.nodes = {name: Node(name, folder / name) for name in NAMES}

    def start(self) -> None:
        """Make certificates, boot all servers, wait, and make the log."""
        certificates = self.folder / "certificates"
        certificates.mkdir()
        subprocess.run(  # noqa: S603
            ("bash", "-euc", block("bash", "openssl")),  # noqa: S607
            cwd=certificates,
            check=True,
            capture_output=True,
        )
        for node in self.nodes.values():
            node.install(certificates)
            node.start()
        self.wait()

    def stop(self) -> None:
        """Kill all servers."""
        for node in self.nodes.values():
            node.kill()

    def members(self) -> list[dict[str, object]]:
        """Return what Patroni says of each server, as the first one does that answers."""
        for address in ADDRESSES.values():
            try:
                with _OPEN.open(f"http://{address}:8008/cluster", timeout=3) as answer:
                    return list(json.load(answer)["members"])
            except (OSError, ValueError):
                continue
        return []

    def leader(self) -> str | None:
        """Return the name of the primary."""
        for name, address in ADDRESSES.items():
            try:
                with _OPEN.open(f"http://{address}:8008/primary", timeout=3):
                    return name
            except (OSError, ValueError):
                continue
        return None

    def wait(self, *, synchronous: bool = True) -> str:
        """Wait until a primary has two replicas that stream; return its name."""

        def is_whole() -> bool:
            members = self.members()
            roles = sorted(str(item.get("role")) for item in members)
            wanted = ["leader", "replica", "sync_standby" if synchronous else "replica"]
            return (
                roles == wanted
                and all(item.get("state") in {"running", "streaming"} for item in members)
                and len({item.get("timeline") for item in members}) == 1
                and all(int(str(item.get("lag", 0))) < LAG for item in members)
                and self.leader() is not None
            )

        until(is_whole, "the cluster is not whole")
        return str(self.leader())

    def fail_over(self) -> tuple[str, float]:
        """Kill the primary; return its name, and the seconds to the next."""
        name = str(self.leader())
        began = time.monotonic()
        self.nodes[name].kill()
        until(lambda: self.leader() not in {None, name}, "no other server is the primary")
        return name, time.monotonic() - began

    def configure(self, settings: dict[str, object]) -> None:
        """Change the configuration that Patroni keeps in etcd."""
        from urllib.request import Request

        address = ADDRESSES[str(self.leader())]
        request = Request(
            f"http://{address}:8008/config", json.dumps(settings).encode(), method="PATCH"
        )
        with _OPEN.open(request, timeout=10):
            pass


def until(holds: Callable[[], bool], problem: str, seconds: float = PATIENCE) -> None:
    """Wait until something holds; fail after some seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{problem} after {seconds:.0f} seconds")
        time.sleep(0.3)
