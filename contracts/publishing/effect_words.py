"""What publishing, joining, ending and withdrawing do to contracts, in words, before anybody confirms it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property

from common.db.statements import AnyOf
from contracts.agreements.changes import ContractChange
from contracts.drafts.documents import version_terms
from contracts.models import Contract, Status, TermsVersion
from contracts.publishing.effects import Effects
from program.models import EventType, Partner, Program
from program.templatetags.brandboard import day, moment

from .review.comparing import Section, changes_between

# How many contracts a table shows; the names of the rest are in a list that opens beneath it.
TOLD = 20
# For how many of the ending versions the changes are shown; the rest are named.
COMPARED = 5


@dataclass(frozen=True, slots=True)
class ContractWords:
    """One contract that changes: its partner, its terms, and the change."""

    partner: str
    partner_id: str
    terms: str
    what: str

    def __str__(self) -> str:
        return f"{self.partner} ({self.partner_id}), {self.terms}: {self.what}"


@dataclass(frozen=True, slots=True)
class Moved:
    """Contracts of one version that end where one of the new version begins, all in the same way."""

    before: TermsVersion
    after: TermsVersion
    is_all: bool  # nothing else changes
    rows: list[ContractWords]
    more: list[ContractWords]

    @property
    def count(self) -> int:
        return len(self.rows) + len(self.more)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A version under which contracts end, for how many partners, and what differs in the new one."""

    version: TermsVersion
    partners: int
    changes: list[Section] | None


def effects_context(effects: Effects, program: Program) -> dict[str, Any]:
    """What a page shows of them: counts, the first contracts by name, the rest to be opened."""
    changed = effects.ended
    made = effects.changes.made
    partners = {change.contract.partner_id for change in changed} | {contract.partner_id for contract, _ in made}
    words = _Words(program, partners)
    moves = _moves(effects)
    moved = {change.contract.partner_id for move in moves for change in move}
    single = [change for change in changed if change.contract.partner_id not in moved]
    start = effects.start.moment
    ended = sorted((words.of(change, start) for change in single), key=_by_name)
    begun = sorted(
        (words.begins(*each, effects.is_new) for each in made if each[0].partner_id not in moved), key=_by_name
    )
    return {
        "effects": effects,
        "ends": [change for change in changed if change.is_over and not change.never_begins],
        "shorter": [change for change in changed if not change.is_over],
        "moves": [_told(move, effects, words) for move in moves],
        "ended": ended[:TOLD],
        "ended_more": ended[TOLD:],
        "begun": begun[:TOLD],
        "begun_more": begun[TOLD:],
        "replaced": _replaced(effects, program),
        # Those about a rule begin with its path, and were shown on the page before.
        "dropped": [each for each in effects.warnings if not each.startswith("EventPayouts")],
        "start_words": "now" if effects.start.is_now else f"from {moment(effects.start.moment, program.zone)}",
    }


def _moves(effects: Effects) -> list[list[ContractChange]]:
    """The contracts that end in the same way for two partners or more, each for one new contract without an end."""
    ending, made = defaultdict[int, list[ContractChange]](list), defaultdict[int, list[Any]](list)
    for change in effects.ended:
        ending[change.contract.partner_id].append(change)
    for contract, rows in effects.changes.made:
        made[contract.partner_id].append((contract.period, frozenset(row.event_type_id for row in rows)))
    alike = defaultdict[Any, list[ContractChange]](list)
    for partner, changes in ending.items():
        if len(changes) == len(made[partner]) == 1:
            (change,), ((period, event_types),) = changes, made[partner]
            before, after = change.before, change.after
            if before.upper is None and period.upper is None and after.upper and after.upper == period.lower:
                alike[change.contract.terms_version_id, event_types].append(change)
    return [each for each in alike.values() if len(each) > 1]


def _told(move: list[ContractChange], effects: Effects, words: "_Words") -> Moved:
    rows = sorted((words.of(change, effects.start.moment) for change in move), key=_by_name)
    is_all = len(move) == len(effects.ended) == len(effects.changes.made)
    return Moved(move[0].contract.terms_version, effects.version, is_all, rows[:TOLD], rows[TOLD:])


