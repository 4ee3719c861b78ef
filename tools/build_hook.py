"""Build hook of the wheel: compile the register and the catalogues, list what a shell completes."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileRegister(BuildHookInterface[Any]):
    """Add the compiled form of `orders.toml` to a wheel, but not to an editable install.

    The catalogues of an editable install are compiled where they are.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the register with the program that is being built."""
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(Path(self.root, "src")), self.root]
        from tools import catalogs

        if version == "editable":
            catalogs.compile_in_place()
            return
        from typer.main import get_command

        from orderwatch.cli import completion, completion_list
        from orderwatch.cli.app import app
        from orderwatch.register import compile_file, compiled, load_register

        self._folder = tempfile.TemporaryDirectory()
        root, folder = Path(self.root), Path(self._folder.name)
        register = root / "orders.toml"
        contents = {
            f"orders{compiled.SUFFIX}": compile_file(register),
            completion.LIST: completion_list.encode(
                get_command(app), load_register(register), [register], root
            ),
        }
        for path in catalogs.catalogs():
            name = path.with_suffix(".mo").relative_to(catalogs.PACKAGE).as_posix()
            contents[name] = catalogs.compiled(path)
        for name, content in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            build_data["force_include"][str(folder / name)] = f"orderwatch/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling calls it
        """Remove the temporary files."""
        if version != "editable":
            self._folder.cleanup()
