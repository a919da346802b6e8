"""Django admin takes no account its last administrator: not by role, by switch, by deleting, one or many."""

import pytest
from django.urls import reverse

from accounts.models import Membership, User
from tests.factories import make_user

REFUSAL = "alice is the last administrator of Anvils Ltd. Make somebody else administrator first."


@pytest.fixture
def root(alice, erin, client_of):
    """A browser of who runs the installation; alice is the brand's only administrator."""
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def hers(alice):
    return alice.membership_set.get()


@pytest.fixture
def dora(brand):
    """Another administrator."""
    return make_user(username="dora", program=brand, role="ADMINISTRATOR")


def remains(alice):
    return Membership.objects.administrators().filter(user=alice).exists()


def change(browser, row, **fields):
    """Save a row's form in the admin with these fields changed."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    form = browser.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values = {name: value for name, value in (values | fields).items() if value is not False}
    for name in ("last_login", "date_joined"):
        if moment := values.pop(name, None):
            values[f"{name}_0"], values[f"{name}_1"] = f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}"
    return browser.post(address, values).content.decode()


def save_account(browser, account, *members):
    """Save the account's form with these members: (membership or None, user, role, whether active, whether deleted)."""
    form = {"name": account.name, "membership_set-TOTAL_FORMS": len(members),
            "membership_set-INITIAL_FORMS": sum(membership is not None for membership, *_ in members)}  # fmt: skip
    for number, (membership, user, role, is_active, is_deleted) in enumerate(members):
        said = {"id": membership.pk if membership else "", "user": user.pk, "role": role, "account": account.pk}
        said |= {"is_active": "on"} if is_active else {}
        said |= {"DELETE": "on"} if is_deleted else {}
        form |= {f"membership_set-{number}-{name}": value for name, value in said.items()}
    return browser.post(reverse("admin:accounts_account_change", args=[account.pk]), form).content.decode()


@pytest.mark.parametrize("fields", [{"role": "EDITOR"}, {"is_active": False}], ids=["demoted", "removed"])
def test_on_the_page_of_the_membership(root, alice, hers, fields):
    assert REFUSAL in change(root, hers, **fields)
    assert remains(alice)


@pytest.mark.parametrize("fields", [{"role": "EDITOR"}, {"is_active": False}], ids=["demoted", "removed"])
def test_with_another_administrator_it_is_done(root, alice, hers, dora, fields):
    assert change(root, hers, **fields) == ""
    assert not remains(alice)


def test_a_membership_stays_with_its_user_and_account(root, hers, erin):
    change(root, hers, user=erin.pk, account=0)
    assert Membership.objects.get(pk=hers.pk).user_id == hers.user_id


def test_on_the_page_of_the_user(root, alice):
    assert REFUSAL in change(root, alice, is_active=False)
    assert remains(alice)


def test_a_user_who_is_not_the_last_is_closed(root, alice, dora):
    assert change(root, alice, is_active=False) == ""
    assert not remains(alice)


def test_a_closed_administrator_is_none(root, alice, hers, dora):
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert REFUSAL in change(root, hers, role="EDITOR")


@pytest.mark.parametrize("model", ["accounts_membership", "accounts_user"])
def test_by_deleting(root, alice, hers, model):
    row = hers if model == "accounts_membership" else alice
    address = reverse(f"admin:{model}_delete", args=[row.pk])
    assert REFUSAL in root.get(address).content.decode()
    root.post(address, {"post": "yes"})
    assert remains(alice)


@pytest.mark.parametrize("model", ["accounts_membership", "accounts_user"])
def test_by_deleting_all_that_are_ticked(root, alice, hers, dora, model):
    rows = [dora.membership_set.get(), hers] if model == "accounts_membership" else [dora, alice]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    page = root.post(reverse(f"admin:{model}_changelist"), chosen).content.decode()
    assert REFUSAL in page
    assert "dora is the last" in page
    assert remains(alice)


def test_deleting_one_of_two_is_done(root, alice, hers, dora):
    root.post(reverse("admin:accounts_membership_delete", args=[hers.pk]), {"post": "yes"})
    assert not remains(alice)


@pytest.mark.parametrize(
    ("role", "is_active", "is_deleted"),
    [("EDITOR", True, False), ("ADMINISTRATOR", False, False), ("ADMINISTRATOR", True, True)],
    ids=["demoted", "removed", "deleted"],
)
def test_among_the_members_of_the_account(root, brand, alice, hers, erin, role, is_active, is_deleted):
    row = erin.membership_set.get()
    hers_changed, unchanged = (hers, alice, role, is_active, is_deleted), (row, erin, "EDITOR", True, False)
    assert REFUSAL in save_account(root, brand.account, hers_changed, unchanged)
    assert remains(alice)
    promoted = (row, erin, "ADMINISTRATOR", True, False)
    assert save_account(root, brand.account, hers_changed, promoted) == ""
    assert not remains(alice)


def test_an_account_without_members_is_saved(root, brand):
    Membership.objects.all().delete()
    assert save_account(root, brand.account) == ""
