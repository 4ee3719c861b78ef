"""Configure a mail server for `remind`."""

from pathlib import Path

DAY = "2024-06-20"
ID = "192/2024-05-24/3"


def configure(home: Path, port: int, *lines: str, security: str = "none", remind: str = "") -> None:
    folder = home / "config" / "orderwatch"
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(
        [
            "[mail]",
            'host = "localhost"',
            f"port = {port}",
            f'security = "{security}"',
            'from = "Orders Desk <orders@example.org>"',
            *lines,
            "[remind]",
            remind,
        ]
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
