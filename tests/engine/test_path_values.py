"""What a journey says for the rules: counts, introducing, participating and closing steps (payouts.md §12)."""

from types import MappingProxyType

import pytest

from contracts.engine.attribution.credit import credit_partner
from contracts.engine.attribution.path import journey_values
from tests.engine.test_attribution import ALBA, BRAVA, CIELO, DAY, FIRST, HOUR, NOON, click, impression, judge, visit

JOURNEY = [
    visit(9 * DAY, 1, media="google", channel="Paid search"),
    click(ALBA, 8 * DAY, 2, channel="Affiliate", groups=("Blogs", "Spring")),
    impression(BRAVA, 7 * DAY, 3, channel="Display", groups=("Networks",)),
    visit(6 * DAY, 4, media=" Google", channel="paid  search"),
    click(ALBA, 5 * DAY, 5, channel="Affiliate", groups=("Blogs", "Spring")),
    click(CIELO, 4 * DAY, 6, channel="affiliate"),
    visit(3 * DAY, 7, media="bing"),
    click(BRAVA, -DAY, 8, channel="E-mail"),
]
COUNTS = {
    "PathSteps": "7",  # all up to the order
    "PathMediaCount": "5",  # google once, Alba once, Brava, Cielo, bing
    "PathChannelCount": "3",  # in any letter case; bing has none
    "PathPartnerCount": "2",  # Brava was only seen
    "PathPartnerCountProgram": "1",  # Cielo has no contract, Brava's impression was too long ago
}


def path(agreements=MappingProxyType({})):
    return journey_values(judge(*JOURNEY, agreements=agreements))


def named(values, part):
    return tuple(values[f"Path{part}{what}"] for what in ("Channels", "Groups", "Media"))


def test_counts_are_of_what_differs_and_steps_of_all():
    values = path()
    assert {name: values[name] for name in COUNTS} == COUNTS


def test_introducing_is_the_first_step_closing_the_credited_one_participating_what_lies_between():
    values = path()
    assert named(values, "Introducing") == (["Paid search"], [], ["google"])
    assert named(values, "Participating") == (
        ["Affiliate", "Display", "paid  search"],
        ["Blogs", "Spring", "Networks"],
        ["Alba", "Brava", " Google"],
    )
    assert named(values, "Closing") == (["Affiliate"], ["Blogs", "Spring"], ["Alba"])


def test_the_example_of_the_documentation():
    values = journey_values(
        judge(
            visit(5 * DAY, 1, media="google", channel="Paid search"),
            click(ALBA, 4 * DAY, 2, channel="Affiliate"),
            impression(CIELO, 3 * DAY, 3, channel="Display"),
            visit(2 * DAY, 4, media="Google", channel="Paid search"),
            click(ALBA, DAY, 5, channel="Affiliate"),
        )
    )
    assert [values[name] for name in COUNTS] == ["5", "3", "3", "1", "1"]
    assert named(values, "Introducing") == (["Paid search"], [], ["google"])
    assert named(values, "Participating")[0] == ["Affiliate", "Display", "Paid search"]
    assert named(values, "Participating")[2] == ["Alba", "Cielo", "Google"]
    assert named(values, "Closing") == (["Affiliate"], [], ["Alba"])


def test_where_the_first_referrer_is_credited_what_came_later_is_counted_and_does_not_participate():
    values = path({ALBA: FIRST})
    assert named(values, "Participating") == ([], [], [])
    assert named(values, "Closing") == (["Affiliate"], ["Blogs", "Spring"], ["Alba"])
    assert values["PathSteps"] == "7"


def test_the_first_step_can_be_the_credited_one():
    values = journey_values(judge(click(ALBA, DAY, channel="Affiliate"), visit(HOUR, media="google")))
    assert named(values, "Introducing") == named(values, "Closing") == (["Affiliate"], [], ["Alba"])
    assert named(values, "Participating") == ([], [], [])


def test_without_a_credited_step_nothing_closes_and_all_but_the_first_participate():
    found = credit_partner(JOURNEY, 4, event_date=NOON, agreements={})
    values = journey_values(found)
    assert named(values, "Closing") == ([], [], [])
    assert values["PathParticipatingMedia"] == ["Alba", "Brava", " Google", "Cielo", "bing"]


def test_referral_values_are_those_of_the_credited_step_alone():
    steps = [
        click(ALBA, 2 * DAY, facts={"SharedId": "a", "ReferralSku": "A-1"}),
        click(BRAVA, DAY, facts={"SharedId": "b"}),
    ]
    last = journey_values(judge(*steps))
    assert last["SharedId"] == "b"
    assert "ReferralSku" not in last
    first = journey_values(judge(*steps, agreements={BRAVA: FIRST}))
    assert (first["SharedId"], first["ReferralSku"]) == ("a", "A-1")


@pytest.mark.parametrize("steps", [[], [click(ALBA, -HOUR)]])
def test_without_a_step_before_the_order_nothing_is_said_of_a_journey(steps):
    assert journey_values(judge(*steps)) == {}
