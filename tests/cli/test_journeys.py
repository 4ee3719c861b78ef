"""What a user does from the first question to the end, command by command, as golden files."""

from pathlib import Path

import pytest

from tests.support.docs_pages import Shell, printed
from tests.support.journeys import MAIL, install
from tests.support.paths import TESTS
from tests.support.smtp_servers import office

JOURNEYS = sorted((TESTS / "cli" / "journeys").glob("*.md"))


@pytest.mark.parametrize("page", JOURNEYS, ids=lambda page: page.stem)
def test_a_journey_prints_what_it_shows(
    page: Path, sealed: Path, request: pytest.FixtureRequest
) -> None:
    """Run all commands of a journey in order, in one home that was empty before."""
    mail = sealed / MAIL
    mail.mkdir()
    with office(folder=mail) as post:
        shell = Shell(sealed, PORT=str(post.port))
        install(sealed / ".bin")
        actual = printed(page.read_text(encoding="utf-8"), shell)
        if request.config.getoption("--update-golden"):
            page.write_text(actual, encoding="utf-8")
        assert actual == page.read_text(encoding="utf-8")
        if page.stem == "from-cron-to-three-mails":
            assert post.recipients() == ["desk@example.org"] * (1 + 3)  # a sample comes first


def test_there_is_a_journey_for_each_user() -> None:
    assert [page.stem for page in JOURNEYS] == [
        "from-a-case-to-a-citation",
        "from-a-pdf-to-a-proof",
        "from-cron-to-three-mails",
    ]
