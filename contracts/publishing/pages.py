"""Review a draft or an older version, and publish it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.lists import number_of
from common.web.refusals import to_form
from contracts.access import (
    publish_review_for_edit,
    template_terms_for_edit,
    template_terms_for_view,
    terms_version_for_edit,
    terms_version_for_view,
)
from contracts.drafts.documents import version_terms
from contracts.drafts.unpublished import has_unpublished_changes, newest_version
from contracts.editing.forms import FIELDS
from contracts.editing.places import Places
from contracts.models import PublishReview, TemplateTerms, TermsVersion
from contracts.publishing.effects import Effects
from contracts.publishing.forms import PublishForm
from contracts.publishing.services import (
    Published,
    effects_of_publishing,
    publish_draft,
    publish_version,
)
from contracts.uses.tag_payouts import group_in_words
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import day

from .effect_words import effects_context
from .notice import notice_of
from .review.found import Review, review_of
from .review.jobs import LARGE, REVIEWS, forget_review, group_count, review_for

# How many warnings are shown after publishing; the review page has shown them all.
SAID = 3
CHANGED = "Contracts or these terms have changed since you saw this list. Nothing was done; this is how it is now."


@takes_rows
@require_http_methods(["GET", "HEAD", "POST"])
def terms_publish(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """What would change for whom if the draft were published, and the publishing of it."""
    fetch = template_terms_for_edit if request.method == "POST" else template_terms_for_view
    return _review(request, fetch(request.principal, program_id, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def version_publish(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The same for what an older version says."""
    fetch = terms_version_for_edit if request.method == "POST" else terms_version_for_view
    version = fetch(request.principal, program_id, pk)
    return _review(request, version.template_terms, version)


