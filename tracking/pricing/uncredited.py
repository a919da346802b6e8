"""Why the journey of an order credits nobody, in a sentence that says what to do."""

from collections.abc import Mapping

from contracts.agreements.plans import terms_of
from contracts.engine.attribution.credit import Credit, Judged, Verdict
from contracts.engine.explain.journey import KINDS, windows_in_words
from program.models import EventType
from program.templatetags.brandboard import moment
from tracking.journeys.journeys import Under
from tracking.models import Conversion

_OF_REASON = {
    "OUTSIDE_ASSOCIATION_WINDOW": Verdict.OUTSIDE_WINDOW,
    "REFTYPE_NOT_ACCEPTED": Verdict.KIND_NOT_ACCEPTED,
    "ACTIONTERMS_NOT_FOUND": Verdict.NOT_COVERED,
    "CONTRACT_NOT_FOUND": Verdict.NO_CONTRACT,
}


def why(conversion: Conversion, judged: Credit, agreed: Mapping[int, Under], event_type: EventType) -> str:
    """Of several steps, the latest that lies nearest to being credited is named."""
    if not judged.judged:
        return _nothing(conversion)
    wanted = _OF_REASON.get(judged.reason)
    nearest = [each for each in judged.judged if each.verdict is wanted]
    if not nearest:
        return "Its journey has no step of a partner before the order: nobody is credited."
    return _of_step(nearest[-1], agreed, event_type)


def _nothing(conversion: Conversion) -> str:
    keys = [name for name in ("ClickId", "CustomProfileId", "CustomerId") if conversion.payload.get(name)]
    sent = f"no click or impression was found by its {' and '.join(keys)}" if keys else "it names no click and nobody"
    return (
        f"Nothing links the order to a partner: {sent}, and no promo code of it credits one. It is priced by itself "
        "if that arrives."
    )


def _of_step(each: Judged, agreed: Mapping[int, Under], event_type: EventType) -> str:
    step = each.step
    under = agreed.get(step.partner or 0)
    terms = terms_of(under.terms_version) if under else None
    when = moment(step.at, event_type.program.zone)
    what = f"The {KINDS[step.kind]} of {step.media} on {when}"
    match each.verdict, terms:
        case Verdict.OUTSIDE_WINDOW, terms if terms:
            referrals = terms.event_payout(event_type.code).valid_referrals
            return f"{what} lies outside of the {windows_in_words(referrals, step.kind)} of {terms.name}."
        case Verdict.KIND_NOT_ACCEPTED, terms if terms:
            return f"{what} does not count: {terms.name} counts no {KINDS[step.kind]}s."
        case Verdict.NOT_COVERED, terms if terms:
            return (
                f"{what} would count, but {terms.name} does not pay for {event_type.code}: join the partner to terms "
                "that do from a date before the order, and it is priced."
            )
    return (
        f"{what} would count, but the partner had no contract for {event_type.code} at the time of the order: join "
        "the partner to terms from a date before it, and it is priced."
    )
