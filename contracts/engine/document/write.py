"""Terms as their canonical document: the inverse of `load.load`, and the only writer of documents."""

from typing import Any

from contracts.engine.document.terms import OF_TERMS, SECTIONS, EventPayout, Terms


def document(terms: Terms) -> dict[str, Any]:
    """The canonical document: `load(document(terms)) == terms`, and values equal to the default are left out."""
    written: dict[str, Any] = {
        "Name": terms.name,
        "Currency": terms.currency,
        "Labels": list(terms.labels),
        "EventPayouts": [_event_payout(payout) for payout in terms.event_payouts],
    }
    for name, section in OF_TERMS.items():
        written |= section.write(getattr(terms, name))
    return written


def _event_payout(payout: EventPayout) -> dict[str, Any]:
    written: dict[str, Any] = {"EventTypeCode": payout.event_type_code}
    for name, section in SECTIONS.items():
        written |= section.write(getattr(payout, name))
    return written
