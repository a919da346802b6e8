"""What is worth a second look about rows of a draft, beside each: rules that cannot hold together, groups that never
win, values that no order can have or was received with. The complete check of ranks is another matter.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.drafts.documents import NAMES, rules_of, value_of
from contracts.drafts.warnings import Known, known_values, rule_warnings
from contracts.engine.document.sections.payout_groups import PayoutGroup, never_wins
from contracts.engine.document.terms import RANKED
from contracts.engine.explain.words import rule_in_words
from contracts.engine.rules.contradictions import contradicting
from contracts.engine.rules.overlap import never_winning
from contracts.engine.rules.rule import Rule
from contracts.models import EventPayout
from program.models import EventType

from .asked_lists import Lists, asked_lists, list_doubts
from .received import Unreceived, unreceived


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is to say of a row. One that does nothing `is_dead`: it may be switched off, or, where another takes
    its orders, moved above that one, which is at the rank `above`.
    """

    words: str
    above: int | None = None
    is_dead: bool = False

    @property
    def sentence(self) -> str:
        return as_sentence(self.words)

    def __str__(self) -> str:
        return self.words


def as_sentence(words: str) -> str:
    """What follows a place elsewhere, by itself: with a capital and an end; some end with a question."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else '.'}"


def row_findings(*, event_payout: EventPayout, rows: Sequence[Any]) -> Mapping[int, list[Finding]]:
    """By the row's number, for these rows of one list. Rows that are switched off do nothing, and get none."""
    shown = {row.pk: value_of(row) for row in rows if row.is_active}
    if not shown:
        return {}
    section, event_type = NAMES[type(rows[0])], event_payout.event_type
    known = known_values(event_type.program, [event_type])[event_type.code]
    every = [rule for value in shown.values() for rule in value.rules]
    never, lists = unreceived(event_type, every), asked_lists(event_type.program, every)
    last = max(row.rank for row in rows if row.is_active)
    covered = _covered(event_payout, last) if section == "payout_groups" else {}
    found: dict[int, list[Finding]] = defaultdict(list)
    for pk, value in shown.items():
        found[pk] += [Finding(doubt) for _, doubt in RANKED[section].row_doubts(value)]
        # Rules that cannot hold win nowhere: moving the row would change nothing.
        if (earlier := covered.get(pk)) and not contradicting(value.rules):
            found[pk].append(Finding(never_wins(earlier), above=earlier.rank, is_dead=True))
        found[pk] += _rule_findings(value.rules, known, never, lists)
    return found


def rule_findings(event_type: EventType, rules: Sequence[Rule]) -> list[Finding]:
    """About rules that are being typed."""
    known = known_values(event_type.program, [event_type])[event_type.code]
    lists = asked_lists(event_type.program, rules)
    return list(_rule_findings(rules, known, unreceived(event_type, rules), lists))


def _rule_findings(rules: Sequence[Rule], known: Known, never: Unreceived, lists: Lists) -> Iterator[Finding]:
    if clash := contradicting(rules):
        named = " and ".join(f"“{rule_in_words(rule)}”" for rule in clash)
        words = "cannot hold for any order" if len(clash) == 1 else "cannot hold together"
        yield Finding(f"{named} {words}: no order will match", is_dead=True)
    warned = [warning for _, warning in rule_warnings(rules, known)]
    yield from map(Finding, warned)
    yield from map(Finding, list_doubts(rules, lists))
    if said := never.of(rules, besides=warned):
        yield Finding(said)


def _covered(event_payout: EventPayout, last: int) -> dict[int, PayoutGroup]:
    """The groups that an earlier one always wins over, up to a rank, each with that one."""
    rows = event_payout.payout_groups.filter(is_active=True, rank__lte=last).order_by("rank", "id")
    present = list(rows.values_list("pk", "rank", "name", "rules"))
    read = [PayoutGroup(rank, name, rules_of(rules)) for _, rank, name, rules in present]
    found = never_winning(group.rules for group in read)
    return {present[later][0]: read[earlier] for later, earlier in found.items()}
