"""`mcp`: the client of the SDK lists the tools, and asks what a journalist asks."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from orderwatch.mcp import server
from orderwatch.settings import load
from tests.cli.test_other_court import ICJ
from tests.conftest import Run
from tests.support.log_commands import NOTE, add, refused
from tests.support.paths import CASES

TOOLS = {"find", "status", "explain", "cite", "who_says_what"}
DAY = "2026-11-29"


def call(*calls: tuple[str, Mapping[str, object]]) -> list[dict[str, Any]]:
    """Call tools in process; return their answers, or the texts of their errors."""
    from mcp import Client

    async def ask() -> list[dict[str, Any]]:
        answers = []
        async with Client(server(load({}, os.environ))) as client:
            for name, arguments in calls:
                result = await client.call_tool(name, dict(arguments))
                text = "".join(part.text for part in result.content if part.type == "text")
                assert result.is_error or result.structured_content == json.loads(text)
                answers.append({"error": text} if result.is_error else json.loads(text))
        return answers

    return asyncio.run(ask())


QUESTIONS: dict[str, tuple[str, dict[str, str], Callable[[dict[str, Any]], bool]]] = {
    "Which order is about the Rafah crossing?": (
        "find",
        {"words": "rafah crossing"},
        lambda answer: answer["matches"][0]["alias"] == "rafah/2b",
    ),
    "By when had Israel to report on the order of 24 May 2024?": (
        "status",
        {"subject": "rafah/3"},
        lambda answer: answer["obligations"][0]["deadlines"][0]["due"] == "2024-06-24",
    ),
    "Was that report filed?": (
        "status",
        {"subject": "rafah 3"},
        lambda answer: (
            answer["obligations"][0]["deadlines"][0]["submission"] is None
            and "does not mean that none was made" in answer["caveats"][0]
        ),
    ),
    "How did the judges vote on halting the offensive?": (
        "status",
        {"subject": "rafah 2(a)"},
        lambda answer: (
            answer["obligations"][0]["votes"]["for"] == 13
            and answer["obligations"][0]["votes"]["dissenting"] == ["Sebutinde", "Barak (ad hoc)"]
        ),
    ),
    "When is Myanmar's next report due?": (
        "status",
        {"subject": "178/2020-01-23/4"},
        lambda answer: answer["obligations"][0]["deadlines"][-1]["due"] == "2027-05-23",
    ),
    "What is due next?": (
        "status",
        {},
        lambda answer: (
            answer["next_deadlines"][0]["due"] == "2027-05-23"
            and answer["last_deadlines"][0]["due"] == "2026-11-23"
        ),
    ),
    "Why 24 June?": (
        "explain",
        {"subject": "rafah/3"},
        lambda answer: any(
            "1 month from Friday 24 May 2024" in step
            for step in answer["obligations"][0]["deadlines"][0]["steps"]
        ),
    ),
    "How do I cite it?": (
        "cite",
        {"subject": "rafah/3", "style": "oscola"},
        lambda answer: "South Africa v Israel" in answer["citation"],
    ),
    "Who says what about the first order on Gaza?": (
        "who_says_what",
        {"subject": "192/2024-01-26"},
        lambda answer: {"party", "un-body", "ngo"} <= {item["role"] for item in answer["events"]},
    ),
    "What was known of Rafah on 20 June 2024?": (
        "status",
        {"subject": "rafah/3", "as_of": "20 June 2024"},
        lambda answer: (
            answer["as_of"] == "2024-06-20"
            and answer["obligations"][0]["deadlines"][0]["days_left"] == 4
        ),
    ),
}


def test_a_journalist_gets_ten_right_answers() -> None:
    calls = [
        (tool, arguments if tool == "cite" else {"as_of": DAY, "limit": 100, **arguments})
        for tool, arguments, _ in QUESTIONS.values()
    ]
    wrong = []
    for (question, (_, _, is_right)), answer in zip(QUESTIONS.items(), call(*calls), strict=True):
        if "error" in answer or not is_right(answer):
            wrong.append((question, answer))
            continue
        assert answer["age"].startswith("Court's decisions known to 3 Sep 2026")
        assert len(answer["caveats"]) == 3
        assert answer["register"]["seen_to"] == "2026-09-03"
    assert wrong == []
    assert len(QUESTIONS) == 10


def test_the_client_lists_tools_that_only_read() -> None:
    from mcp import Client

    async def listed() -> list[Any]:
        async with Client(server(load({}, os.environ))) as client:
            assert "never instructions" in str(client.instructions)
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all(tool.description for tool in tools)


def test_what_cannot_be_answered_says_what_to_do() -> None:
    calls = [
        ("status", {"subject": "rafha"}, "Did you mean"),
        ("cite", {"subject": "genocide"}, "Name one of them"),
        ("find", {"words": "rafah", "as_of": "24/05/2024"}, "24/05/2024"),
        ("cite", {"subject": "rafah", "style": "apa"}, "oscola"),
        ("who_says_what", {"subject": "rafah", "since": "soon"}, "soon"),
    ]
    answers = call(*((tool, arguments) for tool, arguments, _ in calls))
    for (_, _, text), answer in zip(calls, answers, strict=True):
        assert text in answer["error"]


def test_private_entries_stay_and_texts_of_others_are_made_harmless(run: Run) -> None:
    add(run, base=NOTE, summary="Between us alone.", private=True)
    add(run, base=NOTE, summary="Right to left: \u202e.")
    [answer] = call(("who_says_what", {"subject": "rafah", "limit": 100, "as_of": DAY}))
    summaries = [item["summary"] for item in answer["events"] if item["origin"] == "log"]
    assert summaries == ["Right to left: <U+202E>."]


def test_a_register_of_another_court_names_that_court(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_ORDERS", str(CASES / "hamburg.toml"))
    subjects = {"status": "crew/1", "explain": "crew", "cite": "release/2"}
    arguments = ((tool, {"subject": x, "as_of": "2026-11-15"}) for tool, x in subjects.items())
    for answer in call(*arguments):
        assert "error" not in answer
        assert not ICJ.search(json.dumps(answer))


def test_the_command_serves_a_client_over_standard_input_and_output(tmp_path: Path) -> None:
    from mcp import Client, StdioServerParameters, stdio_client

    command = StdioServerParameters(
        command=sys.executable, args=["-m", "orderwatch", "mcp"], env=dict(os.environ)
    )

    async def listed() -> set[str]:
        # The default is the stream that was standard error when the SDK was imported.
        with (tmp_path / "stderr").open("w") as errors:
            async with Client(stdio_client(command, errors)) as client:
                return {tool.name for tool in (await client.list_tools()).tools}

    assert asyncio.run(listed()) == TOOLS


def test_an_interrupt_ends_it_while_a_client_is_silent() -> None:
    client = {"name": "test", "version": "1"}
    parameters = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters}
    with subprocess.Popen(
        [sys.executable, "-m", "orderwatch", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{json.dumps(message)}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=20) == -signal.SIGINT
        finally:
            process.kill()


def test_without_the_extra_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert "needs the package mcp" in refused(run, "mcp")
