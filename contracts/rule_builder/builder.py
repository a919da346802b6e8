"""A rule builder as a page shows it: the rules as typed, what is offered, and what they say in words."""

from dataclasses import dataclass, field

from contracts.drafts.checks import list_names
from contracts.engine.document.read_rules import read_rule
from contracts.engine.document.reading import Errors
from contracts.engine.explain.words import RuleWords, chips
from contracts.engine.rules.rule import Rule
from contracts.models import EventPayout
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import PAGE
from program.frame.unfilled import unfilled_variables
from program.templatetags.brandboard import SIGNS

from .findings import Finding, as_sentence, rule_findings
from .received import received_variables
from .typed_rules import TextError, TypedRules, of_text
from .used import used_variables
from .vocabulary import Offered, OfferedOperator, offered_operators, offered_variables


@dataclass(frozen=True, slots=True)
class Said:
    """Rules in words, as far as they can be read: `unfinished` counts the others. `errors` are those of a text."""

    rules: tuple[RuleWords, ...] = ()
    unfinished: int = 0
    findings: list[Finding] = field(default_factory=list)
    errors: list[TextError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Builder:
    """What components/rule_builder.html takes. `sign` stands before amounts."""

    typed: TypedRules
    variables: list[Offered]
    operators: list[OfferedOperator]
    said: Said
    sign: str
    none: str


def builder_of(event_payout: EventPayout, kind: Kind, typed: TypedRules) -> Builder:
    """The builder for a row of this list with these rules."""
    event_type, currency = event_payout.event_type, event_payout.template_terms.currency
    variables = offered_variables(
        list(event_type.statuses()) or ["New", "Existing"],
        unfilled_variables(),
        used=used_variables(event_payout),
        received=received_variables(event_type),
    )
    said = said_of(event_payout, typed)
    return Builder(typed, variables, offered_operators(), said, SIGNS.get(currency, currency), kind.none)


def said_of(event_payout: EventPayout, typed: TypedRules) -> Said:
    """What the rules say. What is wrong with rows is told when they are saved, what is wrong with a text at once."""
    lists, errors = list_names(event_payout.template_terms.program), Errors()
    read: list[Rule] = []
    found = list(typed.errors)
    unfinished = 0
    if typed.text is not None and found and "]" not in typed.text[found[0].at - 1 :]:
        # The last rule is being typed: it is not wrong yet.
        unfinished, typed = 1, of_text(typed.text[: typed.text.rfind("]") + 1])
        found = list(typed.errors)
    for index, raw in enumerate(typed.raw):
        before = len(errors)
        rule = read_rule(raw, f"Rules[{index}]", errors, lists) if raw["Variable"] else None
        if rule:
            read.append(rule)
        elif typed.text is not None and not found:
            first = list(errors)[before]
            found.append(TextError(typed.places[index], as_sentence(first.message)))
    words = chips(read, event_payout.template_terms.currency, PAGE)
    return Said(words, unfinished + len(typed.raw) - len(read), rule_findings(event_payout.event_type, read), found)
