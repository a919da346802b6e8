"""What waits for somebody: each with its amount, what follows from it, and the act that settles it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from common.db.statements import fetch
from contracts.models import TemplateTerms
from program.models import EventType, Program
from program.templatetags.brandboard import money, number
from program.uses import statuses_of
from reports.models import Export
from reports.pages.addresses import address
from reports.queries.filters import Filters
from reports.queries.tables import money as with_digits
from tracking.models import Conversion, Modification, Upload

_WITHOUT_STATUS = """
    SELECT event_type_id, customer_status, sum(revenue) FROM reports_dailytotal
    WHERE program_id = %s AND day BETWEEN %s AND %s AND currency = %s AND customer_status_category = ''
    GROUP BY event_type_id, customer_status
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: for a person (`is_due`), or only for a worker."""

    words: str
    consequence: str
    verb: str
    url: str
    count: int
    is_due: bool = True


def waiting(request: HttpRequest, program: Program, filters: Filters) -> list[Waiting]:
    """In the order in which money hangs on it; what a worker does by itself comes last."""
    found = [
        *_without_status(program, filters),
        *_unpriced(program),
        *_refused(program),
        *_drafts(program),
        *_files(request, program),
        *_on_the_way(request, program),
    ]
    return [each for each in found if each.count]


def _without_status(program: Program, filters: Filters) -> list[Waiting]:
    """Revenue of codes that are not mapped, and revenue without a code whose event type does not work it out."""
    coded, uncoded = _revenue_without_status(program, filters)

    def sterling(revenue: Mapping[int, Decimal]) -> str:
        return money(with_digits(sum(revenue.values(), Decimal(0)), program.currency), program.currency)

    def most(revenue: Mapping[int, Decimal]) -> int:
        return max(revenue, key=lambda event_type: revenue[event_type])

    found = []
    if any(coded.values()):
        words = f"{sterling(coded)} of revenue came with codes that are not mapped"
        url = reverse("program:event_type_mapping", args=[program.pk, most(coded)])
        found.append(Waiting(words, "Its orders count as Other.", "Map codes", url, 1))
    if any(uncoded.values()):
        words = f"{sterling(uncoded)} of revenue came without a customer status code"
        consequence = (
            "Its orders count as Other. Send a code with later ones, or have it worked out from earlier orders."
        )
        url = f"{reverse('program:event_type_edit', args=[program.pk, most(uncoded)])}#no-status-title"
        found.append(Waiting(words, consequence, "Work it out", url, 1))
    return found


def _revenue_without_status(program: Program, filters: Filters) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By event type: of orders with codes that its mapping does not have today either; and of orders without a code,
    where it does not work out the status of later ones."""
    rows = fetch(_WITHOUT_STATUS, (program.pk, filters.start, filters.end, program.currency))
    asked = EventType.objects.filter(pk__in={event_type for event_type, *_ in rows})
    event_types = list(asked.prefetch_related("customerstatusmapping_set"))
    mapped = {each.pk: each.statuses() for each in event_types}
    worked_out = {each.pk for each in event_types if each.works_out_status}
    codes = {pk: [code for event_type, code, _ in rows if event_type == pk and code] for pk in mapped}
    meanings = {pk: statuses_of(mapped[pk], codes[pk]) for pk in mapped}
    coded, uncoded = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
    for event_type, code, revenue in rows:
        if not code:
            if event_type not in worked_out:
                uncoded[event_type] += revenue
        elif not meanings[event_type][code]:
            coded[event_type] += revenue
    return coded, uncoded


def _unpriced(program: Program) -> list[Waiting]:
    held = (Conversion.State.HELD, Conversion.State.QUARANTINED)
    rows = Conversion.objects.filter(program=program, is_test=False, state__in=held)  # test orders need no attention
    count, reasons = _reasons(rows, dict(Conversion.Reason.choices))
    words = f"{_counted(count, 'order')} could not be priced{reasons}"
    url = address("tracking:conversion_list", program)
    return [Waiting(words, "No partner is paid for them, and no report has them.", "Settle them", url, count)]


def _refused(program: Program) -> list[Waiting]:
    rows = Modification.objects.filter(program=program).to_settle()
    count, reasons = _reasons(rows, dict(Modification.Reason.choices))
    words = f"{_counted(count, 'change')} refused{reasons}"
    url = address("tracking:conversion_list", program, "?tab=modifications")
    return [Waiting(words, "The orders keep the amount and the payout that they had.", "Review them", url, count)]


def _reasons(rows: "QuerySet[Conversion] | QuerySet[Modification]", known: dict[str, str]) -> tuple[int, str]:
    """How many there are, and the reasons in words: of one reason all, of several the most frequent first."""
    counts = rows.order_by().values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    found = [(_lower(known.get(reason, "No reason was given")), count) for reason, count in counts]
    total = sum(count for _, count in found)
    if len(found) == 1:
        return total, f", all for one reason: {found[0][0]}" if total > 1 else f": {found[0][0]}"
    named = ", ".join(f"{number(count)} {words}" for words, count in found[:3])
    others = sum(count for _, count in found[3:])
    rest = f" and {_counted(others, 'other')}" if others else ""
    return total, f": {named}{rest}"


def _drafts(program: Program) -> list[Waiting]:
    edited = TemplateTerms.objects.filter(program=program, event_payouts__isnull=False).exclude(
        published_revision=F("draft_revision")
    )
    terms = list(edited.order_by("name", "pk").values_list("pk", "name").distinct())
    if len(terms) == 1:
        words = f"The draft of {terms[0][1]} is not published"
        url = reverse("contracts:terms_publish", args=[program.pk, terms[0][0]])
    else:
        words = f"{_counted(len(terms), 'draft')} not published: {', '.join(name for _, name in terms[:3])}"
        url = address("contracts:terms_list", program)
    consequence = (
        "Orders are priced by the versions in force until it is."
        if len(terms) == 1
        else ("Orders are priced by the versions in force until they are.")
    )
    return [Waiting(words, consequence, "Review and publish", url, len(terms))]


def _files(request: HttpRequest, program: Program) -> list[Waiting]:
    uploads = Upload.objects.filter(program=program, state__in=Upload.UNFINISHED).count()
    failed = Export.objects.filter(program=program, user=request.user.pk, state=Export.State.FAILED).count()
    return [
        Waiting(
            f"{_counted(uploads, 'uploaded file')} not imported",
            "What is in it counts only when it is.",
            "Go on",
            address("tracking:upload_list", program, "?state=unfinished"),
            uploads,
        ),
        Waiting(
            f"{_counted(failed, 'report file')} could not be written",
            "The reason stands beside it.",
            "Try again",
            address("reports:export_list", program, "?state=failed"),
            failed,
        ),
    ]


def _on_the_way(request: HttpRequest, program: Program) -> list[Waiting]:
    """What a worker does by itself."""
    orders = Conversion.objects.filter(program=program, is_test=False).waiting().count()
    changes = Modification.objects.filter(program=program).waiting().count()
    files = Export.objects.filter(program=program, user=request.user.pk, state__in=Export.UNFINISHED).count()
    rows = (
        (orders, "order", "being priced", address("tracking:conversion_list", program, "?state=WAITING")),
        (
            changes,
            "change",
            "being applied",
            address("tracking:conversion_list", program, "?tab=modifications&state=WAITING"),
        ),
        (files, "report file", "being written", address("reports:export_list", program, "?state=unfinished")),
    )
    return [
        Waiting(f"{_counted(count, noun)} {state}", "", "See them", url, count, is_due=False)
        for count, noun, state, url in rows
    ]


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
