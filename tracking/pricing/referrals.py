"""What decides who is credited with a batch of conversions: named partners, promo codes, journeys, and the contracts of
all of these at the events. Loaded in a few set queries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from common.formats.comparison import compared
from contracts.agreements.plans import ContractAt, contracts_for, terms_of, terms_without
from contracts.engine.attribution.credit import Agreement, Step
from program.models import Ad, EventType, MediaSource, Partner, PromoCode
from program.models.partner import PartnerGroupMember
from tracking.intake.parameters import PARTNER_KEYS
from tracking.journeys.found_steps import FoundStep, steps_of
from tracking.journeys.journeys import Under
from tracking.journeys.widening import Claim
from tracking.models import Conversion

type ContractKey = tuple[int, int, datetime]


def forced_partner(conversion: Conversion) -> str | None:
    """The partner id that the conversion itself names."""
    return next((conversion.payload[key] for key in PARTNER_KEYS if key in conversion.payload), None)


class Steps(NamedTuple):
    """The steps of an order's journey, and by its id the ad of each, and who claims that it belongs to the order."""

    steps: tuple[Step, ...] = ()
    ads: Mapping[str, int | None] = {}
    claims: Mapping[str, Claim] = {}


@dataclass
class Referrals:
    """Rows that decide who is credited with each conversion of a batch, of one or more programs."""

    event_types: dict[int, EventType]
    named: dict[tuple[int, str], Partner]
    partners: dict[int, Partner] = field(default_factory=dict)  # by the number of the row
    promo_codes: dict[tuple[int, str], PromoCode] = field(default_factory=dict)
    groups: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # number and name, by partner
    steps: dict[int, Steps] = field(default_factory=dict)  # by conversion
    contracts: dict[ContractKey, ContractAt] = field(default_factory=dict)
    # The terms of those who had a contract at the event, but none for its event type.
    uncovered: dict[ContractKey, int] = field(default_factory=dict)

    def partner(self, conversion: Conversion) -> Partner | None:
        return self.named.get((conversion.program_id, forced_partner(conversion) or ""))

    def contract(self, conversion: Conversion, partner: Partner) -> ContractAt | None:
        return self.contracts.get((partner.pk, conversion.event_type_id, conversion.event_date))

    def terms_without(self, conversion: Conversion, partner: Partner) -> int | None:
        """The terms that the partner had at the event, where they do not pay for its event type."""
        return self.uncovered.get((partner.pk, conversion.event_type_id, conversion.event_date))

    def promo_code(self, conversion: Conversion) -> PromoCode | None:
        return self.promo_codes.get(_code_key(conversion))

    def may_use(self, code: PromoCode, partner: Partner) -> bool:
        """Whether a reserved code is that partner's, or that of one of their groups."""
        return partner.pk == code.partner_id or any(
            group == code.group_id for group, _ in self.groups.get(partner.pk, ())
        )

    def journey(self, conversion: Conversion) -> Steps:
        return self.steps.get(conversion.pk, Steps())

    def agreed(self, conversion: Conversion) -> dict[int, Under]:
        """By partner of a step: the terms that they had at the event."""
        found: dict[int, Under] = {}
        for number in dict.fromkeys(step.partner for step in self.journey(conversion).steps if step.partner):
            partner = self.partners[number]
            if contract := self.contract(conversion, partner):
                found[number] = Under(contract.terms_version_id, covers=True)
            elif version := self.terms_without(conversion, partner):
                found[number] = Under(version, covers=False)
        return found


def agreements_of(agreed: Mapping[int, Under], event_type: str) -> dict[int, Agreement]:
    """What these terms say of referrals, by partner."""
    found: dict[int, Agreement] = {}
    for partner, under in agreed.items():
        if under.covers:
            payout = terms_of(under.terms_version).event_payout(event_type)
            found[partner] = Agreement(payout.credit_policy, payout.valid_referrals)
        else:
            found[partner] = Agreement("LAST_REFERRER", (), covers=False)
    return found


