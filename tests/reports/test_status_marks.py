"""A customer status has one colour on every page: its place in the mappings decides, whatever orders a page shows."""

import pytest
import time_machine

from program.event_types.services import set_customer_status_mapping
from program.event_types.status_marks import status_marks
from program.models import EventType
from reports.rollups.fill import fill_touched_days
from tests.reports.orders import sell


@pytest.fixture
def gold(sold):
    sale = EventType.objects.get(program=sold, code="SALE")
    mapping = {"New": ["new"], "Bronze": ["bronze"], "VIP": ["gold"]}
    set_customer_status_mapping(event_type=sale, mapping=mapping, enabled=True)
    sell(sold, {"id": "G-1", "day": "2026-11-20", "status": "gold"}, {"id": "G-2", "day": "2026-11-20", "status": "?"})
    fill_touched_days()
    return sale


@pytest.mark.parametrize(
    "path",
    [
        "transactions/actions/",
        "settings/event-types/{sale}/",
        "settings/event-types/{sale}/edit/",
        "settings/event-types/{sale}/customer-status-mapping/",
    ],
)
@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_an_own_status_has_the_colour_of_its_place_on_every_page(gold, path, alice, client_of):
    page = client_of(alice).get(f"/p/1000/{path.format(sale=gold.pk)}").content.decode()
    assert 'class="status status-own2">VIP' in page
    assert 'class="status status-own1">VIP' not in page
    assert 'class="status status-other">VIP' not in page


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_charts_have_the_colours_of_lists(gold, alice, client_of):
    series = client_of(alice).get("/p/1000/").context["chart"]["series"]
    slugs = {each["status"]: each["slug"] for each in series}
    assert (slugs["VIP"], slugs["Other"]) == ("own2", "other")


def test_a_status_that_no_mapping_has_is_coloured_by_its_name(brand):
    marks = status_marks(brand)
    assert marks["Gone"] == status_marks(brand)["Gone"]
    assert marks["Gone"].startswith("own")
    assert marks[""] == marks["Other"] == "other"


def test_a_status_that_is_not_saved_yet_has_the_colour_that_it_will_have(brand):
    assert status_marks(brand, ["New", "VIP", ""])["VIP"] == "own1"
