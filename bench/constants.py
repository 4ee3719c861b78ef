"""Mutants of what mutmut leaves alone: constants, class bodies and properties."""

from collections.abc import Iterator
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators


def mutants(code: str) -> Iterator[tuple[str, str]]:
    """Change a module in one place at a time; give what was changed, and all of it."""
    module = cst.parse_module(code)
    for node in _beside_functions(module):
        for kind, changes in mutation_operators:
            if not isinstance(node, kind):
                continue
            for changed in changes(node):
                before, after = (
                    module.code_for_node(node),
                    module.code_for_node(changed),
                )
                whole = module.deep_replace(node, changed).code
                yield f"{before.strip()} -> {after.strip()}", whole


def _beside_functions(node: Any) -> Iterator[Any]:  # noqa: ANN401 - libcst is optional
    for child in node.children:
        if not _left_out(child):
            yield child
            yield from _beside_functions(child)


def _left_out(node: Any) -> bool:  # noqa: ANN401 - libcst is optional
    """Tell what mutmut changes itself, and what no test can see."""
    if isinstance(node, cst.FunctionDef):
        return not node.decorators
    # A type is read by mypy and not by a test, whether it is an alias or an annotation.
    alias = isinstance(node, cst.Assign) and isinstance(node.value, cst.Subscript)
    return alias or isinstance(node, cst.Annotation | cst.Decorator | cst.Import)
