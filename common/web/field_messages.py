"""What a field says of what was typed: what to enter, with an example, in place of Django's sentences."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

CHOOSE = "Choose one of the list."
# By Django's codes; where a validator gives a limit, it is written in.
OF_EVERY_FIELD = {
    "max_length": "Use at most %(limit_value)d characters; this has %(show_value)d.",
    "min_length": "Use at least %(limit_value)d characters; this has %(show_value)d.",
    "max_value": "Enter %(limit_value)s or less.",
    "min_value": "Enter %(limit_value)s or more.",
    "max_digits": "Use at most %(max)s digits in all.",
    "max_decimal_places": "Use at most %(max)s digits after the point.",
    "max_whole_digits": "Use at most %(max)s digits before the point.",
    "null_characters_not_allowed": "It holds a character that cannot be stored; type it again.",
    "invalid_choice": CHOOSE,
    "invalid_list": CHOOSE,
    "invalid_pk_value": CHOOSE,
}
# The first that a field is one of: what it takes is in the message.
INVALID: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.EmailField, "Enter an e-mail address, such as name@example.com."),
    (forms.DecimalField, "Enter a number, such as 12.5."),
    (forms.IntegerField, "Enter a whole number, such as 30."),
    (forms.DateField, "Choose a day, such as 2026-01-31."),
    (forms.DateTimeField, "Enter a day and a time, such as 2026-01-31 14:30."),
    (forms.FileField, "Choose a file."),
)


class Worded(forms.Form):
    """A form whose fields say what to enter. `asks` completes “Enter …” where a field's label does not."""

    asks: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        say_what_to_enter(self.fields, self.asks)


def say_what_to_enter(fields: Mapping[str, forms.Field], asks: Mapping[str, str]) -> None:
    """Have fields say it in place of Django's words; what a field was given of its own stays."""
    for name, field in fields.items():
        label = str(field.label or "") or name.replace("_", " ").capitalize()
        words = {**OF_EVERY_FIELD, "required": required(field, asks.get(name) or _named(label))}
        if invalid := next((words for kind, words in INVALID if isinstance(field, kind)), ""):
            words["invalid"] = invalid
        given = _djangos(field)
        field.error_messages |= {
            code: text for code, text in words.items() if field.error_messages.get(code) is given.get(code)
        }


def required(field: forms.Field, what: str) -> str:
    """What a field says that was left empty."""
    if isinstance(field, forms.FileField):
        return "Choose a file."
    if isinstance(field, forms.BooleanField):
        return "Tick this to go on."
    verb = "Choose" if isinstance(field, forms.ChoiceField | forms.DateField) else "Enter"
    return f"{verb} {what}."


def _named(label: str) -> str:
    """A label within a sentence: a name, an e-mail address, your password, labels."""
    first, _, rest = str(label).partition(" ")
    lower = first if first.isupper() and len(first) > 1 else first[:1].lower() + first[1:]
    words = f"{lower} {rest}".strip()
    if lower == "your" or (lower.endswith("s") and not lower.endswith(("ss", "us"))):
        return words
    return f"{'an' if lower[:1].lower() in 'aeiou' else 'a'} {words}"


def _djangos(field: forms.Field) -> dict[str, Any]:
    """The messages that a field of this kind has by itself: what a form says is left as it is."""
    given: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        given |= getattr(kind, "default_error_messages", {})
    return given
