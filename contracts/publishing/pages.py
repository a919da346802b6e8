"""Review a draft or an older version, and publish it."""

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
from contracts.drafts.unpublished import has_unpublished_changes, newest_version
from contracts.editing.forms import FIELDS
from contracts.models import Publishing, PublishReview, TemplateTerms, TermsVersion
from contracts.publishing.effects import Effects
from contracts.publishing.forms import PublishForm
from contracts.publishing.services import effects_of_publishing, publish_draft, publish_version
from program.frame.request import ProgramRequest

from .confirmed.asking import ask_and_do
from .confirmed.jobs import Wanted, latest_undone
from .confirmed.said import say, tag_payout_said
from .notice import notice_of
from .review.found import Review, review_of
from .review.jobs import LARGE, REVIEWS, forget_review, group_count, review_for


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
        wanted = Wanted(Publishing.Kind.PUBLISH, **join, comment=said["comment"], source=version)

        def effects() -> Effects:
            return effects_of_publishing(template_terms=template_terms, version=version, **join)

        def publish(shown: str) -> Any:
            if version is None:
                return publish_draft(template_terms=template_terms, shown=shown, **join, **said)
            return publish_version(version=version, shown=shown, **join, **said)

        try:
            done = ask_and_do(request, template_terms, wanted, effects, publish, {"source": version})
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
        "publishing": latest_undone(template_terms),
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
