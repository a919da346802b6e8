"""Reads terms documents: `load` checks all of one and returns Terms; `document` writes them canonically. Field names
and vocabulary are the platform's; what the engine does not support yet is refused with its path, so nothing is stored
without effect.
"""

from collections.abc import Callable, Collection, Mapping

from common.refusals import Refused
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.terms import OF_TERMS, SECTIONS, EventPayout, Terms
from contracts.engine.document.write import document

__all__ = ["document", "load"]

type Default = Callable[[object], bool]


def load(
    document: object,
    *,
    digits: Mapping[str, int],
    lists: Collection[str] | None = None,
    is_strict: bool = True,
) -> Terms:
    """Terms from a document (parsed JSON), or Refused with every error at once.

    `digits` are the ISO 4217 digits by currency code; `lists` the names of the program's exception lists, None to
    accept any name. `is_strict` is False for documents that were published before: refusals added since then do not
    apply.
    """
    errors = Errors(is_strict=is_strict)
    node = Node(document, "", errors)
    if errors:
        raise Refused("the terms document must be a JSON object")
    name = node.text("Name", required=True)
    currency = node.text("Currency", required=True).upper()
    if currency and currency not in digits:
        node.error("Currency", f"{currency} is not a valid ISO 4217 currency code")
    labels = _labels(node)
    payouts = tuple(_event_payout(Node(row, path, errors), lists) for path, row in node.rows("EventPayouts"))
    if not payouts and not any(each.path.startswith("EventPayouts") for each in errors):
        node.error("EventPayouts", "is required: at least one event payout")
    _refuse_repeats(payouts, errors)
    values = {name: section.read(node, lists) for name, section in OF_TERMS.items()}
    for key, (what, is_default) in _UNSUPPORTED.items():
        node.unsupported(key, what, is_default)
    node.close()
    errors.raise_any()
    return Terms(name, currency, labels, payouts, **values)


def _labels(node: Node) -> tuple[str, ...]:
    labels = []
    for path, label in node.rows("Labels"):
        if isinstance(label, str) and label.strip():
            labels.append(label.strip())
        else:
            node.errors.add(path, "must be a text")
    return tuple(labels)


def _refuse_repeats(payouts: Collection[EventPayout], errors: Errors) -> None:
    seen: set[str] = set()
    for index, payout in enumerate(payouts):
        if payout.event_type_code and payout.event_type_code in seen:
            errors.add(f"EventPayouts[{index}].EventTypeCode", f"{payout.event_type_code} is listed twice")
        seen.add(payout.event_type_code)


def _event_payout(node: Node, lists: Collection[str] | None) -> EventPayout:
    code = node.text("EventTypeCode", required=True)
    values = {name: section.read(node, lists) for name, section in SECTIONS.items()}
    for key, (what, is_default) in _UNSUPPORTED_OF_PAYOUT.items():
        node.unsupported(key, what, is_default)
    node.close()
    return EventPayout(event_type_code=code, **values)


def _never(value: object) -> bool:
    return False


# Sections that the engine does not have yet, refused unless they say nothing: what they are, and what says nothing.
_UNSUPPORTED: dict[str, tuple[str, Default]] = {
    "MinimumEarnings": ("minimum earnings", _never),
    "FlatFees": ("flat fees", _never),
    "TrackingPixel": ("a tracking pixel", lambda value: value == {"Allowed": False}),
}
_UNSUPPORTED_OF_PAYOUT: dict[str, tuple[str, Default]] = {
    "PerformanceBonus": ("a performance bonus", _never),
}
