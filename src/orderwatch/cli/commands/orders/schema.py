"""`orders schema`: the JSON Schema of a register file."""

from orderwatch.cli.terminal import streams


def schema() -> None:
    """Print the JSON Schema of a register file, for editors.

    For example:
      orderwatch orders schema
      orderwatch orders schema > register.schema.json
    """
    import json

    from orderwatch.register.load import json_schema as register_schema

    streams.write_result(
        json.dumps(register_schema(), indent=2, ensure_ascii=False) + "\n"
    )
