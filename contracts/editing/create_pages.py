"""New template terms: their head with the event type that they pay for, or with the rows of existing terms."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.refusals import Refused
from common.web.lists import number_in, text_in
from common.web.refusals import to_form
from contracts.drafts.documents import section_value
from contracts.drafts.template_terms import create_template_terms
from contracts.engine.explain.words import payout_in_words
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.default_payout import DEFAULT
from contracts.sections.panels import PAGE
from program.access import program_for_edit
from program.frame.request import ProgramRequest
from program.models import EventType, Program

from .forms import FIELDS, EventPayoutForm, NewTermsForm
from .terms_page import terms_url

SHOWN = {"populate", "empty"}  # buttons that show the page again, with what was typed
PAYS = {"EventTypeCode": "event_type", **DEFAULT.fields}


@require_http_methods(["GET", "HEAD", "POST"])
def terms_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    """A draft, at once with an event type where the program has one; Populate terms shows what would be copied."""
    program = program_for_edit(request.principal, program_id)
    is_sent = request.method == "POST" and not SHOWN & request.POST.keys()
    copied = _copied(request, program)
    form = _form(request, program, copied, is_sent=is_sent)
    pays = _pays(request, program, copied, is_sent=is_sent)
    if is_sent and form.is_valid() and (pays is None or not pays.is_bound or pays.is_valid()):
        try:
            made = _create(program, form, pays)
        except Refused as refused:
            about_payout = [each for each in refused if each.path in PAYS]
            to_form(form, [each for each in refused if each.path not in PAYS], FIELDS)
            if pays is not None:
                to_form(pays, about_payout, PAYS)
        else:
            return _answer(request, made, copied)
    context = {
        "form": form,
        "pays": pays,
        "copied": copied,
        "rows": [_in_words(each) for each in _event_payouts(copied)],
    }
    return render(request, "contracts/terms_create.html", context, status=422 if is_sent else 200)


def _copied(request: ProgramRequest, program: Program) -> TemplateTerms | None:
    """The terms that the page is populated with: those in its address, or the ones that were chosen."""
    if "empty" in request.POST:
        return None
    if request.method == "POST":
        pk = number_in(request.POST, "existing" if "populate" in request.POST else "copy_from")
    else:
        pk = number_in(request.GET, "copy")
    return TemplateTerms.objects.filter(program=program, pk=pk).first() if pk else None


def _form(request: ProgramRequest, program: Program, copied: TemplateTerms | None, *, is_sent: bool) -> NewTermsForm:
    typed = {name: text_in(request.POST, name) for name in ("name", "labels", "currency")}
    currency = copied.currency if copied else typed["currency"] or program.currency
    is_open = "populate" in request.POST and copied is None
    initial = {**typed, "currency": currency, "copy_from": copied, "use_existing": is_open}
    form = NewTermsForm(request.POST if is_sent else None, initial=initial)
    for name in ("existing", "copy_from"):
        form.fields[name].queryset = TemplateTerms.objects.filter(program=program)  # type: ignore[attr-defined]
    form.fields["currency"].disabled = copied is not None
    if is_open:
        form.fields["existing"].help_text = "Choose the terms to copy first."
    return form


def _pays(
    request: ProgramRequest, program: Program, copied: TemplateTerms | None, *, is_sent: bool
) -> EventPayoutForm | None:
    """The event type and its default payout; None for a copy, which has its own. A program without event types, and a
    caller who names none, begin with an empty draft.
    """
    event_types = EventType.objects.filter(program=program, is_active=True)
    if copied is not None or not event_types.exists():
        return None
    form = EventPayoutForm(request.POST if is_sent and "event_type" in request.POST else None)
    form.offer(event_types)
    return form


def _create(program: Program, form: NewTermsForm, pays: EventPayoutForm | None) -> TemplateTerms:
    values: dict[str, Any] = {name: form.cleaned_data[name] for name in ("name", "labels", "currency", "copy_from")}
    if pays is not None and pays.is_bound:
        values["pays_for"] = pays.cleaned_data["event_type"], DEFAULT.value(pays.cleaned_data)
    return create_template_terms(program=program, **values)


def _answer(request: ProgramRequest, made: TemplateTerms, copied: TemplateTerms | None) -> HttpResponse:
    payout = made.event_payouts.first()
    if payout is None:
        return redirect("contracts:event_payout_create", made.program_id, made.pk)
    like = f", in {made.currency} like the copied terms" if copied else ""
    messages.success(request, f"{made.name} was created as a draft{like}.")
    return redirect(terms_url(payout))


def _event_payouts(copied: TemplateTerms | None) -> list[EventPayout]:
    if copied is None:
        return []
    rows = copied.event_payouts.select_related("event_type")
    return list(
        rows.annotate(
            groups=Count("payout_groups", distinct=True),
            adjustments=Count("payout_adjustments", distinct=True),
            restrictions=Count("payout_restrictions", distinct=True),
        )
    )


def _in_words(payout: Any) -> tuple[str, str]:
    """What would be copied of an event type: its name, and `10% of the order’s sale amount, 4 payout groups`."""
    default = section_value(payout, "default_payout")
    currency = payout.template_terms.currency
    pays = " ".join(payout_in_words(default.level, default.payout, default.payout_rate, currency, PAGE))
    nouns = ((payout.groups, "payout group"), (payout.adjustments, "adjustment"), (payout.restrictions, "restriction"))
    lists = [f"{PAGE.number(count)} {noun}{'' if count == 1 else 's'}" for count, noun in nouns if count]
    return payout.event_type.name, ", ".join([pays, *lists])
