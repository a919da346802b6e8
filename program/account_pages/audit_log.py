"""Settings → Audit log: who changed what, when and from where. For administrators, as it shows network addresses."""

from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry
from common.web.filters import FilterField, chip_of
from common.web.lists import page_of, text_of
from program.access import program_for_administration
from program.account_pages.audit_words import changes, nouns, sentence
from program.frame.request import ProgramRequest
from program.models import Program

PRESETS = ((1, "Today"), (7, "7 days"), (30, "30 days"), (366, "366 days"))
DAYS = 30


@require_safe
def audit_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_administration(request.principal, program_id)
    today = timezone.localdate(timezone=program.zone)
    start = _day(request, "start_date") or today - timedelta(days=DAYS - 1)
    end = _day(request, "end_date") or today
    who, noun = text_of(request, "who"), text_of(request, "noun")
    log = AuditEntry.objects.for_account(program.account)
    entries = log.between(_midnight(start, program), _midnight(end + timedelta(days=1), program))
    if who:
        entries = entries.by_person(who)
    if noun:
        entries = entries.of_noun("" if noun == "EVENT" else noun)
    page = page_of(request, entries.prefetch_related("texts"))
    others = program.account.program_set.in_bulk({entry.program_id for entry in page["page"]} - {program.pk, None})
    for entry in page["page"]:
        entry.sentence, entry.fields = sentence(entry), list(changes(entry, program.zone))
        entry.other_program = others.get(entry.program_id)
    people = log.exclude(who="").order_by("who").values_list("who", flat=True).distinct()
    fields = [
        FilterField("who", "Who", options=[(name, name) for name in people], value=who),
        FilterField("noun", "What", options=[("EVENT", "Log-ins and other events"), *nouns()], value=noun),
    ]
    context = {
        "start": start,
        "end": end,
        "presets": [
            {"label": label, "start": today - timedelta(days=days - 1), "end": today} for days, label in PRESETS
        ],
        "filter_fields": fields,
        "chips": [chip for field in fields for chip in chip_of(request.GET, field)],
        **page,
    }
    return render(request, "program/audit_list.html", context)


def _day(request: ProgramRequest, name: str) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None


def _midnight(day: date, program: Program) -> datetime:
    return datetime.combine(day, time.min, program.zone)
