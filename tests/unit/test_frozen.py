"""The base class of immutable values."""

import pickle

import pytest

from orderwatch.frozen import Frozen, replace


class Point(Frozen):
    """Two numbers, the second with a default."""

    x: int
    y: int = 0


class Named(Point):
    """A point with a name and a secret."""

    _secret = frozenset({"token"})
    name: str
    token: str = ""

    def __post_init__(self) -> None:
        """Refuse a point without a name."""
        if not self.name:
            raise ValueError("a name is needed")


def test_a_missing_and_an_unknown_field_are_refused() -> None:
    with pytest.raises(TypeError, match=r"missing=.*x"):
        Point(y=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"unknown=.*z"):
        Point(x=1, z=2)  # type: ignore[call-arg]


def test_a_value_does_not_change() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match="'x'"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="'x'"):
        del point.x
    assert (point.x, point.y) == (1, 0)


def test_values_are_equal_within_a_class() -> None:
    assert Point(x=1) == Point(x=1, y=0)
    assert hash(Point(x=1)) == hash(Point(y=0, x=1))
    assert Point(x=1) != Point(x=2)
    assert Named(x=1, name="a") != Point(x=1)


def test_a_copy_is_checked_too() -> None:
    named = Named(x=1, name="a")
    assert replace(named, y=3) == Named(x=1, y=3, name="a")
    with pytest.raises(ValueError, match="a name is needed"):
        replace(named, name="")
    with pytest.raises(TypeError, match="unknown"):
        replace(named, z=1)  # type: ignore[call-arg]


def test_a_value_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Point(x=1))) == Point(x=1)  # noqa: S301 - our own


def test_the_secret_is_not_printed() -> None:
    assert repr(Named(x=1, name="a", token="hush"))  # noqa: S106 - no password == "Named(x=1, y=0, name='a')"
