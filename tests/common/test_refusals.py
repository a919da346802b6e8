"""Refusals: what they say, and how a form, an answer and a file's rows show them."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from common.refusals import Refusal, Refusals, Refused
from common.web.refusals import as_refused, in_row, to_errors, to_form, to_validation


class HeadForm(forms.Form):
    name = forms.CharField(required=False)
    days = forms.IntegerField(required=False)


def shown(refused, names=None):
    form = HeadForm({})
    assert form.is_valid()
    to_form(form, refused, names)
    return form


def test_a_refusal_says_its_place_and_what_to_do():
    refused = Refused("Send an object.", Refusal("Name", "Is required."), Refusal("Rules", "write yes", row=7))
    assert str(refused) == "Send an object.; Name: Is required.; Row 7, Rules: write yes"


def test_a_refusal_has_the_code_of_any_of_its_parts():
    refused = Refused("Send an object.", Refusal("Name", "Is in use.", "taken"))
    assert [refused.has(code) for code in ("invalid", "taken", "stale")] == [True, True, False]


def test_refusals_of_one_path_are_all_kept_or_the_first_alone():
    for one_per_path, kept in ((False, ["a", "b", "c"]), (True, ["a", "c"])):
        refusals = Refusals(one_per_path=one_per_path)
        for path, message in (("Name", "a"), ("Name", "b"), ("Days", "c")):
            refusals.add(path, message)
        assert [each.message for each in refusals] == kept
        assert "Name" in refusals
        assert "Rate" not in refusals


def test_a_form_shows_each_refusal_beside_its_field_as_a_sentence():
    form = shown([Refusal("name", "is in use", "taken"), Refusal("other", "is wrong")])
    assert form.errors == {"name": ["Is in use"], "__all__": ["Is wrong"]}
    assert form.has_error("name", "taken")


def test_a_path_finds_its_field_by_itself_or_by_its_first_part():
    names = {"Locking": "name", "Locking.DayOffset": "days"}
    refused = Refused(Refusal("Locking.DayOffset", "A"), Refusal("Locking.Basis", "B"), Refusal("name", "C"))
    assert shown(refused, names).errors == {"days": ["A"], "name": ["B"], "__all__": ["C"]}


def test_an_answer_names_the_row_of_a_file_alone():
    refused = [Refusal("Name", "Is required.", "required"), Refusal("Days", "Is wrong.", row=3)]
    assert to_errors(refused) == [
        {"Field": "Name", "Message": "Is required."},
        {"Row": 3, "Field": "Days", "Message": "Is wrong."},
    ]
    assert [each.row for each in in_row(9, refused)] == [9, 3]


def test_every_message_of_a_validation_becomes_a_refusal_with_its_code():
    invalid = ValidationError({"name": [ValidationError("A", code="unique"), "B"], "__all__": ["C"]})
    with pytest.raises(Refused) as refused, as_refused("days"):
        raise invalid
    assert list(refused.value) == [Refusal("name", "A", "unique"), Refusal("name", "B"), Refusal("", "C")]


def test_a_validation_without_fields_is_refused_where_it_was_asked_for():
    with pytest.raises(Refused) as refused, as_refused("days"):
        raise ValidationError("D", code="wait")
    assert list(refused.value) == [Refusal("days", "D", "wait")]
    assert [(error.message, error.code) for error in to_validation(refused.value).error_list] == [("D", "wait")]