def load_referrals(conversions: Collection[Conversion]) -> Referrals:
    """Load what decides on these conversions. The number of queries does not depend on how many they are."""
    event_types = EventType.objects.select_related("program").prefetch_related("customerstatusmapping_set")
    known = Referrals(
        event_types=event_types.in_bulk({conversion.event_type_id for conversion in conversions}),
        named=_named_partners(conversions),
    )
    known.promo_codes = _promo_codes(conversions)
    found = steps_of(conversions)
    numbers = {step.partner_id for steps in found.values() for step in steps if step.partner_id}
    numbers |= {code.partner_id for code in known.promo_codes.values() if code.partner_id}
    known.partners = {partner.pk: partner for partner in known.named.values()}
    if missing := numbers - known.partners.keys():
        known.partners |= Partner.objects.in_bulk(missing)
    if numbers:
        known.groups = _groups(numbers)
    channels = _channels(conversions, found.values())
    ads = _ads(found.values())
    known.steps = {
        conversion.pk: _steps(conversion.program_id, found[conversion.pk], known, channels, ads)
        for conversion in conversions
        if conversion.pk in found
    }
    keys = _contract_keys(conversions, known)
    known.contracts = contracts_for(sorted(keys))
    known.uncovered = terms_without(sorted(keys - known.contracts.keys()))
    return known


def _named_partners(conversions: Iterable[Conversion]) -> dict[tuple[int, str], Partner]:
    ids = {named for conversion in conversions if (named := forced_partner(conversion))}
    programs = {conversion.program_id for conversion in conversions}
    rows = Partner.objects.filter(program__in=programs, media_partner_id__in=ids)
    return {(partner.program_id, partner.media_partner_id): partner for partner in rows}


def _code_key(conversion: Conversion) -> tuple[int, str]:
    return conversion.program_id, compared(conversion.payload.get("OrderPromoCode", ""))


def _promo_codes(conversions: Iterable[Conversion]) -> dict[tuple[int, str], PromoCode]:
    wanted: dict[int, set[str]] = defaultdict(set)
    for program, key in {_code_key(each) for each in conversions if forced_partner(each) is None}:
        if key:
            wanted[program].add(key)
    if not wanted:
        return {}
    asked = Q()
    for program, keys in wanted.items():
        asked |= Q(program=program, code_key__in=keys)
    return {(row.program_id, row.code_key): row for row in PromoCode.objects.filter(asked)}


def _groups(partners: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    groups: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = PartnerGroupMember.objects.filter(partner__in=partners).order_by("group__name")
    for partner, group, name in rows.values_list("partner_id", "group_id", "group__name"):
        groups[partner].append((group, name))
    return groups


def _channels(conversions: Iterable[Conversion], found: Iterable[list[FoundStep]]) -> dict[tuple[int, str], str]:
    """The channels of unpaid sources that the brand has given one."""
    if not any(step.source for steps in found for step in steps):
        return {}
    rows = MediaSource.objects.filter(program__in={conversion.program_id for conversion in conversions})
    return {(program, key): channel for program, key, channel in rows.values_list("program_id", "name_key", "channel")}


def _ads(found: Iterable[list[FoundStep]]) -> set[int]:
    """Those of the ads that are there still."""
    numbers = {step.ad_id for steps in found for step in steps if step.ad_id}
    return set(Ad.objects.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()


def _steps(
    program: int, found: Iterable[FoundStep], known: Referrals, channels: Mapping[tuple[int, str], str], ads: set[int]
) -> Steps:
    steps, of_step, claims = [], {}, {}
    for row in found:
        partner = known.partners.get(row.partner_id) if row.partner_id else None
        if row.partner_id and (partner is None or partner.program_id != program):
            continue  # the partner was deleted meanwhile
        steps.append(
            Step(
                id=str(row.id),
                kind=row.kind,
                at=row.at,
                number=row.number,
                partner=partner.pk if partner else None,
                media=partner.name if partner else row.source,
                channel=partner.channel if partner else channels.get((program, compared(row.source)), row.channel),
                groups=tuple(name for _, name in known.groups.get(partner.pk, ())) if partner else (),
                facts=row.facts,
            )
        )
        of_step[str(row.id)] = row.ad_id if row.ad_id in ads else None
        if row.claim:
            claims[str(row.id)] = row.claim
    return Steps(tuple(steps), of_step, claims)


def _contract_keys(conversions: Iterable[Conversion], known: Referrals) -> set[ContractKey]:
    keys = set()
    for conversion in conversions:
        partners = {step.partner for step in known.journey(conversion).steps if step.partner}
        named, code = known.partner(conversion), known.promo_code(conversion)
        partners |= {named.pk} if named else set()
        partners |= {code.partner_id} if code and code.partner_id else set()
        keys |= {(partner, conversion.event_type_id, conversion.event_date) for partner in partners}
    return keys
