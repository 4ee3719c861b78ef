"""Convert text parameters without pydantic: Typer internals, replaced for speed.

Typer builds a pydantic adapter for each parameter of a command, also for an absent
one: half of the time of `status`. Parameters that need no adapter are converted here,
all others by Typer.
"""

from collections.abc import Iterable
from typing import Any

from typer._coercion import RuntimeParam, build_runtime_param


class TextParam(RuntimeParam):
    """Convert text, or apply the parameter's own parser, without pydantic."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - what Typer calls
        if self.parameter_info.parser is not None and isinstance(value, str):
            return self.parameter_info.parser(value)
        if self.annotation is str and isinstance(value, str):
            return value
        if self.annotation == list[str]:
            return list(value)
        fallback = build_runtime_param(param.type_descriptor)
        return fallback.coerce(value, param=param, ctx=ctx)


def use_fast_conversion(parameters: Iterable[Any]) -> None:
    """Replace the converters of parameters by `TextParam`."""
    for parameter in parameters:
        descriptor = getattr(parameter, "type_descriptor", None)
        if descriptor is not None and descriptor.file_annotation is None:
            parameter._runtime_param = TextParam(  # noqa: SLF001 - there is no public API
                annotation=descriptor.annotation,
                parameter_info=descriptor.parameter_info,
            )


def with_fast_conversion(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - a command of Typer's
    """Return a command with fast conversion of its parameters and `--help`."""
    if command is not None:
        use_fast_conversion((*command.params, command.get_help_option(ctx)))
    return command
