"""What the pages of clicks show beside the stored steps; as many queries for any number of them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from program.models import Ad, Partner, Program
from program.partners.countries import country_name
from tracking.journeys.click_ids import written_click_id
from tracking.models import Step

SUB_IDS = ("SubId1", "SubId2", "SubId3")


class ListedStep(NamedTuple):
    """A step in words: who sent the visitor, by which ad, to which page, and what the visitor's browser told."""

    step: Step
    click_id: str
    partner: Partner | None
    ad: Ad | None

    @property
    def landing_page(self) -> str:
        return str(self.step.facts.get("ReferralLandingPage", ""))

    @property
    def landing_words(self) -> str:
        """The landing page without what every address begins with."""
        return self.landing_page.removeprefix("https://").removeprefix("http://").removeprefix("www.")

    @property
    def visitor(self) -> str:
        """`Mobile, GB`."""
        return ", ".join(filter(None, [self.device, self.step.facts.get("ReferralDerivedCountry", "")]))

    @property
    def came_from(self) -> str:
        return str(self.step.facts.get("ReferralUrl", ""))

    @property
    def sub_ids(self) -> list[str]:
        """Those of its link, in their order."""
        return [str(self.step.facts[name]) for name in SUB_IDS if self.step.facts.get(name)]

    @property
    def device(self) -> str:
        return str(self.step.facts.get("ReferralDerivedDeviceType", ""))

    @property
    def browser(self) -> str:
        return str(self.step.facts.get("ReferralDerivedBrowser", ""))

    @property
    def system(self) -> str:
        return str(self.step.facts.get("ReferralDerivedOs", ""))

    @property
    def country(self) -> str:
        return country_name(str(self.step.facts.get("ReferralDerivedCountry", "")))

    @property
    def region(self) -> str:
        return str(self.step.facts.get("ReferralDerivedRegion", ""))


def listed(program: Program, steps: Sequence[Step]) -> list[ListedStep]:
    """Each with its partner and ad, where they are still there."""
    partners = _found(Partner.objects.filter(program=program), (step.partner_id for step in steps))
    ads = _found(Ad.objects.filter(program=program), (step.ad_id for step in steps))
    return [
        ListedStep(step, written_click_id(step.id), partners.get(step.partner_id), ads.get(step.ad_id))
        for step in steps
    ]


def _found[Row: (Partner, Ad)](rows: "QuerySet[Row]", numbers: Iterable[int | None]) -> dict[int | None, Row]:
    wanted = {number for number in numbers if number}
    return dict(rows.in_bulk(wanted)) if wanted else {}