@require_POST
def review_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Cancel a review that a worker makes."""
    review = publish_review_for_edit(request.principal, program_id, pk)
    try:
        cancel_job(REVIEWS, review, user_id=request.user.pk)
    except Stale:
        messages.info(request, "The review was over already. Nothing was cancelled.")
    if review.source_id is None:
        return redirect("contracts:terms_publish", program_id, review.template_terms_id)
    return redirect("contracts:version_publish", program_id, review.source_id)


def _review(request: ProgramRequest, template_terms: TemplateTerms, version: TermsVersion | None) -> HttpResponse:
    form = PublishForm(request.POST if request.method == "POST" else None, template_terms.program)
    is_back = "back" in request.POST
    if "again" in request.POST:
        return _again(request, template_terms, version)
    by_tags = number_of(request, "by_tags")  # the payout group that Advanced commission led to
    if request.method == "POST" and not is_back and form.is_valid():
        join: dict[str, Any] = {"join": form.wanted(), "start": form.cleaned_data["start"]}
        said = {"user": request.user, "comment": form.cleaned_data["comment"]}

        def effects() -> Effects:
            return effects_of_publishing(template_terms=template_terms, version=version, **join)

        def publish(shown: str) -> Any:
            if version is None:
                return publish_draft(template_terms=template_terms, shown=shown, **join, **said)
            return publish_version(version=version, shown=shown, **join, **said)

        try:
            done = ask_and_do(request, template_terms, effects, publish, {"source": version})
        except Refused as refused:
            about_form = [each for each in refused if not each.path.startswith("EventPayouts")]
            to_form(form, about_form, FIELDS)
            if len(about_form) < len(refused.refusals):  # a worker has reviewed it before this was wrong
                forget_review(template_terms=template_terms, source=version)
        else:
            if isinstance(done, HttpResponse):
                return done
            if by_tags:
                pays = tag_payout_said(template_terms, by_tags, done, form.cleaned_data["start"])
                say(request, template_terms, done, pays)
                return redirect("contracts:advanced_commission", template_terms.program_id)
            say(request, template_terms, done)
            return redirect("contracts:version_detail", template_terms.program_id, done.version.pk)
    notice = notice_of(template_terms, timezone.now())
    if notice is not None:
        form.initial["start"] = notice.first_day.isoformat()
    newest = newest_version(template_terms)
    found = _found(request, template_terms, version, newest)
    if isinstance(found, HttpResponse):
        return found
    review, job = found
    context = {
        "template_terms": template_terms,
        "source": version,
        "form": form,
        "newest": newest,
        "job": job,
        "today": timezone.localdate(timezone=request.program.zone),
        "notice": notice,
        "problems": review.problems,
        "warnings": review.warnings,
        "changes": review.changes,
        "before_words": f"Version {newest.number}" if newest else "",
        "back_label": _back_label(version),
        "by_tags": by_tags,
        "keeps_draft": version is not None and has_unpublished_changes(template_terms),
    }
    status = 422 if request.method == "POST" and not is_back else 200
    return render(request, "contracts/terms_publish.html", context, status=status)


def _found(
    request: ProgramRequest, template_terms: TemplateTerms, version: TermsVersion | None, newest: TermsVersion | None
) -> tuple[Review, PublishReview | None] | HttpResponse:
    """What the page says: worked out at once, or, of many payout groups, by a worker; until that is done, the page
    that shows how far it is.
    """
    if group_count(template_terms, version, newest) <= LARGE:
        return review_of(template_terms, version), None
    job, is_new = review_for(template_terms=template_terms, source=version, newest=newest, user_id=request.user.pk)
    if is_new:
        notify("contracts.make_review", job.pk)
    if job.state == PublishReview.State.READY:
        return HttpResponseClientRefresh() if request.htmx else (Review.read(job.found), job)
    live = job.state in REVIEWS.live
    context = {
        "template_terms": template_terms,
        "source": version,
        "job": job,
        "progress": progress_of(REVIEWS, job),
        "back_label": _back_label(version),
        **polling([job] if live else []),
    }
    part = "#review-progress" if request.htmx else ""
    return render(request, "contracts/terms_reviewing.html" + part, context)


def _back_label(version: TermsVersion | None) -> str:
    return "Back to the draft" if version is None else "Back to the version"


def _again(request: ProgramRequest, template_terms: TemplateTerms, version: TermsVersion | None) -> HttpResponse:
    forget_review(template_terms=template_terms, source=version)
    return redirect(request.get_full_path())


def ask_and_do(
    request: ProgramRequest,
    template_terms: TemplateTerms,
    effects: Callable[[], Effects],
    act: Callable[[str], Any],
    about: dict[str, Any],
) -> Any:
    """The result, where it was confirmed; else the page that shows the effects and asks. A confirmation of effects that
    have changed since is answered with the new ones, as 409. Raises Refused.
    """
    status = 200
    if "shown" in request.POST:
        try:
            return act(request.POST["shown"])
        except Stale:
            status = 409
    again = {"shown", "csrfmiddlewaretoken", "back"}
    context = {
        "template_terms": template_terms,
        "sent": [(name, value) for name, values in request.POST.lists() if name not in again for value in values],
        "problem": CHANGED if status == 409 else "",
        **about,
        **effects_context(effects(), template_terms.program),
    }
    return render(request, "contracts/terms_confirm.html", context, status=status)


def tag_payout_said(template_terms: TemplateTerms, group: int, done: Published, start: date | None) -> str:
    """What a payout group of tags pays from now on, on the page of them all."""
    words = group_in_words(template_terms, group) or "The payout group"
    if not done.contracts_made:
        return f"{words}. It pays once a partner works under version {done.version.number} of {template_terms.name}."
    today = timezone.localdate(timezone=template_terms.program.zone)
    since = f"from {day(start)} on" if start and start > today else "now"
    return f"In force {since}: {words}, for partners who work under {template_terms.name}."


def say(request: ProgramRequest, template_terms: TemplateTerms, published: Any, more: str = "") -> None:
    """What was done, and the first warnings, on the next page."""
    number, made, ended = published.version.number, published.contracts_made, published.contracts_ended
    said = [f"Version {number} is published."] if published.is_new else []
    if made == 1:
        said.append(f"1 contract was created under version {number}.")
    elif made:
        said.append(f"{made:,} contracts were created under version {number}.")
    elif not published.is_new:
        said.append(f"Nothing had to be done: they already work under version {number}.")
    if ended:
        said.append(
            "1 contract was ended or shortened." if ended == 1 else f"{ended:,} contracts were ended or shortened."
        )
    if (waiting := published.waiting_orders) == 1:
        said.append("1 order that was waiting will be priced now.")
    elif waiting:
        said.append(f"{waiting:,} orders that were waiting will be priced now.")
    messages.success(request, " ".join(filter(None, [*said, more])))
    # Those about a rule begin with its path, and come last.
    warnings = sorted(published.warnings, key=lambda warning: warning.startswith("EventPayouts"))
    for warning in Places(template_terms, version_terms(published.version.pk)).warnings(warnings[:SAID]):
        messages.warning(request, str(warning))
    if len(warnings) > SAID:
        messages.warning(request, f"{len(warnings) - SAID} more warnings are on the review page.")
