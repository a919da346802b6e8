"""Who asks, and what access functions answer: members by role, API tokens by scope, strangers not at all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from accounts.api_tokens import make_api_token
from accounts.models import ApiToken, Membership
from accounts.team.roles import ROLES, Act
from contracts.access import template_terms_for_view
from program.access import partner_for_edit, partner_for_view, program_for
from program.principal import member, token_holder
from tests.factories import make_partner, make_program

MEMBERS = {"bob": {Act.VIEW}, "frank": {Act.VIEW, Act.SETTLE},
           "erin": {Act.VIEW, Act.EDIT, Act.REPORT, Act.TAG, Act.OFFER, Act.LIST, Act.SETTLE},
           "alice": set(Act)}  # fmt: skip
SCOPES = {"READ": {Act.VIEW}, "WRITE": {Act.VIEW, Act.REPORT, Act.TAG, Act.OFFER, Act.LIST}}


def rights(principal, program):
    """What access functions let it do with the program."""
    found = set()
    for act in Act:
        try:
            assert program_for(principal, program.pk, act) == program
        except PermissionDenied:
            continue
        found.add(act)
    return found


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_may_what_the_role_may(name, brand, request):
    user = request.getfixturevalue(name)
    assert rights(member(user.pk, brand.pk), brand) == MEMBERS[name]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_may_what_its_scope_may_in_every_program_of_its_account(brand, scope):
    token, _ = make_api_token(account=brand.account, name="Shop", scope=scope)
    second = make_program(account=brand.account, name="Second")
    assert [rights(token_holder(token), program) for program in (brand, second)] == [SCOPES[scope]] * 2


def test_every_role_and_scope_stands_in_the_one_table():
    assert {role for roles in ROLES.values() for role in roles} == {*Membership.Role, *ApiToken.Scope}


def test_a_token_that_may_only_read_is_told_which_scope_may_more(brand):
    token, _ = make_api_token(account=brand.account, name="Shop", scope="READ")
    with pytest.raises(PermissionDenied, match="use one with the scope Read and write"):
        program_for(token_holder(token), brand.pk, Act.REPORT)


def test_a_stranger_is_no_member_and_a_removed_one_is_none_any_more(brand, bob, charlie):
    assert member(charlie.pk, brand.pk) is None
    assert member(None, brand.pk) is None
    assert member(bob.pk, 1_234_567) is None
    bob.membership_set.update(is_active=False)
    assert member(bob.pk, brand.pk) is None


def test_a_principal_of_another_account_finds_nothing(brand, charlie, alice):
    partner = make_partner(program=brand)
    token, _ = make_api_token(account=charlie.membership_set.get().account, name="Rival's")
    for principal in (member(charlie.pk, 2000), token_holder(token)):
        for gate in (partner_for_view, template_terms_for_view):
            for program_id in (brand.pk, 2000):
                with pytest.raises(Http404):
                    gate(principal, program_id, partner.pk)
    assert partner_for_edit(member(alice.pk, brand.pk), brand.pk, partner.pk) == partner


def test_a_program_that_is_not_there_and_one_of_another_account_look_alike(brand, charlie, client_of):
    browser = client_of(charlie)
    pages = [browser.get(f"/p/{number}/partners/") for number in (brand.pk, 1_234_567)]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].content == pages[1].content
    assert Client().get(f"/p/{brand.pk}/partners/")["Location"].startswith("/log-in/")
