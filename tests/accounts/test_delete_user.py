"""Django admin deletes a user who never changed anything; a user who did is deactivated, and its pages say so."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from contracts.publishing.services import publish_document
from tests.factories import make_event_type, make_user, terms_document


@pytest.fixture
def root(alice, client_of):
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def dora(brand):
    return make_user(username="dora", program=brand, role="EDITOR")


@pytest.fixture
def bert(brand):
    return make_user(username="bert", program=brand, role="EDITOR")


def delete(browser, *users):
    """On the user's own page."""
    return browser.post(reverse("admin:accounts_user_delete", args=[users[-1].pk]), {"post": "yes"})


def delete_ticked(browser, *users):
    """By the action of the list."""
    chosen = {"action": "delete_selected", "_selected_action": [user.pk for user in users], "post": "yes"}
    return browser.post(reverse("admin:accounts_user_changelist"), chosen)


def change_something(program, user, client_of):
    form = {"name": "Anna", "media_partner_id": "A-1", "country": "", "email": ""}
    client_of(user).post(reverse("program:partner_create", args=[program.pk]), form)


def publish(program, user, client_of):
    """As a shell does it, where the audit log names nobody."""
    make_event_type(program=program)
    publish_document(program=program, document=terms_document(), user=user)
    assert not AuditEntry.objects.filter(user=user).exists()


@pytest.mark.parametrize("act", [change_something, publish], ids=["changed", "published"])
@pytest.mark.parametrize("attempt", [delete, delete_ticked], ids=["one", "ticked"])
def test_who_did_something_stays_and_the_page_says_what_to_do(attempt, act, root, brand, dora, bert, client_of):
    act(brand, dora, client_of)
    page = attempt(root, bert, dora)
    assert page.status_code == 200
    assert "Instead of deleting dora, uncheck Active" in page.content.decode()
    assert "deleting bert" not in page.content.decode()
    assert User.objects.filter(pk__in=[dora.pk, bert.pk]).count() == 2


@pytest.mark.parametrize("attempt", [delete, delete_ticked], ids=["one", "ticked"])
def test_who_did_nothing_is_deleted(attempt, root, bert, client_of):
    client_of(bert).get("/p/1000/partners/")
    assert attempt(root, bert).status_code == 302
    assert not User.objects.filter(pk=bert.pk).exists()
