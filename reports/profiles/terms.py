"""What partners are paid by now: the terms in force, each event type in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from contracts.agreements.plans import terms_of
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.terms import RANKED, SINGLE, EventPayout
from contracts.engine.explain.words import RowWords
from contracts.models import Contract, ContractEventType
from contracts.sections.panels import PAGE
from contracts.sections.registry import PANELS
from program.models import EventType, Partner

MOST_GROUPS = 5
MOST_VERSIONS = 10


@dataclass(frozen=True, slots=True)
class Paid:
    """An event type of a version in words: the first payout groups, the payout of all other orders, and the rest."""

    event_type: str
    groups: Sequence[RowWords]
    more: int
    figure: str
    per: str
    also: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class InForce:
    """A contract that is in force, and what it pays for now."""

    contract: Contract
    paid: Sequence[Paid]


@dataclass(frozen=True, slots=True)
class VersionInForce:
    """A version that partners work under now for an event type."""

    version_id: int
    name: str
    number: int
    partners: int
    paid: Paid


def terms_of_partner(partner: Partner, now: datetime) -> list[InForce]:
    """The contracts in force, in the order of their event types."""
    held = ContractEventType.objects.filter(program=partner.program_id, partner=partner, period__contains=now)
    rows = held.select_related("event_type", "contract__terms_version__template_terms")
    found: dict[int, InForce] = {}
    for row in rows.defer("contract__terms_version__document").order_by("event_type__code"):
        in_force = found.setdefault(row.contract_id, InForce(row.contract, []))
        paid = paid_for(row.contract.terms_version_id, row.event_type)
        found[row.contract_id] = InForce(in_force.contract, [*in_force.paid, paid])
    return list(found.values())


def terms_of_event_type(event_type: EventType, now: datetime) -> tuple[list[VersionInForce], int]:
    """The versions in force with most partners, and how many more there are."""
    held = ContractEventType.objects.filter(program=event_type.program_id, event_type=event_type, period__contains=now)
    versions = held.values_list(
        "contract__terms_version",
        "contract__terms_version__template_terms__name",
        "contract__terms_version__number",
    ).annotate(partners=Count("partner"))
    rows = list(versions.order_by("-partners", "contract__terms_version"))
    shown = [
        VersionInForce(version_id, name, number, partners, paid_for(version_id, event_type))
        for version_id, name, number, partners in rows[:MOST_VERSIONS]
    ]
    return shown, len(rows) - len(shown)


def paid_for(version_id: int, event_type: EventType) -> Paid:
    terms = terms_of(version_id)
    payout = next(each for each in terms.event_payouts if each.event_type_code == event_type.code)
    figure, per = DEFAULT_PAYOUT.figure(payout.default_payout, terms.currency, PAGE)
    section = RANKED["payout_groups"]
    groups = [
        section.row_words(row, rank, payout.payout_level, terms.currency, PAGE)
        for rank, row in section.numbered(payout.payout_groups[:MOST_GROUPS])
    ]
    return Paid(
        event_type=event_type.name,
        groups=groups,
        more=len(payout.payout_groups) - len(groups),
        figure=figure,
        per=per,
        also=_also(payout),
        sentences=_sentences(payout, terms.currency),
    )


def _also(payout: EventPayout) -> str:
    """How many rows of the other lists there are, such as 2 adjustments and 1 restriction."""
    counts = [(len(payout.payout_adjustments), "adjustment"), (len(payout.payout_restrictions), "restriction")]
    return " and ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)


def _sentences(payout: EventPayout, currency: str) -> list[str]:
    """When actions lock and are paid, and whatever else is said in a sentence."""
    panels = [panel for panel in PANELS.values() if "default_payout" not in panel.names]
    return [SINGLE[name].words(getattr(payout, name), currency, PAGE) for panel in panels for name in panel.names]
