"""Refusals of services, beside the fields that they are about."""

from django.forms import Form

from contracts.engine.document.load import TermsRefused

FIELDS = {
    "Name": "name",
    "Labels": "labels",
    "Currency": "currency",
    "EventTypeCode": "event_type",
    "DefaultPayout": "value",
    "DefaultPayoutRate": "value",
    "PayoutLevel": "payout_level",
    "Locking.MonthOffset": "locking_months",
    "Locking.DayOffset": "locking_days",
    "PayoutScheduling.MonthOffset": "scheduling_months",
    "PayoutScheduling.DayOffset": "scheduling_days",
    "Join": "partners",
    "Start": "start",
    "End": "end",
}


def refuse(form: Form, refused: TermsRefused) -> None:
    """Put each error beside its field; an error that names no field of the form is shown above it."""
    for path, message in refused.errors:
        name = FIELDS.get(path) or FIELDS.get(path.partition("[")[0].partition(".")[0])
        form.add_error(name if name in form.fields else None, message[:1].upper() + message[1:])
