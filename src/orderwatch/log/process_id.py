"""Identify processes across hosts and reboots, and detect that one has exited."""

from collections.abc import Callable
from pathlib import Path


def process_id(pid: int) -> str:
    """Return an id of a process that is unique across hosts and reboots.

    Boot id, PID namespace, pid and start time; `?` is what the system does not report.
    """
    readers = (_boot_id, _pid_namespace, lambda: str(pid), lambda: _start_time(pid))
    return "/".join(_read_or_unknown(reader) for reader in readers)


def has_exited(name: str) -> bool:
    """Return whether a process ran on this machine and has exited."""
    boot, namespace, pid, start_time = name.split("/")
    is_local = boot == _read_or_unknown(_boot_id) and namespace == _read_or_unknown(
        _pid_namespace
    )
    if "?" in {boot, namespace, start_time} or not is_local:
        return False
    return process_id(int(pid)) != name


def _read_or_unknown(read: Callable[[], str]) -> str:
    try:
        return read()
    except (OSError, IndexError):
        return "?"


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _pid_namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _start_time(pid: int) -> str:
    # The program name, in parentheses, can contain spaces and parentheses.
    text = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2]
    state, *fields = text.decode("ascii").split()
    # A zombie has exited, too.
    return "dead" if state in {"Z", "X"} else fields[18]
