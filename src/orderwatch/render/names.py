"""Replace names of the register by those of the active language, before text is rendered.

Data, such as JSON and CSV, keeps the names of the register.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from orderwatch.event_list import EventList
from orderwatch.frozen import Frozen
from orderwatch.model import Case, Court, Event, Obligation, State
from orderwatch.translation import ENGLISH, language, name

_T = TypeVar("_T")
_FIELDS: Mapping[type, tuple[str, ...]] = {
    Case: ("short", "title", "applicants", "respondents"),
    Court: ("name", "short"),
    Event: ("speaker", "by"),
    Obligation: ("label", "addressees"),
    State: ("name",),
}
"""The fields that hold names, by class."""


def localized(value: _T) -> _T:
    """Return a value with the names of the active language in it."""
    return cast("_T", _Names().replace(value)) if language() != ENGLISH else value


class Localized:
    """A renderer that gets its arguments with the names of the active language."""

    def __init__(self, renderer: object) -> None:
        self._renderer = renderer

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - as the renderer has it
        """Return a function of the renderer that replaces names first."""
        found = getattr(self._renderer, attribute)
        return _with_names(found) if callable(found) else found


def _with_names(function: Callable[..., Any]) -> Callable[..., Any]:
    def render(*args: object, **values: object) -> Any:  # noqa: ANN401 - as the function has it
        names = _Names()
        return function(
            *map(names.replace, args), **{key: names.replace(item) for key, item in values.items()}
        )

    return render


class _Names:
    """A replacement; what several values share stays shared."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[object, object]] = {}
        """By identity: the value, which keeps the identity in use, and its replacement."""

    def replace(self, value: Any) -> Any:  # noqa: ANN401 - any value of a renderer
        """Return a value with other names; a list that reads lazily replaces them then."""
        if isinstance(value, Frozen):
            if id(value) not in self._done:
                self._done[id(value)] = value, self._replace_fields(value)
            return self._done[id(value)][1]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.replace, value))
        if type(value) in {tuple, list}:
            return type(value)(map(self.replace, value))
        if type(value) is dict:
            return {self.replace(key): self.replace(item) for key, item in value.items()}
        if isinstance(value, EventList):
            return value.convert(localized)
        return value

    def _replace_fields(self, value: Frozen) -> Frozen:
        own = _FIELDS.get(type(value), ())
        changes = {
            field: _named(item) if field in own else self.replace(item)
            for field, item in vars(value).items()
        }
        if isinstance(value, State):
            changes["english"] = value.name
        is_same = all(item is changes[field] for field, item in vars(value).items())
        return value if is_same else value.__replace__(**changes)


def _named(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return name(value) if isinstance(value, str) else tuple(map(name, value))
