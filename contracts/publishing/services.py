"""Publishing: a document becomes a version that never changes, and partners join it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from common.currencies import CURRENCY_DIGITS
from common.db.edits import Stale
from common.refusals import Refusal, Refused
from contracts.account_rules.checks import broken_by_terms
from contracts.agreements.waiting import price_waiting
from contracts.drafts.checks import level_errors, list_names, tags_being_deleted
from contracts.drafts.documents import (
    Document,
    draft_document,
    draft_terms,
    fill_draft,
    published_terms,
    version_terms,
    with_sections,
)
from contracts.drafts.revisions import hold, touch
from contracts.drafts.template_terms import create_template_terms, head_errors
from contracts.drafts.unpublished import has_unpublished_changes, newest_version
from contracts.drafts.warnings import terms_warnings
from contracts.engine.document.load import document, load
from contracts.engine.document.terms import Terms
from contracts.engine.document.whole_terms.reset_accrued_actions import RESET_ACCRUED_ACTIONS
from contracts.models import TemplateTerms, TermsVersion
from contracts.uses.renamed import terms_with_present_names
from program.models import EventType, Program
from program.names import hold_names

from .effects import Effects, Join, Loaded, Published, work_out

STAGES = 3
type Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing the draft would do. With any of its `errors` nothing is published."""

    terms: Terms
    newest: TermsVersion | None
    is_changed: bool
    errors: tuple[Refusal, ...]
    warnings: tuple[str, ...]


@transaction.atomic
def publish_draft(
    *,
    template_terms: TemplateTerms,
    user: Any = None,
    comment: str = "",
    join: Join = None,
    start: date | None = None,
    shown: str | None = None,
    told: Told = lambda stage: None,
) -> Published:
    """Publish the draft as the next version; an unchanged draft makes none.

    Contracts of earlier versions of these terms move to the new one from `start`: 00:00 of that day in the program's
    time zone; today, or none, is now. `join` ("all", for every active partner, or partner ids) makes contracts with
    partners, in place of what they had for the same event types. A partner's first contract for an event type,
    made without a start, also covers the past. A start before today takes only time without a contract.

    Raises Refused with every error of the document, of `Join`, or of `Start`, and Stale where `shown`, the
    fingerprint of the effects that somebody has confirmed, is not that of the effects it would have now. `told` hears
    how many of the `STAGES` are over.
    """
    held = _lock(template_terms.pk, template_terms.program_id)
    loaded = _loaded(held.program, draft_document(held))
    published = _publish(held, loaded, user=user, comment=comment, join=join, start=start, shown=shown, told=told)
    _drop_acts(held)
    _mark_published(held)
    return published


@transaction.atomic
def publish_version(
    *,
    version: TermsVersion,
    user: Any = None,
    comment: str = "",
    join: Join = None,
    start: date | None = None,
    shown: str | None = None,
    told: Told = lambda stage: None,
) -> Published:
    """Publish what an older version says as the next version, under the name and labels that the terms have now.

    The draft is replaced by it unless it holds changes that were never published. The rest as for `publish_draft`.
    """
    held = _lock(version.template_terms_id, version.program_id)
    loaded = _loaded(held.program, _renamed(version.document, held))
    replaces_draft = not has_unpublished_changes(held)
    published = _publish(held, loaded, user=user, comment=comment, join=join, start=start, shown=shown, told=told)
    if replaces_draft and published.is_new:
        _refill(held, loaded[0])
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
    hold_names(program)
    loaded = _loaded(program, document)
    terms = loaded[0]
    template_terms = TemplateTerms.objects.filter(program=program, name=terms.name).first()
    if template_terms is None:
        template_terms = create_template_terms(
            program=program, name=terms.name, currency=terms.currency, labels=terms.labels
        )
    held = _lock(template_terms.pk, program.pk)
    is_empty = not held.event_payouts.exists()
    replaces_draft = is_empty or not has_unpublished_changes(held)
    published = _publish(held, loaded, user=user, comment=comment, join=join, start=start)
    if replaces_draft:
        if is_empty or published.is_new:
            _refill(held, terms)
        else:
            _mark_published(held)
    return published


@transaction.atomic
def join_partners(
    *,
    template_terms: TemplateTerms,
    join: Join,
    start: date | None = None,
    shown: str | None = None,
    told: Told = lambda stage: None,
) -> Published:
    """Make contracts with partners under the newest version, whatever the draft holds meanwhile.

    `join`, `start`, `shown` and `told` as for `publish_draft`. Raises Refused where nothing was published yet, for
    unknown partners, and where the program no longer has what the version names (an event type that was switched off).
    """
    held = _lock(template_terms.pk, template_terms.program_id)
    loaded = _newest_loaded(held)
    return _publish(held, loaded, user=None, comment="", join=join, start=start, shown=shown, told=told)


def effects_of_publishing(
    *,
    template_terms: TemplateTerms,
    version: TermsVersion | None = None,
    join: Join = None,
    start: date | None = None,
) -> Effects:
    """What publishing the draft, or the older version, would do to contracts; changes nothing. Errors as there."""
    document = draft_document(template_terms) if version is None else _renamed(version.document, template_terms)
    return work_out(template_terms, _loaded(template_terms.program, document), join=join, start=start)


