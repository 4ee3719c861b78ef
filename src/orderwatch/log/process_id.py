"""Name the process that holds a claim, and tell whether it is gone."""

from collections.abc import Callable
from pathlib import Path


def process(pid: int) -> str:
    """Name a process so that no other on any machine is called the same.

    `?` stands for what the system does not tell.
    """
    facts = (_boot, _namespace, lambda: str(pid), lambda: _started(pid))
    return "/".join(_fact(fact) for fact in facts)


def gone(name: str) -> bool:
    """Tell whether a process was one of this machine, and is no more."""
    boot, space, pid, started = name.split("/")
    here = boot == _fact(_boot) and space == _fact(_namespace)
    if "?" in {boot, space, started} or not here:
        return False
    return process(int(pid)) != name


def _fact(read: Callable[[], str]) -> str:
    try:
        return read()
    except (OSError, IndexError):
        return "?"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _started(pid: int) -> str:
    # The name of the program, in brackets, can hold spaces and brackets of its own.
    text = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2]
    state, *rest = text.decode("ascii").split()
    # A process that was killed and not yet collected is as gone as can be.
    return "dead" if state in {"Z", "X"} else rest[18]
