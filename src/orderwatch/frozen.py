"""The base class of immutable values.

A subclass annotates its fields, as a dataclass does. Nothing is compiled when it is
defined: 80 dataclasses cost a sixth of the processor time of `orderwatch status`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 - mypy checks its fields
else:

    def replace(value, /, **changes):  # noqa: ANN001, ANN003, ANN201 - typed above
        """Return a copy with other values of some fields."""
        return value.__replace__(**changes)


_REQUIRED = object()


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen:
    """Set, compare, hash and print the annotated fields."""

    _fields: ClassVar[Mapping[str, object]] = {}
    """The default of each field, in order."""
    _required: ClassVar[frozenset[str]] = frozenset()
    _secret: ClassVar[frozenset[str]] = frozenset()
    """Fields that `repr` leaves out."""

    def __init_subclass__(cls) -> None:
        """Collect the fields: annotated names without an underscore."""
        own = {
            name: cls.__dict__.get(name, _REQUIRED)
            for name in cls.__annotations__
            if not name.startswith("_")
        }
        cls._fields = {**cls._fields, **own}
        cls._required = frozenset(
            name for name, default in cls._fields.items() if default is _REQUIRED
        )

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - mypy checks by field
        """Set every field.

        Raises TypeError for a missing or an unknown field.
        """
        state = self.__dict__
        state.update(self._fields)
        state.update(values)
        if len(state) > len(self._fields) or not self._required <= values.keys():
            missing = self._required - values.keys()
            unknown = values.keys() - self._fields.keys()
            raise TypeError(f"{type(self).__name__}: {missing=}, {unknown=}")
        self.__post_init__()

    def __post_init__(self) -> None:
        """Validate the fields; a subclass may override it."""

    def __replace__(self, **changes: object) -> Self:
        """Return a copy with other values of some fields."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        """Raise AttributeError."""
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        """Raise AttributeError."""
        raise AttributeError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        """Compare with a value of the same class."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Hash all fields."""
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        """Return the call that builds the value, without secret fields."""
        fields = ", ".join(
            f"{name}={value!r}" for name, value in self.__dict__.items() if name not in self._secret
        )
        return f"{type(self).__qualname__}({fields})"
