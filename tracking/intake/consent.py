"""Whether the customer may be tracked, as the sender of an order says it: the words are the engine's, in one place."""

from collections.abc import Mapping

from contracts.engine.orders.values import NO_WORDS, yes_no

NAME = "TrackingConsent"
REFUSALS = sorted(NO_WORDS)


def is_refused(payload: Mapping[str, object]) -> bool:
    """Whether an order that was read says no."""
    return str(payload.get(NAME, "")).strip().casefold() in NO_WORDS


def is_agreed(sent: Mapping[str, object]) -> bool:
    """Whether a browser's parameters, in any letter case, leave it at yes: there every word that is no yes is a no."""
    said = [str(value) for name, value in sent.items() if name.casefold() == NAME.casefold()]
    return all(_is_yes(text) for text in said if text.strip())


def _is_yes(text: str) -> bool:
    try:
        return yes_no(text) is True
    except ValueError:
        return False
