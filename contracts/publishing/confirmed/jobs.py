"""What was confirmed and touches many contracts, done by a worker in one transaction. The row is the queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.db.edits import Stale
from common.db.statements import AnyOf
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.refusals import Refused
from common.web.lists import number_in
from contracts.models import Contract, Publishing, TemplateTerms, TermsVersion
from contracts.publishing.effects import Join, Published
from contracts.publishing.services import STAGES, join_partners, publish_draft, publish_version
from program.models import Partner

from .said import said_of, tag_payout_said

LARGE = 2_000  # contracts, made and ended, from which on a worker does it
TOLD = timedelta(days=1)  # for which the pages of terms say that one was not done
CHANGED = "Contracts or these terms have changed since you saw this list. Nothing was done; this is how it is now."
CHANGED_SINCE = "Contracts or these terms have changed since you confirmed this. Nothing was done."
State, Kind = Publishing.State, Publishing.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be confirmed: as for `publish_draft`, `publish_version` or `join_partners`."""

    kind: Publishing.Kind
    join: Join
    start: date | None
    comment: str = ""
    source: TermsVersion | None = None


def contracts_touched(template_terms: TemplateTerms, join: Join) -> int:
    """The most contracts that this can make and end, counted without working it out."""
    lasting = Contract.objects.filter(program=template_terms.program_id, period__overlap=(timezone.now(), None))
    # Numbers are read and sent back: of two sub-queries in one the database expects too few rows, and reads each twice.
    concerned = set(lasting.filter(terms_version__template_terms=template_terms).values_list("partner_id", flat=True))
    partners = Partner.objects.filter(program=template_terms.program_id)
    if join == "all":
        concerned |= set(partners.filter(is_active=True).values_list("pk", flat=True))
    elif join:
        ids = [join] if isinstance(join, str) else join
        concerned |= set(partners.filter(AnyOf(F("media_partner_id"), ids)).values_list("pk", flat=True))
    return len(concerned) + lasting.filter(AnyOf(F("partner_id"), concerned)).count()


def leave_to_worker(
    *,
    template_terms: TemplateTerms,
    wanted: Wanted,
    shown: str,
    touched: int,
    address: str,
    sent: Sequence[tuple[str, str]],
    user_id: int | None,
) -> Publishing:
    """Ask for what was confirmed; the caller enqueues the task. Confirmed once more while it waits or is being done, it
    is the same.
    """
    asked, _ = Publishing.objects.get_or_create(
        template_terms=template_terms,
        shown=shown,
        state__in=PUBLISHINGS.live,
        defaults={
            "program_id": template_terms.program_id,
            "user_id": user_id,
            "filename": template_terms.name,
            "rows": touched,
            "kind": wanted.kind,
            "source": wanted.source,
            "join": wanted.join,
            "start": wanted.start,
            "comment": wanted.comment,
            "address": address,
            "sent": sent,
        },
    )
    return asked


def latest_undone(template_terms: TemplateTerms) -> Publishing | None:
    """The newest of these terms, where it waits, is being done or has failed lately."""
    recent = Publishing.objects.filter(template_terms=template_terms, created_at__gte=timezone.now() - TOLD)
    newest = recent.defer("join", "sent").first()
    return newest if newest and newest.state in (*PUBLISHINGS.live, State.FAILED) else None


def publish_confirmed(pk: int) -> bool:
    """Do one that waits, or whose worker is silent; False where there is nothing to do."""
    return run(PUBLISHINGS, PUBLISH, pk)


def tags_of(publishing: Publishing) -> int | None:
    """The payout group of tags that Advanced commission led from; None where another page did."""
    return number_in(QueryDict(urlsplit(publishing.address).query), "by_tags")


def _publish(publishing: Publishing) -> None:
    """Raises Refused in words that need no form beside them; Stale where it would not do what was shown."""
    with Heartbeat(publishing) as beat, transaction.atomic():
        try:
            done = _act(publishing, lambda stage: beat(publishing.rows * stage // STAGES))
        except Stale:
            raise Stale(CHANGED_SINCE) from None
        except Refused as refused:
            raise Refused(" ".join(_sentence(each.message) for each in refused)) from None
        terms, group = publishing.template_terms, tags_of(publishing)
        more = tag_payout_said(terms, group, done, publishing.start) if group else ""
        conclude(
            publishing,
            State.DONE,
            version=done.version,
            outcome=said_of(terms, done, more).as_json(),
            progress=publishing.rows,
            finished_at=timezone.now(),
        )


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _act(publishing: Publishing, told: Callable[[int], None]) -> Published:
    confirmed: dict[str, Any] = {
        "join": publishing.join,
        "start": publishing.start,
        "shown": publishing.shown,
        "told": told,
    }
    if publishing.kind == Kind.JOIN:
        return join_partners(template_terms=publishing.template_terms, **confirmed)
    said: dict[str, Any] = {"user": publishing.user, "comment": publishing.comment}
    if publishing.source is None:
        return publish_draft(template_terms=publishing.template_terms, **confirmed, **said)
    return publish_version(version=publishing.source, **confirmed, **said)


def _publishings() -> "QuerySet[Publishing]":
    related = ("template_terms__program__account", "source__template_terms", "version", "cancelled_by", "user")
    return Publishing.objects.select_related(*related)


PUBLISH = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="contracts.publish_confirmed",
    do=_publish,
    label="Changing contracts",
    worker_died="It was interrupted three times. Nothing was done.",
    fault=f"{FAULT} Nothing was done.",
)
PUBLISHINGS = JobKind(
    jobs=_publishings,
    steps=(PUBLISH,),
    audited_as=audited_as,
    cancelled="Nothing was done.",
    kept_in=(State.DONE, State.FAILED, State.CANCELLED),
    without_content=lambda publishing: {"sent": [], "join": None, "address": "", "comment": ""},
)
