"""Customer tags that have another name now. A published document stays as it is and goes on meaning the tag, because
orders keep its earlier names too; a draft, and with it every file that is written, asks for it by its present name.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F

from common.formats.comparison import compared
from contracts.drafts.documents import LISTS
from contracts.drafts.revisions import touch
from contracts.engine.document.terms import RANKED, Terms
from contracts.engine.rules.rule import Rule
from contracts.models import TemplateTerms
from program.models import Program
from program.models.customer import CustomerTagName
from program.uses import Named

TAG = "CUSTOMER_TAG"
type Raw = Mapping[str, Any]


def follow_names(program: Program, named: Named, names: Collection[str], present: str) -> None:
    """Have rules of drafts that ask for a tag by one of its names ask for the present one; a change of each draft."""
    if named != Named.CUSTOMER_TAG:
        return
    known = dict.fromkeys(map(compared, names), present)
    kinds: Iterable[Any] = LISTS.values()
    for kind in kinds:
        rows = kind._default_manager.filter(program=program, rules__contains=[{"Variable": TAG}])
        changed = []
        for row in rows.select_related("event_payout").order_by("pk"):
            rules = _renamed(row.rules, known)
            if rules != row.rules:
                row.rules = rules
                changed.append(row)
        for terms in sorted({row.event_payout.template_terms_id for row in changed}):
            touch(terms)
            # A draft that said what is published says it still.
            as_published = TemplateTerms.objects.filter(pk=terms, draft_revision=F("published_revision") + 1)
            as_published.update(published_revision=F("draft_revision"))
        kind._default_manager.bulk_update(changed, ["rules"], batch_size=1_000)


def with_present_names(program_id: int, rules: Sequence[Raw]) -> Sequence[Raw]:
    """Rules of a document with each tag by its present name. Asks nothing where no rule is about tags."""
    return _renamed(rules, earlier_names(program_id)) if any(rule["Variable"] == TAG for rule in rules) else rules


def terms_with_present_names(program_id: int, terms: Terms) -> Terms:
    """The same for whole terms."""
    payouts = []
    for payout in terms.event_payouts:
        lists: dict[str, Any] = {name: rows_with_present_names(program_id, getattr(payout, name)) for name in RANKED}
        payouts.append(replace(payout, **lists))
    return replace(terms, event_payouts=tuple(payouts))


def rows_with_present_names(program_id: int, rows: Sequence[Any]) -> tuple[Any, ...]:
    """The same for rows of a ranked section, as the engine reads them."""
    if not any(rule.variable == TAG for row in rows for rule in row.rules):
        return tuple(rows)
    known = earlier_names(program_id)
    return tuple(replace(row, rules=tuple(_read(row.rules, known))) for row in rows)


def earlier_names(program_id: int) -> dict[str, str]:
    """The present name of each tag by every name that it had before, in the form in which names are compared."""
    rows = CustomerTagName.objects.filter(program=program_id).exclude(name_key=F("tag__name_key"))
    return dict(rows.values_list("name_key", "tag__name"))


def _renamed(rules: Sequence[Raw], known: Mapping[str, str]) -> list[Raw]:
    return [
        {**rule, "Values": _values(rule.get("Values") or [], known)} if rule["Variable"] == TAG else rule
        for rule in rules
    ]


def _read(rules: Iterable[Rule], known: Mapping[str, str]) -> Iterable[Rule]:
    for rule in rules:
        yield replace(rule, values=tuple(_values(rule.values, known))) if rule.variable == TAG else rule


def _values(values: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """One value each: two names of one tag are one."""
    found = [known.get(compared(value), value) for value in values]
    return list({compared(value): value for value in reversed(found)}.values())[::-1]
