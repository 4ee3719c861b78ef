"""The public record in the shipped register: who speaks, in which words, and who answers."""

import re
from datetime import timedelta

import pytest

from orderwatch.model import Event, EventKind, Register, Role

VERDICT = re.compile(
    r"""\b(
      violat\w* | breach\w* | contraven\w* | flout\w* | def(y|ies|ied|ian\w+)
      | ignor\w* | disregard\w* | disobey\w* | br[oe]aks? | broke | contrary\ to
      | fail(s|ed|ing|ures?)?\ to | non-?complian\w+ | compl(y|ies|ied|ying|iance)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Words that judge conduct. They belong to a speaker, never to the register."""
ATTRIBUTION = re.compile(
    r"""\b(
      says? | said | states? | stated | considers? | finds? | reports? | reported | alleg\w+
      | accus\w+ | argues? | calls? | reads? | rejects? | den(y|ies) | writes? | tells? | asks?
      | claims? | concludes? | urges? | expects? | trusts? | recalls? | reminds? | announces?
      | protests? | cites? | counts? | welcomes? | according\ to | by\ its\ table
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What hands a word to a speaker, when it stands before it in the same clause."""
YEAR = timedelta(days=366)
SILENT = {"180/2023-11-17/2", "180/2023-11-17/3", "192/2024-03-28/1"}
"""Obligations of which nobody spoke alone: a search found nothing."""


def verdicts(summary: str) -> list[str]:
    """Return the judging words of a summary that no speaker owns."""
    return [
        word[0]
        for clause in re.split(r"(?<=[.;])\s+", summary)
        for word in VERDICT.finditer(clause)
        if not ATTRIBUTION.search(clause, 0, word.start())
    ]


def orders(event: Event) -> set[str]:
    """Return the ids of the orders, or of the case, that an event is about."""
    return {"/".join(name.split("/")[:2]) for name in event.subjects}


def addressees(register: Register, event: Event) -> set[str]:
    """Return the States that must do what an event is about."""
    return {
        name
        for item in register.obligations
        for name in item.addressees
        if {item.id, item.order.id, item.order.case.id} & set(event.subjects)
    }


def has_other_side(register: Register, event: Event) -> bool:
    """Return whether an addressee answers, or speaks of the same measure within a year."""
    states = tuple(addressees(register, event))
    return any(
        other.answers == event.id
        or (
            other.role is Role.PARTY
            and other.kind in {EventKind.STATEMENT, EventKind.SUBMISSION}
            and other.speaker.startswith(states)
            and bool(set(other.subjects) & set(event.subjects))
            and abs(other.on - event.on) <= YEAR
        )
        for other in register.events
    )


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("Breaches the Order.", ["Breaches"]),
        ("Stops aid and so fails to comply.", ["fails to", "comply"]),
        ("Says that nothing changed; the Order is ignored.", ["ignored"]),
        ("Says that Israel has ignored the rulings.", []),
        ("Asks Armenia to comply.", []),
        ("Paragraph 345(7) finds that Uganda did not comply.", []),
    ],
)
def test_a_word_of_verdict_needs_a_speaker(summary: str, words: list[str]) -> None:
    assert verdicts(summary) == words


def test_no_summary_judges_in_our_voice(register: Register) -> None:
    found = {event.id: verdicts(event.summary) for event in register.events}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_record_is_wide(register: Register) -> None:
    assert len(register.events) >= 250


def test_no_event_rests_on_an_inferred_day(register: Register) -> None:
    assert [event.id for event in register.events if event.inferred] == []


def test_each_pending_obligation_was_spoken_of_or_searched(register: Register) -> None:
    spoken = {
        name for event in register.events if event.role is not Role.COURT for name in event.subjects
    }
    pending = [item for item in register.obligations if item.order.case.ended is None]
    assert {item.id for item in pending} - spoken == SILENT
    assert [item.id for item in pending if item.order.case.searched is None] == []


def test_most_assessments_have_the_other_side(register: Register) -> None:
    assessments = [event for event in register.events if event.kind is EventKind.ASSESSMENT]
    opposed = [event for event in assessments if has_other_side(register, event)]
    answered = {event.answers for event in register.events}
    assert 2 * len(opposed) >= len(assessments) >= 60
    assert len([event for event in assessments if event.id in answered]) >= 12


def test_an_answer_speaks_of_what_it_answers(register: Register) -> None:
    events = {event.id: event for event in register.events}
    answers = [event for event in register.events if event.answers]
    assert len(answers) >= 40
    for event in answers:
        question = events[event.answers or ""]
        assert event.speaker != question.speaker
        assert orders(event) & orders(question), event.id


def test_each_event_has_one_speaker(register: Register) -> None:
    assert [event.id for event in register.events if ";" in event.speaker] == []


def test_a_party_speaks_under_its_name(register: Register) -> None:
    """Pages put what a State says beside what others say, by the name before a parenthesis."""
    parties = {name for case in register.cases for name in case.parties}
    speakers = [event.speaker for event in register.events if event.role == "party"]
    names = {speaker.partition(" (")[0] for speaker in speakers}
    unknown = {name for name in names - parties if ", " not in name and " and " not in name}
    assert unknown == set()


def test_every_assessment_says_what_it_found(register: Register) -> None:
    assessments = [event for event in register.events if event.kind is EventKind.ASSESSMENT]
    assert [e.id for e in assessments if not (e.finding and e.scale)] == []


def test_every_event_is_named_for_its_case_and_day(register: Register) -> None:
    for event in register.events:
        _, case, year, month, day, _ = event.id.split("-")
        assert f"{year}-{month}-{day}" == str(event.on)
        assert case in {name.partition("/")[0] for name in event.about}
