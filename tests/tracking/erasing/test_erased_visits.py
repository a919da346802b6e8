"""What was told of an erased customer's visits: how they came to an order is kept, without what their browser said."""

from dataclasses import fields
from datetime import timedelta

from django.utils import timezone

from tests.tracking.clicking import Visitor, click_id_of, click_of, make_ad
from tests.tracking.erasing.planted import ID, NEIGHBOUR, PERSONAL, customer, erase, where
from tests.tracking.journey_rows import make_step, order
from tracking.clicks import spool
from tracking.clicks.drain import drain
from tracking.clicks.stored_steps import NewStep
from tracking.erasing.visits import forget_erased_profiles
from tracking.models import Conversion, ErasedProfile, SeenTogether, Step


def test_how_they_came_is_kept_without_what_their_browser_said(brand, planted):
    erase(customer())
    conversion = Conversion.objects.get(order_id="Z-click")
    assert (conversion.derived, "ClickId" in conversion.payload) == ({}, False)
    journey = conversion.action.journey
    assert [(step["Kind"], step["Media"], step["Verdict"]) for step in journey["Steps"]] == [
        ("VISIT", "", "UNPAID"),
        ("IMPRESSION", "Meadow Media", "KIND_NOT_ACCEPTED"),
        ("CLICK", "Meadow Media", "CREDITED"),
    ]  # fmt: skip
    assert "Values" not in journey
    assert not any("Id" in step or "Facts" in step for step in journey["Steps"])
    other = Conversion.objects.get(order_id="Z-clickx")
    assert other.action.journey["Values"]["ReferralParam1"] == "param-zenx"
    assert other.derived["DerivedOs"] == "Windows 7"


def test_their_clicks_are_still_counted_and_are_nobodys(brand, planted):
    before = Step.objects.count()
    erasure = erase(customer())
    theirs = Step.objects.filter(profile__startswith=erasure.filename)
    assert (Step.objects.count(), theirs.count()) == (before, 3)
    assert set(theirs.values_list("visitor", flat=True)) == {f"{erasure.filename}-1"}
    assert not SeenTogether.objects.filter(profile=PERSONAL["CustomProfileId"]).exists()
    assert SeenTogether.objects.filter(profile=NEIGHBOUR["CustomProfileId"]).exists()


def test_clicks_of_a_browser_that_two_people_use_stay(brand, standard, partner):
    make_step(brand, partner, profile="family", ReferralParam1="whose")
    make_step(brand, partner, profile="hers", ReferralParam1="hers alone")
    make_step(brand, partner, profile="hers too", ReferralParam1="on her phone")
    for number, (who, profile) in enumerate([(ID, "family"), ("sister", "family"), (ID, "hers")]):
        order(brand, OrderId=f"O{number}", CustomerId=who, CustomProfileId=profile)
    now = timezone.now()
    SeenTogether.objects.create(program=brand, profile="hers", other_profile="hers too", told_by="ORDER", seen_at=now)
    erase(customer())
    assert where("whose")
    assert not where("hers alone")
    assert not where("on her phone")
    assert set(SeenTogether.objects.values_list("profile", "customer_id")) == {("family", "sister")}


def into_spool(answer):
    """Have the click of an answer lie in the spool, as if the database had been away."""
    step = click_of(answer)
    values = {each.name: getattr(step, each.name) for each in fields(NewStep)}
    assert spool.append(NewStep(**values).as_json())
    Step.objects.filter(id=step.id).delete()
    return step.id


def test_a_click_that_lay_in_the_spool_meanwhile_is_counted_and_is_nobodys(
    brand, standard, partner, settings, tmp_path
):
    settings.HOME = tmp_path
    ad = make_ad(brand)
    visitor, neighbour = Visitor(ad), Visitor(ad)
    order(brand, OrderId="O1", CustomerId=ID, ClickId=click_id_of(visitor.click()))
    spooled = [into_spool(each.click({"param1": "her own"})) for each in (visitor, neighbour)]
    erase(customer())
    assert drain() == 2
    theirs, others = (Step.objects.get(id=each) for each in spooled)
    assert (theirs.facts, theirs.ip_address, theirs.partner_id) == ({}, "", partner.pk)
    assert theirs.profile == theirs.visitor == f"erased-{ErasedProfile.objects.get().pk}"
    assert others.facts["ReferralParam1"] == "her own"
    into_spool(visitor.click({"param1": "a new visit"}))
    assert drain() == 1
    assert Step.objects.filter(facts__ReferralParam1="a new visit").exists()


def test_which_profiles_were_erased_is_forgotten_after_a_month(brand):
    for number, days in enumerate((29, 31)):
        moment = timezone.now() - timedelta(days=days)
        ErasedProfile.objects.create(program=brand, profile_hash=str(number), erased_at=moment)
    assert forget_erased_profiles() == 1
    assert ErasedProfile.objects.get().profile_hash == "0"