class _Words:
    """Names of partners and event types, looked up once for all contracts."""

    def __init__(self, program: Program, partners: Iterable[int]) -> None:
        self.program = program
        self.now = timezone.now()
        self.ids = set(partners)

    @cached_property
    def partners(self) -> dict[int, tuple[str, str]]:
        rows = Partner.objects.filter(AnyOf(F("pk"), self.ids), program=self.program)
        return {pk: (name, id_) for pk, name, id_ in rows.values_list("pk", "name", "media_partner_id")}

    @cached_property
    def event_types(self) -> dict[int, str]:
        return dict(EventType.objects.filter(program=self.program).values_list("pk", "name"))

    def of(self, change: ContractChange, start: datetime) -> ContractWords:
        contract = change.contract
        version = contract.terms_version
        return ContractWords(
            *self.partners[contract.partner_id],
            f"{version.template_terms.name}, version {version.number}",
            self.what(change, start),
        )

    def what(self, change: ContractChange, start: datetime) -> str:
        if change.never_begins:
            lower = change.before.lower
            return f"never begins (it was to begin {self.at(lower)})" if lower else "never begins"
        if change.is_over and change.after.upper:
            when = "now" if change.after.upper <= self.now else self.at(change.after.upper)
            if change.before.upper:
                return f"ends {when} instead of {self.at(change.before.upper)}"
            return f"ends {when}"
        names = " and ".join(dict.fromkeys(self.event_types[each] for each, _, _ in change.event_types))
        if start <= self.now:
            return f"no longer pays for {names} from now on"
        return f"no longer pays for {names} from {self.at(start)}"

    def begins(self, contract: Contract, rows: Iterable[Any], is_new: bool) -> ContractWords:
        version = contract.terms_version
        names = " and ".join(dict.fromkeys(self.event_types[row.event_type_id] for row in rows))
        lower, upper = contract.period.lower, contract.period.upper
        if lower is None:
            since = "from now on, and for orders from before"
        else:
            since = "from now on" if abs((lower - self.now).total_seconds()) < 1 else f"from {self.at(lower)}"
        until = f" until {self.at(upper)}" if upper else ""
        return ContractWords(
            *self.partners[contract.partner_id],
            f"{version.template_terms.name}, version {version.number}",
            f"{names} {since}{until}",
        )

    def at(self, when: datetime) -> str:
        local = timezone.localtime(when, self.program.zone)
        return day(when, self.program.zone) if (local.hour, local.minute) == (0, 0) else moment(when, self.program.zone)


def lasting_words(contract: Contract, program: Program) -> str:
    """How long a contract lasts, to be read after its name."""
    words = _Words(program, ())
    lower, upper = contract.period.lower, contract.period.upper
    if contract.status(words.now) == Status.UPCOMING and lower:
        since = words.at(lower)
        return f"from {since} until {words.at(upper)}" if upper else f"from {since} without an end"
    return f"until {words.at(upper)}" if upper else "without an end"


def back_words(changes: Iterable[ContractChange], program: Program) -> list[str]:
    """The contracts that get time back when another is withdrawn, each as a sentence."""
    words = _Words(program, ())
    told = []
    for change in changes:
        version = change.contract.terms_version
        name = f"{version.template_terms.name}, version {version.number}"
        names = " and ".join(dict.fromkeys(words.event_types[each] for each, _, _ in change.event_types))
        upper = change.after.upper
        if upper:
            told.append(f"{name} pays for {names} again until {words.at(upper)}.")
        else:
            told.append(f"{name} pays for {names} again without an end.")
    return told


def _by_name(words: ContractWords) -> tuple[str, str, str]:
    return words.partner.casefold(), words.partner_id, words.terms


def _replaced(effects: Effects, program: Program) -> list[Replaced]:
    """The versions whose contracts end, those of most partners first, with what changes for them."""
    counts = Counter(change.contract.terms_version_id for change in effects.ended)
    versions = {change.contract.terms_version_id: change.contract.terms_version for change in effects.ended}
    compared = [pk for pk, _ in counts.most_common(COMPARED)]
    return [
        Replaced(
            versions[pk],
            count,
            changes_between(version_terms(pk), effects.terms, program.pk) if pk in compared else None,
        )
        for pk, count in counts.most_common()
    ]
