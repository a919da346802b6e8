"""The pages of help there are."""

from typing import NamedTuple


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
    Topic("exception-lists", "Exception lists and the catalog", "Paying by lists of SKUs, categories or promo codes."),
    Topic("adjustments", "Adjustments and restrictions", "Raising or lowering a payout, and orders that earn nothing."),
    Topic("account-rules", "Account rules", "Settings of terms that are locked for the whole account."),
    Topic("contracts", "Publishing and contracts", "What publishing does, who works under which version, and when."),
    Topic("links", "Ads, links and promo codes", "What partners link to, their links and codes, and channels."),
    Topic("orders", "Sending orders", "The API, files and test orders; returns and other changes."),
    Topic("browser-reports", "Orders from browsers", "Tag and pixel, and orders that the browser and the server send."),
    Topic("actions", "Actions and payouts", "States, locking, and why an order earned what it did."),
    Topic("needs-attention", "Needs attention", "Orders that could not be credited and changes that were refused."),
    Topic("reports", "Reports and exports", "What the figures count, comparing periods, and files."),
    Topic("customers", "Customers and tags", "Tagging customers, and paying more for some of them."),
    Topic("links-and-visitors", "Links and visitors", "Where click links lead, and what is told and kept of visitors."),
    Topic("keyboard", "Search and keyboard", "Finding an order or a page, and what keys do."),
)
