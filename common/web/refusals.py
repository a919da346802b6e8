"""Where refusals are read: beside the fields of a form, as the errors of an answer, in the rows of a file."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.forms import BaseForm

from common.refusals import Refusal, Refused


def to_form(form: BaseForm, refused: Iterable[Refusal], names: Mapping[str, str] | None = None) -> None:
    """Put each refusal beside its field; one of no field of the form is shown above it.

    `names` has the form's fields by path, or by the first part of one (`Locking` of `Locking.DayOffset`); without it a
    path is the name of a field.
    """
    for path, message, code, _ in refused:
        field = path if names is None else names.get(path) or names.get(_first_part(path))
        form.add_error(field if field in form.fields else None, ValidationError(sentence(message), code=code))


def to_errors(refused: Iterable[Refusal]) -> list[dict[str, object]]:
    """What the API and the commands answer, with the row of those that are in a file."""
    return [
        {**({"Row": each.row} if each.row else {}), "Field": each.path, "Message": each.message} for each in refused
    ]


def in_row(row: int, refused: Iterable[Refusal]) -> list[Refusal]:
    """The refusals in the rows of a file that they name, or else in this one."""
    return [each if each.row else each._replace(row=row) for each in refused]


@contextmanager
def as_refused(path: str = "") -> Iterator[None]:
    """Raise as Refused what Django's own validation of models, addresses and passwords finds; `path` is where, unless
    it names its fields.
    """
    try:
        yield
    except ValidationError as invalid:
        by_field = invalid.error_dict if hasattr(invalid, "error_dict") else {path: invalid.error_list}
        raise Refused(*(
            Refusal("" if name == NON_FIELD_ERRORS else name, message, error.code or "invalid")
            for name, errors in by_field.items() for error in errors for message in error.messages
        )) from None  # fmt: skip


def to_validation(refused: Iterable[Refusal]) -> ValidationError:
    """What a form's `clean_…` raises for a refusal: all of it is about that field."""
    return ValidationError([ValidationError(each.message, code=each.code) for each in refused])


def sentence(message: str) -> str:
    """The message as a sentence of its own: the engine's follow a path and begin small."""
    return message[:1].upper() + message[1:]


def _first_part(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]
