"""Help: short pages for brand managers, in the words of the product's own pages."""

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from program.access import program_for_view


class Topic(NamedTuple):
    """One page of help: its place in the address, which is its template's name too, and what it answers."""

    slug: str
    title: str
    text: str


TOPICS = (
    Topic("getting-started", "Getting started", "From an event type to the first payout, step by step."),
    Topic("customer-status", "Customer status mapping", "Telling new from returning customers by your own codes."),
    Topic("template-terms", "Template terms", "Default payout, payout level, and when actions lock and are paid."),
    Topic("payout-groups", "Payout groups", "Other payouts for some orders, by rank; rules and their values."),
    Topic("adjustments", "Adjustments and restrictions", "Raising or lowering a payout, and orders that earn nothing."),
    Topic("contracts", "Publishing and contracts", "What publishing does, who works under which version, and when."),
    Topic("orders", "Sending orders", "The API, files and test orders; returns and other changes."),
    Topic("actions", "Actions and payouts", "States, locking, and why an order earned what it did."),
    Topic("needs-attention", "Needs attention", "Orders that could not be credited and changes that were refused."),
    Topic("reports", "Reports and exports", "What the figures count, comparing periods, and files."),
    Topic("customers", "Customers and tags", "Tagging customers, and paying more for some of them."),
    Topic("keyboard", "Search and keyboard", "Finding an order or a page, and what keys do."),
)


@require_safe
def help_index(request: HttpRequest, program_id: int) -> HttpResponse:
    program_for_view(request, program_id)
    return render(request, "help/index.html", {"topics": TOPICS})


@require_safe
def help_topic(request: HttpRequest, program_id: int, topic: str) -> HttpResponse:
    program_for_view(request, program_id)
    found = next((each for each in TOPICS if each.slug == topic), None)
    if found is None:
        raise Http404("No such page of help.")
    return render(request, f"help/{found.slug}.html", {"topic": found, "topics": TOPICS})
