"""An order that names a click is credited by it; one that came before its click was stored is tried again by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_account, make_conversion, make_event_type, make_program
from tests.tracking.clicking import Visitor, click_id_of, click_of, make_ad
from tracking.clicks import drain as draining
from tracking.clicks import spool, stored_steps
from tracking.clicks.waiting_orders import price_with_clicks
from tracking.models import Action, Conversion
from tracking.pricing.batch import price_batch


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand)


def order(program, click_id, **more):
    when = (timezone.now() + timedelta(seconds=1)).isoformat()
    return make_conversion(program=program, MediaPartnerId="", ClickId=click_id, EventDate=when, **more)


def test_an_order_with_the_clicks_id_is_its_partners(ad, brand, standard, partner):
    click = Visitor(ad).click({"sharedid": "blog"})
    order(brand, click_id_of(click))
    price_batch()
    action = Action.objects.get()
    assert (action.partner, action.ad_id) == (partner, ad.pk)
    assert action.journey["Values"]["SharedId"] == "blog"


def test_a_click_of_another_program_credits_nobody(ad, brand, standard, charlie):
    rival = make_program(id=3000, account=make_account(name="Nails Ltd"))
    make_event_type(program=rival)
    order(rival, click_id_of(Visitor(ad).click()))
    price_batch()
    conversion = Conversion.objects.get()
    assert (conversion.state, conversion.reason) == ("HELD", "ACTION_REF_NOT_FOUND")
    assert price_with_clicks() == 0


@pytest.mark.parametrize("forged", ["A" * 26, "x" * 64, "' OR 1=1 --", "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA"])
def test_a_click_id_that_nobody_was_given_credits_nobody(forged, ad, brand, standard):
    Visitor(ad).click()
    order(brand, forged)
    price_batch()
    assert Conversion.objects.get().reason == "ACTION_REF_NOT_FOUND"
    assert price_with_clicks() == 0


def test_an_order_that_came_before_its_click_was_stored_is_priced_once_it_is(ad, brand, standard, monkeypatch):
    monkeypatch.setattr("tracking.clicks.links.database.lets_through", lambda: True)
    visitor = Visitor(ad)
    known = visitor.click()
    click = click_of(known)
    spool.append(
        stored_steps.NewStep(
            **{
                name: getattr(click, name)
                for name in ("id", "at", "program_id", "kind", "partner_id", "ad_id", "profile", "visitor",
                             "not_counted", "facts", "ip_address")
            }
        ).as_json()
    )  # fmt: skip
    click.delete()
    order(brand, click_id_of(known))
    price_batch()
    assert Conversion.objects.get().reason == "ACTION_REF_NOT_FOUND"
    assert price_with_clicks() == 0
    assert draining.drain() == 1
    assert Conversion.objects.get().state == "WAITING"
    price_batch()
    assert Action.objects.count() == 1


def test_an_order_that_was_being_held_at_that_moment_is_found_by_the_task(ad, brand, standard):
    click = Visitor(ad).click()
    conversion = order(brand, click_id_of(click))
    Conversion.objects.update(state="HELD", reason="ACTION_REF_NOT_FOUND")
    assert price_with_clicks() == 1
    conversion.refresh_from_db()
    assert conversion.state == "WAITING"


@pytest.mark.parametrize("what", ["bot", "later", "false", "No", "0"])
def test_an_order_that_its_click_cannot_credit_is_not_tried_for_ever(what, ad, brand, standard):
    click = Visitor(ad, agent="curl/8").click() if what == "bot" else Visitor(ad).click()
    conversion = order(brand, click_id_of(click))
    if what in ("false", "No", "0"):
        conversion.payload["TrackingConsent"] = what
        conversion.save()
    before = timezone.now() - timedelta(hours=1)
    date = before if what == "later" else conversion.event_date
    Conversion.objects.update(state="HELD", reason="ACTION_REF_NOT_FOUND", event_date=date)
    assert price_with_clicks() == 0
