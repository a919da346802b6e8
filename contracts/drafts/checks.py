"""Checks of draft rows and sections. Each is put into the smallest document that can hold it and loaded by the engine,
so that forms, files and publishing give the same errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.currencies import CURRENCY_DIGITS
from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from contracts.account_rules.checks import broken_by
from contracts.engine.document.load import load
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_groups import WITHOUT_EFFECT
from contracts.engine.document.terms import OF_TERMS, RANKED, SENTENCES, SINGLE, Terms
from contracts.engine.document.terms import EventPayout as Agreed
from contracts.models import EventPayout, Sectioned, TemplateTerms
from program.models import EventType, ExceptionListName, Program
from program.models.customer import CustomerTagName

Raw = Mapping[str, Any]


def list_names(program: Program) -> set[str]:
    """The names of the exception lists that rules of this program may ask about, earlier ones too."""
    return set(ExceptionListName.objects.filter(program=program).values_list("name", flat=True))


def tags_being_deleted(program: Program, terms: Terms) -> list[Refusal]:
    """Each rule that asks for a tag which a worker is deleting: nobody has it until that is over, and everybody has it
    again where that fails or is cancelled.
    """
    asking = [
        (f"EventPayouts[{index}].{section.key}[{place}].Rules[{number}].Values", value)
        for index, payout in enumerate(terms.event_payouts)
        for name, section in RANKED.items()
        for place, row in enumerate(getattr(payout, name))
        for number, rule in enumerate(row.rules)
        if rule.variable == "CUSTOMER_TAG"
        for value in rule.values
    ]
    names = CustomerTagName.objects.filter(program=program, tag__deleting_since__isnull=False)
    deleting = set(names.values_list("name_key", flat=True)) if asking else set()
    return [
        Refusal(path, f"the tag {value} is being deleted: publish when that is over, or cancel it")
        for path, value in asking
        if compared(value) in deleting
    ]


def load_rows(event_payout: EventPayout, section: str, rows: Sequence[Raw]) -> tuple[Sequence[Any], list[Refusal]]:
    """Rows of a ranked section as the engine reads them, or every error; paths begin with the index
    (`[3].Rules[0].Values`)."""
    key = RANKED[section].key
    raw = {**_default_payout(event_payout), key: list(rows)}
    agreed, errors = _load(event_payout.template_terms, event_payout.event_type, raw, f"EventPayouts[0].{key}")
    return (getattr(agreed, section) if agreed else ()), errors


def load_row(event_payout: EventPayout, section: str, raw: Raw) -> Any:
    """One row of a ranked section as the engine reads it.

    Raises Refused with every error, paths relative to the row (`PayoutRate`, `Rules[0].Values`).
    """
    rows, errors = load_rows(event_payout, section, [raw])
    refuse([each._replace(path=each.path.removeprefix("[0].")) for each in errors])
    return rows[0]


def refuse_bad_sections(event_payout: EventPayout, values: Mapping[str, Any]) -> None:
    """Raise Refused with every error of these sections of the event payout (`Locking.DayOffset`)."""
    raw = _beside(event_payout, values)
    for name, value in values.items():
        raw |= SINGLE[name].write(value)
    _, errors = _load(event_payout.template_terms, event_payout.event_type, raw, "EventPayouts[0].")
    refuse(errors + level_errors(event_payout.event_type, raw["PayoutLevel"]))
    _refuse_limits_without_effect(event_payout, raw["PayoutLevel"])


def refuse_broken_rules(
    program: Program, owner: Sectioned, values: Mapping[str, Any], switches: Mapping[str, bool]
) -> None:
    """Raise Refused where these sections, as they are switched, break account rules."""
    on = {**owner.switched_on, **switches}
    agreed = {name: value if on.get(name, True) else SENTENCES[name].absent for name, value in values.items()}
    refuse(broken_by(program, agreed))


def refuse_bad_terms_sections(values: Mapping[str, Any]) -> None:
    """Raise Refused with every error of these sections of the terms as a whole (`ActionLimit.Value`)."""
    errors = Errors()
    for name, value in values.items():
        OF_TERMS[name].read(Node(OF_TERMS[name].write(value), "", errors), None)
    errors.raise_any()


def level_errors(event_type: EventType, level: str) -> list[Refusal]:
    """The error of a payout level that the event type does not offer, if it does not."""
    if event_type.payout_levels in (EventType.PayoutLevels.BOTH, level):
        return []
    offered = event_type.get_payout_levels_display().lower()
    message = f"{event_type} is paid {offered} only: choose that, or change the event type."
    return [Refusal("PayoutLevel", message)]


def refuse(errors: Sequence[Refusal]) -> None:
    """Raise Refused if there are errors."""
    if errors:
        raise Refused(*errors)


def _refuse_limits_without_effect(event_payout: EventPayout, payout_level: str) -> None:
    """Paying by order would leave limits on payable items beside fixed payouts without effect (payouts.md §5)."""
    if event_payout.pk is None or payout_level != EventPayout.Level.ORDER or event_payout.payout_level == payout_level:
        return
    rows = event_payout.payout_groups.filter(payout__isnull=False, payable_items__isnull=False).order_by("rank")
    if ranks := list(rows.values_list("rank", flat=True)[:10]):
        if len(ranks) == 1:
            groups = f"the payout group of rank {ranks[0]}"
        else:
            groups = f"the payout groups of ranks {', '.join(map(str, ranks))}"
        raise Refused(Refusal("PayoutLevel", f"{groups}: {WITHOUT_EFFECT}"))


def _beside(event_payout: EventPayout, values: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of the draft that these are read beside: whether a limit can be depends on the payout level and on
    locking.
    """
    needed = ("default_payout", "locking", "limits") if values.keys() & _TOGETHER else ("default_payout",)
    names = [name for name in needed if name not in values and (name == "default_payout" or event_payout.is_on(name))]
    keys = [key for name in names for key in SINGLE[name].keys]
    return {key: event_payout.sections[key] for key in keys if key in event_payout.sections}


_TOGETHER = {"default_payout", "locking", "limits"}


def _default_payout(event_payout: EventPayout) -> dict[str, Any]:
    return {key: event_payout.sections[key] for key in DEFAULT_PAYOUT.keys if key in event_payout.sections}


def _load(
    template_terms: TemplateTerms, event_type: EventType, payout: Raw, prefix: str
) -> tuple[Agreed | None, list[Refusal]]:
    payout = {"EventTypeCode": event_type.code, **payout}
    raw = {"Name": "Draft", "Currency": template_terms.currency, "EventPayouts": [payout]}
    try:
        terms = load(raw, digits=CURRENCY_DIGITS, lists=list_names(template_terms.program))
    except Refused as refused:
        return None, [each._replace(path=each.path.removeprefix(prefix)) for each in refused]
    return terms.event_payouts[0], []
