"""What an edit form says of a field that somebody else has changed meanwhile."""

from django import forms

from common.web.edit_forms import in_words


def test_several_choices_are_said_by_their_words_and_unknown_ones_as_they_were_sent():
    field = forms.TypedMultipleChoiceField(choices=[("1", "Paid search"), ("2", "Trademark")])
    assert in_words(field, ["1", "2", "x"]) == "Paid search, Trademark, x"
    assert in_words(field, None) == ""