def effects_of_joining(*, template_terms: TemplateTerms, join: Join, start: date | None = None) -> Effects:
    """What joining partners to the newest version would do; changes nothing. Errors as for `join_partners`."""
    return work_out(template_terms, _newest_loaded(template_terms), join=join, start=start)


def preview_publishing(*, template_terms: TemplateTerms, version: TermsVersion | None = None) -> Preview:
    """What publishing the draft, or the older version, would say, with its errors; changes nothing."""
    if version is None:
        terms = draft_terms(template_terms)
        raw = document(terms)
    else:
        raw = _renamed(version.document, template_terms)
        terms = published_terms(raw)
    newest = newest_version(template_terms)
    is_changed = newest is None or version_terms(newest.pk) != terms
    try:
        _, _, warnings = _loaded(template_terms.program, raw)
    except Refused as refused:
        return Preview(terms, newest, is_changed, refused.refusals, ())
    return Preview(terms, newest, is_changed, (), warnings)


def _lock(pk: int, program_id: int) -> TemplateTerms:
    """Names are held first: an exception list that the terms ask for is not deleted before they are published."""
    hold_names(program_id)
    return hold(pk)


def _mark_published(template_terms: TemplateTerms) -> None:
    template_terms.published_revision = template_terms.draft_revision
    template_terms.save(update_fields=["published_revision"])


def _drop_acts(template_terms: TemplateTerms) -> None:
    """What publishing has done once, the next one does not do again."""
    if template_terms.is_on("reset_accrued_actions"):
        template_terms.sections = with_sections(template_terms, {"reset_accrued_actions": False})
        template_terms.switched_on |= {"reset_accrued_actions": False}
        template_terms.save(update_fields=["sections", "switched_on"])


def _refill(template_terms: TemplateTerms, terms: Terms) -> None:
    touch(template_terms.pk)
    template_terms.refresh_from_db(fields=["draft_revision"])
    fill_draft(template_terms, terms_with_present_names(template_terms.program_id, terms))
    _mark_published(template_terms)


def _renamed(document: Document, template_terms: TemplateTerms) -> Document:
    """What an older version says, to be published again; what publishing it did once is not done again."""
    return {**_without_acts(document), "Name": template_terms.name, "Labels": template_terms.labels}


def _without_acts(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in RESET_ACCRUED_ACTIONS.keys}


def _newest_loaded(template_terms: TemplateTerms) -> Loaded:
    newest = template_terms.versions.order_by("-number").first()
    if newest is None:
        raise Refused(Refusal("Join", "Publish these terms first: partners join a version."))
    return _loaded(template_terms.program, _without_acts(newest.document), keeps_rules=False)


def _publish(
    template_terms: TemplateTerms,
    loaded: Loaded,
    *,
    user: Any,
    comment: str,
    join: Join,
    start: date | None,
    shown: str | None = None,
    told: Told = lambda stage: None,
) -> Published:
    effects = work_out(template_terms, loaded, join=join, start=start, lock=True)
    told(1)
    if shown is not None and shown != effects.fingerprint:
        raise Stale
    version = effects.version
    if effects.is_new:
        version.comment, version.published_by = comment, user
        version.save()
    for contract, _ in effects.changes.made:
        contract.terms_version = version  # which has its number only now
    effects.changes.write()
    told(2)
    price_waiting(template_terms.program_id, effects.times)
    told(STAGES)
    return Published(
        version=version,
        is_new=effects.is_new,
        contracts_made=len(effects.changes.made),
        contracts_ended=len(effects.ended),
        never_begin=effects.never_begin,
        waiting_orders=effects.waiting_orders,
        warnings=effects.warnings,
    )


def _loaded(program: Program, raw: object, *, keeps_rules: bool = True) -> Loaded:
    """The terms, their canonical document and the warnings; Refused with every error, the program's too, and what
    breaks the account's rules.
    """
    terms = load(raw, digits=CURRENCY_DIGITS, lists=list_names(program))
    event_types = {each.code: each for each in EventType.objects.filter(program=program)}
    errors = head_errors(terms.name, terms.labels, terms.currency)
    for index, payout in enumerate(terms.event_payouts):
        path = f"EventPayouts[{index}]."
        event_type = event_types.get(payout.event_type_code)
        if event_type is None:
            known = ", ".join(sorted(event_types)) or "none yet"
            message = f"{payout.event_type_code} is not a known event type of this program; known: {known}"
            errors.append(Refusal(f"{path}EventTypeCode", message, "unknown"))
        elif not event_type.is_active:
            errors.append(Refusal(f"{path}EventTypeCode", f"the event type {event_type.code} is not active"))
        else:
            level = level_errors(event_type, payout.payout_level)
            errors += [each._replace(path=path + each.path) for each in level]
    errors += broken_by_terms(program, terms) if keeps_rules else []
    errors += tags_being_deleted(program, terms)
    if errors:
        raise Refused(*errors)
    return terms, document(terms), tuple(terms_warnings(program, terms, event_types))
