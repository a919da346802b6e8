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
from contracts.agreements.plans import ContractAt, contracts_for, terms_of
from contracts.engine.attribution.credit import Agreement, Step
from program.models import EventType, MediaSource, Partner, PromoCode
from program.models.partner import PartnerGroupMember
from tracking.intake.parameters import PARTNER_KEYS
from tracking.journeys.found_steps import FoundStep, steps_of
from tracking.models import Conversion

type ContractKey = tuple[int, int, datetime]


def forced_partner(conversion: Conversion) -> str | None:
    """The partner id that the conversion itself names."""
    return next((conversion.payload[key] for key in PARTNER_KEYS if key in conversion.payload), None)


class Steps(NamedTuple):
    """The steps of an order's journey, and the ad of each by its id."""

    steps: tuple[Step, ...] = ()
    ads: Mapping[str, int | None] = {}


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

    def partner(self, conversion: Conversion) -> Partner | None:
        return self.named.get((conversion.program_id, forced_partner(conversion) or ""))

    def contract(self, conversion: Conversion, partner: Partner) -> ContractAt | None:
        return self.contracts.get((partner.pk, conversion.event_type_id, conversion.event_date))

    def promo_code(self, conversion: Conversion) -> PromoCode | None:
        return self.promo_codes.get(_code_key(conversion))

    def may_use(self, code: PromoCode, partner: Partner) -> bool:
        """Whether a reserved code is that partner's, or that of one of their groups."""
        return partner.pk == code.partner_id or any(
            group == code.group_id for group, _ in self.groups.get(partner.pk, ())
        )

    def journey(self, conversion: Conversion) -> Steps:
        return self.steps.get(conversion.pk, Steps())

    def agreements(self, conversion: Conversion) -> dict[int, Agreement]:
        """By partner of a step: what their contract at the event says of referrals."""
        code = self.event_types[conversion.event_type_id].code
        found: dict[int, Agreement] = {}
        for step in self.journey(conversion).steps:
            if step.partner is not None and step.partner not in found:
                contract = self.contract(conversion, self.partners[step.partner])
                if contract is not None:
                    payout = terms_of(contract.terms_version_id).event_payout(code)
                    found[step.partner] = Agreement(payout.credit_policy, payout.valid_referrals)
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
    known.steps = {
        conversion.pk: _steps(conversion.program_id, found[conversion.pk], known, channels)
        for conversion in conversions
        if conversion.pk in found
    }
    known.contracts = contracts_for(sorted(_contract_keys(conversions, known)))
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


def _steps(
    program: int, found: Iterable[FoundStep], known: Referrals, channels: Mapping[tuple[int, str], str]
) -> Steps:
    steps, ads = [], {}
    for row in found:
        partner = known.partners.get(row.partner_id) if row.partner_id else None
        if row.partner_id and partner is None:
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
        ads[str(row.id)] = row.ad_id
    return Steps(tuple(steps), ads)


def _contract_keys(conversions: Iterable[Conversion], known: Referrals) -> set[ContractKey]:
    keys = set()
    for conversion in conversions:
        partners = {step.partner for step in known.journey(conversion).steps if step.partner}
        named, code = known.partner(conversion), known.promo_code(conversion)
        partners |= {named.pk} if named else set()
        partners |= {code.partner_id} if code and code.partner_id else set()
        keys |= {(partner, conversion.event_type_id, conversion.event_date) for partner in partners}
    return keys
