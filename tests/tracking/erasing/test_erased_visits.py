"""What was told of an erased customer's visits: how they came to an order is kept, without what their browser said."""

from django.utils import timezone

from tests.tracking.erasing.planted import ID, NEIGHBOUR, PERSONAL, customer, erase, where
from tests.tracking.journey_rows import make_step, order
from tracking.models import Conversion, SeenTogether, Step


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
