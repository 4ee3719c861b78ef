"""What a reader can follow: everything, a State, a case."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from orderwatch.frozen import replace
from orderwatch.model import Site, State
from orderwatch.render.html import pages
from orderwatch.render.html.paths import event_path, slug
from orderwatch.render.html.subscriptions import Subscription, everything, of_case, of_states
from orderwatch.render.names import localized
from orderwatch.translation import using
from tests.support import sites

URL = "https://example.org/icj/"


@pytest.fixture(scope="module")
def states() -> dict[str, Subscription]:
    return {str(item.name): item for item in of_states(sites.site())}


def test_each_party_that_the_register_has_can_be_followed(
    states: dict[str, Subscription],
) -> None:
    parties = {name for item in sites.site().cases for name in item.case.parties}
    # One case prints the former name of a State.
    assert parties - states.keys() == {"Federal Republic of Germany"}
    former = [item for item in states["Germany"].cases if "Germany" not in item.case.parties]
    assert [item.case.id for item in former] == ["56"]


def test_the_calendar_of_a_state_has_what_it_was_asked(states: dict[str, Subscription]) -> None:
    statuses = [status for item in states["Armenia"].dated for status in item.statuses]
    assert statuses
    assert all("Armenia" in status.obligation.addressees for status in statuses)
    assert {item.case.id for item in states["Armenia"].cases} == {"180", "181"}


def test_a_state_without_a_case_here_is_left_out() -> None:
    names = [item.name for item in of_states(sites.site(178))]
    assert names == ["Myanmar", "The Gambia"]


def test_a_state_that_the_register_does_not_list_is_followed_by_name() -> None:
    site = sites.site(192)
    found = {str(item.name): item for item in of_states(site)}
    # Groups of States, and officials of a party, are no State.
    parties = {"Israel", "South Africa"}
    others = {"Algeria", "Egypt", "Germany", "Turkey", "United States"}
    assert found.keys() == parties | others
    assert {name for name, item in found.items() if item.is_party} == parties
    unlisted = {str(item.name): item for item in of_states(replace(site, states=()))}
    assert unlisted.keys() == parties | others - {"Turkey"} | {"Türkiye"}
    page = dict(pages(site))["states/egypt/index.html"]
    assert "Party to none of the cases; its statements are on record in 1 case." in page
    assert "Egypt (State Information Service)" in page
    assert "What was asked of it" not in page


def test_another_language_has_the_same_states() -> None:
    site = sites.site()
    english = {item.folder for item in of_states(site)}
    with using("fr"):
        found = of_states(localized(site))
    assert {item.folder for item in found} == english
    assert "Allemagne" in {item.name for item in found}


def test_an_addressee_is_a_state_and_the_court_is_not(states: dict[str, Subscription]) -> None:
    addressed = {name for status in sites.site().overview for name in status.obligation.addressees}
    assert "Court" in addressed
    assert addressed - {"Court", "Federal Republic of Germany"} <= states.keys()


def test_calendar_programs_get_the_address_of_the_calendar() -> None:
    item = next(item for item in of_states(sites.site(192)) if item.name == "South Africa")
    links = dict(item.links(URL))
    assert links["webcal"] == "webcal://example.org/icj/states/south-africa/deadlines.ics"
    google, outlook = (urlsplit(links[name]) for name in ("Google", "Outlook"))
    assert parse_qs(google.query) == {"cid": [links["webcal"]]}
    assert parse_qs(outlook.query) == {
        "url": [f"{URL}states/south-africa/deadlines.ics"],
        "name": ["orderwatch: South Africa"],
    }
    assert item.links(None) == []
    assert dict(everything(sites.site()).links(URL))["webcal"].endswith("/icj/deadlines.ics")


@pytest.mark.parametrize("name", ["\U0001f642", "../x", "\ud800", "國際"])
def test_the_name_of_a_state_is_never_a_path(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", slug(State(name=name)))


def test_two_states_of_the_same_file_name_have_a_folder_each() -> None:
    site = sites.site(192)
    twins = (State(name="Israel"), State(name="Israel!", aliases=("South Africa",)))
    folders = [item.folder for item in of_states(replace(site, states=twins))]
    assert {"states/israel/", "states/israel-2/"} <= set(folders)


def test_a_page_names_its_feeds_for_readers_that_look_for_them() -> None:
    site: Site = sites.site(192, base_url=URL)
    found = dict(pages(site))
    for path, folder in (("cases/192", "cases/192"), ("orders/192-2024-05-24", "cases/192")):
        heads = re.findall(r'<link rel="alternate"[^>]*>', found[f"{path}/index.html"])
        hrefs = [re.findall(r'href="([^"]+)"', head)[0] for head in heads]
        names = ("feed.atom", "deadlines.ics", "index.json")
        assert set(hrefs) == {
            *("../../feed.atom", "../../deadlines.ics"),
            *(f"../../{folder}/{name}" for name in names),
        }
    assert "webcal://example.org/icj/cases/192/deadlines.ics" in found["cases/192/index.html"]
    assert "webcal://example.org/icj/deadlines.ics" in found["data.html"]


def test_an_event_of_a_long_record_has_the_page_that_holds_it() -> None:
    site = sites.crowded(192, 450)
    (case_file,) = site.cases
    found = dict(pages(site))
    for position in (0, 199, 200, len(case_file.events) - 201, len(case_file.events) - 1):
        path, _, anchor = event_path(case_file, position, case_file.events[position]).partition("#")
        assert f'id="{anchor}"' in found[path], position


def test_folders_do_not_clash() -> None:
    site = sites.site()
    items = [everything(site), *of_states(site), *map(of_case, site.cases)]
    assert len({path for item in items for path in item.paths}) == 3 * len(items)
