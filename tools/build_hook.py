"""Build hook of the wheel: compile the register that ships."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileRegister(BuildHookInterface[Any]):
    """Add the compiled form of `orders.toml` to a wheel, but not to an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the register with the program that is being built."""
        if version == "editable":
            return
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(Path(self.root, "src")))
        from orderwatch.register import compile_file, compiled

        self._folder = tempfile.TemporaryDirectory()
        form = Path(self._folder.name, "orders.compiled")
        form.write_bytes(compile_file(Path(self.root, "orders.toml")))
        build_data["force_include"][str(form)] = f"orderwatch/orders{compiled.SUFFIX}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling calls it
        """Remove the temporary files."""
        if version != "editable":
            self._folder.cleanup()
