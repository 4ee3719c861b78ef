"""Write the JSON Schemas of the outputs from the types in `render/documents.py`.

python tools/schemas.py            # writes them
python tools/schemas.py --check    # ends with 1 if one of them is stale
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from orderwatch.render import documents

FOLDER = Path(__file__).parents[1] / "src" / "orderwatch" / "schemas"
_SCALARS = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
}

Schema = dict[str, Any]


def schemas() -> dict[str, str]:
    """Return the text of each schema by the name of its file."""
    return {
        f"{name}.json": json.dumps(_document(name, document), indent=2) + "\n"
        for document in vars(documents).values()
        if is_typeddict(document) and document.__name__.endswith("Document")
        if (name := _words(document.__name__, "-").removesuffix("-document")) != "document"
    }


def _document(name: str, document: type) -> Schema:
    """Return the schema of a document, with the types it uses in `$defs`."""
    types: dict[type, Schema] = {}
    schema = _object(document, types)
    schema["properties"]["schema"] = {"const": f"orderwatch/{name}/1"}
    shared = {_words(cls.__name__, "_"): types[cls] for cls in types}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"orderwatch/{name}/1",
        **schema,
        **({"$defs": dict(sorted(shared.items()))} if shared else {}),
    }


def _object(cls: Any, types: dict[type, Schema]) -> Schema:  # noqa: ANN401 - a TypedDict is no type
    """Return the schema of an object: every field is required, no other allowed."""
    names = cls.__annotations__ if is_typeddict(cls) else cls._fields
    hints, about = get_type_hints(cls, include_extras=True), _field_docs(cls)
    fields = {
        name: {
            **_value(hints[name], types),
            **({"description": about[name]} if name in about else {}),
        }
        for name in names
    }
    return {
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _value(kind: Any, types: dict[type, Schema]) -> Schema:  # noqa: ANN401, PLR0911 - any annotation; a return a form
    """Return the schema of a type; name objects and enums, and put them in `types`."""
    arguments = get_args(kind)
    if get_origin(kind) is Annotated:
        return _value(arguments[0], types) | dict(kind.__metadata__)
    if NoneType in arguments:
        (inner,) = (item for item in arguments if item is not NoneType)
        schema = _value(inner, types)
        is_simple = "type" in schema and "enum" not in schema
        nullable = {**schema, "type": [schema.get("type"), "null"]}
        return nullable if is_simple else {"anyOf": [schema, {"type": "null"}]}
    if get_origin(kind) in {Union, UnionType}:
        return {"anyOf": [_value(item, types) for item in arguments]}
    if arguments:
        if get_origin(kind) is dict:
            values = _value(arguments[1], types)
            return {"type": "object", "additionalProperties": values}
        return {"type": "array", "items": _value(arguments[0], types)}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if kind not in types:
        types[kind] = {}
        types[kind] = _enum(kind) if issubclass(kind, StrEnum) else _object(kind, types)
    return {"$ref": f"#/$defs/{_words(kind.__name__, '_')}"}


def _enum(kind: type[StrEnum]) -> Schema:
    about = inspect.cleandoc(kind.__doc__ or "")
    return {"description": about, "type": "string", "enum": [*kind]}


def _field_docs(cls: Any) -> dict[str, str]:  # noqa: ANN401 - a TypedDict is no type
    """Return the docstring of each field that has one, those of the bases too."""
    module = sys.modules[cls.__module__]
    about: dict[str, str] = {}
    for node in _class_definitions(module).get(cls.__name__, ()):
        for base in node.bases:
            about |= _field_docs(getattr(module, ast.unparse(base)))
        for field, text in pairwise(node.body):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(doc))),
                ):
                    about[name] = " ".join(doc.split())
    return about


@cache
def _class_definitions(module: ModuleType) -> Mapping[str, list[ast.ClassDef]]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: [node] for node in tree.body if isinstance(node, ast.ClassDef)}


def _words(name: str, joint: str) -> str:
    """Split a name in CamelCase into words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", joint, name).lower()


def stale() -> list[str]:
    """Name the files that are not what the types say; the register has its own."""
    committed = {
        path.name: path.read_text(encoding="utf-8")
        for path in FOLDER.glob("*.json")
        if path.name != "register.json"
    }
    current = schemas()
    return sorted(
        name
        for name in committed.keys() | current.keys()
        if committed.get(name) != current.get(name)
    )


def main() -> None:
    """Write the schemas, or check them."""
    if "--check" in sys.argv:
        if names := stale():
            sys.exit(f"stale, run `python tools/schemas.py`: {', '.join(names)}")
        return
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
