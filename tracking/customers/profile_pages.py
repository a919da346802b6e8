"""The profile of a customer, and where it is managed."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.web.edit_forms import status_of
from program.access import customer_for_edit, customer_for_view
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import CustomerTag
from program.models.customer import CustomerRevenue, CustomerTagging
from program.partners.countries import country_name
from program.tags.assigning.forms import CustomerTagsForm
from program.tags.assigning.services import customer_values, set_customer_tags
from tracking.models import Action

from .history import brought_by, not_credited, status_runs, ways_of

MOST_ORDERS = 25
MOST_TAGGINGS = 250  # of which those that are carried today come first


@require_safe
def customer_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """One customer: figures, orders, statuses over time, who brought them, and their tags."""
    customer = customer_for_view(request.principal, program_id, pk)
    marks = status_marks(request.program)
    actions = Action.objects.real().filter(program=program_id, customer=customer)
    newest = actions.select_related("partner", "event_type").defer("context", "order_state")
    orders = list(newest.order_by("-event_date", "-id")[: MOST_ORDERS + 1])
    taggings = CustomerTagging.objects.usable().filter(customer=customer).select_related("tag", "assigned_by")
    todays_first = F("period__endswith").desc(nulls_first=True)
    listed = list(taggings.order_by(todays_first, "-period", "tag__name")[: MOST_TAGGINGS + 1])
    context = {
        "customer": customer,
        "country": country_name(customer.country),
        "mark": marks[customer.status],
        "revenues": CustomerRevenue.objects.filter(customer=customer).order_by("-orders", "currency"),
        "orders": [(action, marks[action.customer_status_category]) for action in orders[:MOST_ORDERS]],
        "has_more_orders": len(orders) > MOST_ORDERS,
        "statuses": [(run, marks[run.status]) for run in status_runs(customer)],
        "partners": brought_by(customer),
        "ways": ways_of(orders[:MOST_ORDERS]),
        "not_credited": not_credited(customer),
        "current_tags": [tagging for tagging in listed[:MOST_TAGGINGS] if tagging.period.upper is None],
        "ended_tags": [tagging for tagging in listed[:MOST_TAGGINGS] if tagging.period.upper is not None],
        "has_more_tags": len(listed) > MOST_TAGGINGS,
    }
    return render(request, "tracking/customer_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_manage(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Set the tags of one customer; one who was erased is shown on their profile alone."""
    fetch = customer_for_edit if request.method == "POST" else customer_for_view
    customer = fetch(request.principal, program_id, pk)
    if customer.erased_at:
        return redirect("tracking:customer_detail", program_id, pk)
    program = request.program
    data = request.POST if request.method == "POST" else None  # without a tick it is empty
    form = CustomerTagsForm(data, program=program, initial=customer_values(customer))
    if form.is_valid():
        try:
            tags = list(form.cleaned_data["tags"])
            set_customer_tags(customer=customer, tags=tags, seen=form.seen, by=request.user.pk)
        except Stale:
            form.contradict(customer_values(customer), page=request.path)
        else:
            messages.success(request, f"The tags of {customer.customer_id} are saved.")
            return redirect("tracking:customer_detail", program_id, pk)
    has_tags = CustomerTag.objects.filter(program=program).exists()
    context = {"customer": customer, "form": locked(form, request.role), "has_tags": has_tags}
    return render(request, "tracking/customer_manage.html", context, status=status_of(request, form))
