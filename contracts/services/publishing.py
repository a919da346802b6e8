"""Publishing: a document becomes a version that never changes, and partners come to work under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from contracts.documents import Document, comparable, draft_document, fill_draft
from contracts.engine.load import TermsRefused, document, load
from contracts.engine.terms import Terms
from contracts.models import Contract, ContractEventType, TemplateTerms, TermsVersion
from program.currencies import CURRENCY_DIGITS
from program.models import EventType, Partner, Program
from program.services.names import hold_names

from .checks import Errors, level_errors, list_names
from .periods import agree, end, joined, moved, standing
from .revisions import touch
from .template_terms import create_template_terms, head_errors
from .versions import has_unpublished_changes, newest_version
from .warnings import terms_warnings

Join = str | Sequence[str] | None
# Terms as the engine reads them, their canonical document, and the warnings.
Loaded = tuple[Terms, Document, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `is_new` is False where the document was the newest version's already."""

    version: TermsVersion
    is_new: bool
    contracts_made: int
    contracts_ended: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing the draft would do. `errors` holds (path, message); with any of them nothing is published."""

    document: Document
    newest: TermsVersion | None
    is_changed: bool
    errors: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@transaction.atomic
def publish_draft(
    *,
    template_terms: TemplateTerms,
    user: Any = None,
    comment: str = "",
    join: Join = None,
    start: date | None = None,
) -> Published:
    """Publish the draft as the next version; an unchanged draft makes none.

    Contracts of earlier versions of these terms go on by the new one from `start`: 00:00 of that day in the program's
    time zone, without one now. `join` ("all", for every active partner, or partner ids) makes contracts with partners,
    in the place of what they had for the same event types. A partner's first contract for an event type, made without
    a start, is open to the past as well. Raises TermsRefused with every error of the document, or of `Join`.
    """
    held = _lock(template_terms.pk)
    loaded = _loaded(held.program, draft_document(held))
    published = _publish(held, loaded, user=user, comment=comment, join=join, start=start)
    _mark_published(held)
    return published


@transaction.atomic
def publish_document(
    *,
    program: Program,
    document: object,
    user: Any = None,
    comment: str = "",
    join: Join = None,
    start: date | None = None,
) -> Published:
    """Publish a terms document as the next version of the terms of its name, which are made where there are none.

    The draft is replaced by the document unless it holds changes that were never published; those are kept. The rest
    is as for `publish_draft`.
    """
    loaded = _loaded(program, document)
    terms, canonical, _ = loaded
    hold_names(program)
    template_terms = TemplateTerms.objects.filter(program=program, name=terms.name).first()
    if template_terms is None:
        template_terms = create_template_terms(
            program=program, name=terms.name, currency=terms.currency, labels=terms.labels
        )
    held = _lock(template_terms.pk)
    is_empty = not held.event_payouts.exists()
    replaces_draft = is_empty or not has_unpublished_changes(held)
    published = _publish(held, loaded, user=user, comment=comment, join=join, start=start)
    if replaces_draft:
        if is_empty or published.is_new:
            touch(held.pk)
            held.refresh_from_db(fields=["draft_revision"])
            fill_draft(held, canonical)
        _mark_published(held)
    return published


@transaction.atomic
def join_partners(*, template_terms: TemplateTerms, join: Join, start: date | None = None) -> Published:
    """Make contracts with partners under the newest version, whatever the draft holds meanwhile.

    `join` and `start` as for `publish_draft`. Raises TermsRefused where nothing was published yet, for unknown
    partners, and where the program no longer has what the version names (an event type that was switched off).
    """
    held = _lock(template_terms.pk)
    newest = newest_version(held)
    if newest is None:
        raise TermsRefused([("Join", "Publish these terms first: partners join a version.")])
    loaded = _loaded(held.program, newest.document)
    return _publish(held, loaded, user=None, comment="", join=join, start=start)


def preview_publishing(*, template_terms: TemplateTerms) -> Preview:
    """What publishing the draft would do, with its errors; changes nothing."""
    draft = draft_document(template_terms)
    newest = newest_version(template_terms)
    is_changed = newest is None or comparable(newest.document) != draft
    try:
        _, _, warnings = _loaded(template_terms.program, draft)
    except TermsRefused as refused:
        return Preview(draft, newest, is_changed, refused.errors, ())
    return Preview(draft, newest, is_changed, (), warnings)


def _lock(pk: int) -> TemplateTerms:
    return TemplateTerms.objects.select_for_update(of=("self",)).select_related("program").get(pk=pk)


def _mark_published(template_terms: TemplateTerms) -> None:
    template_terms.published_revision = template_terms.draft_revision
    template_terms.save(update_fields=["published_revision"])


def _publish(
    template_terms: TemplateTerms, loaded: Loaded, *, user: Any, comment: str, join: Join, start: date | None
) -> Published:
    program = template_terms.program
    terms, canonical, warnings = loaded
    partner_ids = _partner_ids(program, join)
    event_types = _event_type_ids(program, terms)
    newest = newest_version(template_terms)
    is_new = newest is None or comparable(newest.document) != comparable(canonical)
    version = newest
    if version is None or is_new:
        version = TermsVersion.objects.create(
            program=program,
            template_terms=template_terms,
            number=newest.number + 1 if newest else 1,
            document=canonical,
            comment=comment,
            published_by=user,
        )
    begins = datetime.combine(start, time.min, program.zone).astimezone(UTC) if start else timezone.now()
    rows = standing({*partner_ids, *_bound(template_terms, version, begins)}, begins)
    agreed = joined(partner_ids, rows, version, event_types, begins, open_to_the_past=start is None)
    joining = set(partner_ids)
    agreed += moved([row for row in rows if row.partner_id not in joining], version, event_types, begins)
    made, ended = agree(version, agreed, rows)
    dropped = [
        row
        for row in rows
        if row.contract.terms_version.template_terms_id == template_terms.pk and row.event_type_id not in event_types
    ]
    if dropped:
        ended += end(dropped, begins)
        warnings = (*warnings, _dropped_warning(dropped))
    return Published(version, is_new, made, ended, warnings)


def _bound(template_terms: TemplateTerms, version: TermsVersion, begins: datetime) -> set[int]:
    """The partners whose contracts of earlier versions of these terms last beyond the start."""
    contracts = Contract.objects.filter(terms_version__template_terms=template_terms, period__overlap=(begins, None))
    return set(contracts.exclude(terms_version=version).values_list("partner_id", flat=True))


def _loaded(program: Program, raw: object) -> Loaded:
    """The terms, their canonical document and the warnings; TermsRefused with every error, the program's too."""
    terms = load(raw, digits=CURRENCY_DIGITS, lists=list_names(program))
    event_types = {each.code: each for each in EventType.objects.filter(program=program)}
    errors: Errors = head_errors(terms.name, terms.labels, terms.currency)
    for index, payout in enumerate(terms.event_payouts):
        path = f"EventPayouts[{index}]."
        event_type = event_types.get(payout.event_type_code)
        if event_type is None:
            known = ", ".join(sorted(event_types)) or "none yet"
            message = f"there is no event type {payout.event_type_code} in this program; there is {known}"
            errors.append((f"{path}EventTypeCode", message))
        elif not event_type.is_active:
            errors.append((f"{path}EventTypeCode", f"the event type {event_type.code} is not active"))
        else:
            errors += [(path + field, message) for field, message in level_errors(event_type, payout.payout_level)]
    if errors:
        raise TermsRefused(errors)
    return terms, document(terms), tuple(terms_warnings(program, terms, event_types))


def _event_type_ids(program: Program, terms: Terms) -> list[int]:
    codes = [payout.event_type_code for payout in terms.event_payouts]
    return list(EventType.objects.filter(program=program, code__in=codes).values_list("pk", flat=True))


def _partner_ids(program: Program, join: Join) -> list[int]:
    """The partners to make contracts with. Raises TermsRefused naming each id that is no partner's."""
    partners = Partner.objects.filter(program=program).order_by("pk")
    if not join:
        return []
    if join == "all":
        return list(partners.filter(is_active=True).values_list("pk", flat=True))
    wanted = [join] if isinstance(join, str) else list(dict.fromkeys(join))
    known = dict(partners.filter(media_partner_id__in=wanted).values_list("media_partner_id", "pk"))
    if unknown := [each for each in wanted if each not in known]:
        raise TermsRefused([("Join", f"there is no partner {each} in this program") for each in unknown])
    return [known[each] for each in wanted]


def _dropped_warning(rows: Iterable[ContractEventType]) -> str:
    partners = len({row.partner_id for row in rows})
    who = "1 partner loses" if partners == 1 else f"{partners} partners lose"
    return f"This version does not pay for an event type that an earlier one paid for: {who} it."
