"""The command that sets up a brand."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.api_tokens import token_in_force
from program.models import EventType, Program

ARGUMENTS = ["create_program", "--id", "1000", "--name", "Gift shop", "--currency", "gbp"]


def run(*arguments):
    out = StringIO()
    call_command(*ARGUMENTS, *arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_it_prints_credentials_that_open_the_new_account():
    answer = run("--time-zone", "Europe/London", "--event-type", "SALE", "--event-type", "LEAD")
    program = Program.objects.get(id=1000)
    assert (program.name, program.currency, program.time_zone) == ("Gift shop", "GBP", "Europe/London")
    token = token_in_force(answer["AccountSID"], answer["AuthToken"])
    assert (token.account, token.scope) == (program.account, "WRITE")
    assert answer["ProgramId"] == 1000
    assert answer["EventTypes"] == [
        {"Id": event_type.id, "Code": event_type.code} for event_type in EventType.objects.order_by("id")
    ]


@pytest.mark.django_db
def test_it_sets_the_mapping_of_each_event_type():
    run("--event-type", "SALE", "--map", "SALE:New=new;Existing=repeat,known", "--map", "SALE:Re-Engaged=lapsed")
    assert EventType.objects.get().statuses() == {
        "Existing": ["known", "repeat"],
        "New": ["new"],
        "Re-Engaged": ["lapsed"],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--time-zone", "Mars/Base"], "not a valid time zone"),
        (["--event-type", "A", "--event-type", "a"], "already"),
        (["--event-type", "not a code"], "letters, digits"),
        (["--event-type", "SALE", "--map", "LEAD:New=n"], "--map names LEAD"),
        (["--event-type", "SALE", "--map", "SALE:New"], "not part of a mapping"),
    ],
)
def test_a_mistake_is_one_clear_line_and_nothing_is_made(arguments, message):
    with pytest.raises(CommandError, match=message) as error:
        run(*arguments)
    assert "\n" not in str(error.value)
    assert not Program.objects.exists()


@pytest.mark.django_db
def test_a_number_in_use_is_refused():
    run()
    with pytest.raises(CommandError, match="Program 1000 already exists"):
        run()
