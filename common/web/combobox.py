"""The field of a form whose choices are looked up as one types (js/combo-box.js); without script it is a text field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString


class Combobox(forms.TextInput):
    """Sends the value of what was chosen, and shows its words; what was typed and not chosen is sent as it is.

    `kind` is that of the choices; `words` are those of a value that the form is shown with, and may be longer than it.
    With `takes_other` the list says that what it does not have is taken as it is.
    With `takes_many` the value is a list of words with commas between, which may also be new.
    """

    def __init__(
        self,
        kind: str,
        words: Callable[[str], str] = str,
        *,
        takes_many: bool = False,
        takes_other: bool = False,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.kind, self.words, self.takes_many, self.takes_other = kind, words, takes_many, takes_other

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        text = super().render(name, value, {"autocomplete": "off", **(attrs or {}), "maxlength": False}, renderer)
        words = "" if value in (None, "") or self.takes_many else self.words(str(value))
        mode = " data-many" if self.takes_many else " data-other" if self.takes_other else ""
        markup = f'<combo-box data-kind="{{}}" data-words="{{}}"{mode}>{{}}</combo-box>'
        return format_html(markup, self.kind, words, text)
