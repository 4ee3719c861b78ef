"""Read parameters of the command line that are plain text without pydantic.

Typer builds a pydantic adapter for each parameter of a command, also for one that
was not given; that is half of the time that `status` takes. What needs no adapter is
converted here, and everything else by Typer.
"""

from collections.abc import Iterable
from typing import Any

from typer._coercion import RuntimeParam, build_runtime_param


class Plain(RuntimeParam):
    """Convert what is text already, or what the parameter's own parser reads."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - what Typer calls
        if self.parameter_info.parser is not None and isinstance(value, str):
            return self.parameter_info.parser(value)
        if self.annotation is str and isinstance(value, str):
            return value
        if self.annotation == list[str]:
            return list(value)
        adapted = build_runtime_param(param.type_descriptor)
        return adapted.coerce(value, param=param, ctx=ctx)


def lighten(parameters: Iterable[Any]) -> None:
    """Let parameters of Typer be converted by `Plain`."""
    for parameter in parameters:
        descriptor = getattr(parameter, "type_descriptor", None)
        if descriptor is not None and descriptor.file_annotation is None:
            parameter._runtime_param = Plain(  # noqa: SLF001 - there is no public place
                annotation=descriptor.annotation,
                parameter_info=descriptor.parameter_info,
            )


def light(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - a command of Typer's
    """Lighten the parameters of a command, its help option among them."""
    if command is not None:
        lighten((*command.params, command.get_help_option(ctx)))
    return command
