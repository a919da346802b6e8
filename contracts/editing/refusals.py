"""Refusals of services, beside the fields that they are about."""

from collections.abc import Mapping

from django.forms import Form

from contracts.engine.document.load import TermsRefused

FIELDS = {
    "Name": "name",
    "Labels": "labels",
    "Currency": "currency",
    "Join": "partners",
    "Start": "start",
    "End": "end",
}


def refuse(form: Form, refused: TermsRefused, fields: Mapping[str, str] = FIELDS) -> None:
    """Put each error beside its field; an error that names no field of the form is shown above it."""
    for path, message in refused.errors:
        name = fields.get(path) or fields.get(path.partition("[")[0].partition(".")[0])
        form.add_error(name if name in form.fields else None, message[:1].upper() + message[1:])
