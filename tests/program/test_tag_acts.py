"""Tags on many customers at once: by a worker on all that match a filter, cancelled, undone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.progress import ClaimLost
from common.jobs.retention import remove_old_contents
from common.jobs.runner import claim
from program.models import Customer, TagAct
from program.models.customer import CustomerTagging
from program.models.tag_act import TagActChange
from program.tags.assigning import acts
from program.tags.assigning.acts import TAG, TAG_ACTS, act_at_once, create_act, run_act, run_undo, undo_act
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.deleting import delete_customer_tag
from program.tags.services import archive_customer_tag
from tests.factories import make_customer, make_customer_tag, make_program


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand)


@pytest.fixture
def customers(brand, vip):
    """Anna carries VIP, Bea had it, Carla never."""
    made = [make_customer(program=brand, customer_id=name) for name in ("Anna", "Bea", "Carla")]
    assign_customer_tags(customers=made[:2], tags=[vip], since=timezone.now() - timedelta(days=9))
    remove_customer_tags(customers=made[1:2], tags=[vip], until=timezone.now() - timedelta(days=5))
    return made


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


def stored():
    names = ("id", "customer", "tag", "period", "assigned_by", "assigned_at")
    return sorted(CustomerTagging.objects.values_list(*names))


def asked(brand, tag, query="", kind="ASSIGN", **more):
    act = create_act(program=brand, kind=kind, tags=[tag], query=query, **more)
    assert run_act(act.pk)
    act.refresh_from_db()
    return act


def test_a_worker_tags_all_that_match_the_filter(brand, customers, vip, erin):
    make_customer(program=make_program(), customer_id="Anna too")
    act = asked(brand, vip, "q=a", user_id=erin.pk)
    assert (act.state, act.rows) == ("DONE", 3)
    assert act.outcome == {"Began": 2, "Extended": 0, "Ended": 0, "Customers": 2, "Priced": 0}
    assert CustomerTagging.objects.current().filter(tag=vip).count() == 3
    assert CustomerTagging.objects.current().filter(assigned_by=erin).count() == 2
    assert not run_act(act.pk), "it is done once"


def test_the_filter_may_be_about_the_tag_itself(brand, customers, vip):
    act = asked(brand, vip, f"tag={vip.pk}", kind="REMOVE")
    assert act.outcome["Ended"] == 1
    assert not CustomerTagging.objects.current().exists()


@pytest.mark.parametrize("kind", ["ASSIGN", "REMOVE"])
@pytest.mark.parametrize("ago", [0, 3, 7, 30])
def test_undone_every_tagging_is_as_it_was(kind, ago, brand, customers, vip):
    before = stored()
    since = timezone.now() - timedelta(days=ago) if ago else None
    act = asked(brand, vip, kind=kind, since=since)
    assert stored() != before
    undo_act(act=act)
    assert stored() == before
    act.refresh_from_db()
    assert (act.state, act.outcome["Kept"]) == ("UNDONE", 0)
    with pytest.raises(Stale):
        undo_act(act=act)


def test_what_was_changed_since_is_kept(brand, customers, vip):
    anna, _, carla = customers
    act = act_at_once(program=brand, kind="ASSIGN", tags=[vip], customers=[each.pk for each in customers])
    remove_customer_tags(customers=[carla], tags=[vip])
    since = stored()
    undo_act(act=act)
    act.refresh_from_db()
    assert act.outcome["Kept"] == 1
    assert [row for row in stored() if row[1] == carla.pk] == [row for row in since if row[1] == carla.pk]
    assert CustomerTagging.objects.current().get().customer == anna


def test_a_tag_that_was_removed_and_assigned_again_is_not_restored_over_it(brand, customers, vip):
    anna = customers[0]
    act = act_at_once(program=brand, kind="REMOVE", tags=[vip], customers=[anna.pk])
    assign_customer_tags(customers=[anna], tags=[vip])
    before = stored()
    undo_act(act=act)
    assert stored() == before


def test_a_large_act_is_undone_by_a_worker(brand, customers, vip, monkeypatch):
    before = stored()
    act = asked(brand, vip)
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    assert undo_act(act=act)
    assert run_undo(act.pk)
    assert stored() == before


def test_a_cancelled_act_has_changed_nobody(brand, customers, vip):
    before = stored()
    act = create_act(program=brand, kind="ASSIGN", tags=[vip])
    claimed = claim(TAG_ACTS, TAG, act.pk)
    cancel_job(TAG_ACTS, act, user_id=None)
    with pytest.raises(ClaimLost):
        TAG.do(claimed)
    assert stored() == before
    assert not TagActChange.objects.exists()
    waiting = create_act(program=brand, kind="ASSIGN", tags=[vip])
    cancel_job(TAG_ACTS, waiting, user_id=None)
    assert not run_act(waiting.pk)


def test_a_tag_that_is_archived_or_deleted_before_the_worker_comes(brand, customers, vip):
    staff = make_customer_tag(program=brand, name="Staff")
    archived, deleted = (create_act(program=brand, kind="ASSIGN", tags=[tag]) for tag in (vip, staff))
    archive_customer_tag(tag=vip, on=True)
    delete_customer_tag(tag=staff)
    for act in (archived, deleted):
        run_act(act.pk)
        act.refresh_from_db()
    assert (archived.state, archived.failure) == ("FAILED", "tags: VIP is archived and cannot be assigned.")
    assert (deleted.state, deleted.outcome["Customers"]) == ("DONE", 0)


def test_what_an_act_changed_is_kept_for_30_days(brand, customers, vip):
    act = asked(brand, vip)
    TagAct.objects.filter(pk=act.pk).update(finished_at=timezone.now() - timedelta(days=31))
    remove_old_contents()
    assert not TagActChange.objects.exists()
    with pytest.raises(Stale):
        undo_act(act=act)


def test_the_dialog_leads_from_the_filter_to_progress_the_result_and_undo(brand, customers, vip, editor):
    dialog = {"headers": {"HX-Request": "true", "HX-Target": "dialog"}}
    form = {"every": "1", "query": "q=a"}
    step = editor.post(url("customer_assign"), form, **dialog).content.decode()
    assert "All 3 customers that match this filter." in step
    assert "Edit tags" in step
    waits = editor.post(url("customer_assign"), {**form, "act": "assign", "tags": vip.pk}, **dialog).content.decode()
    act = TagAct.objects.get()
    assert "Waiting in the background" in waits
    assert url("tag_act_cancel", act.pk) in waits
    assert f'hx-get="{url("tag_act_detail", act.pk)}"' in waits, "it asks how far it is"
    run_act(act.pk)
    done = editor.get(url("tag_act_detail", act.pk), **dialog).content.decode()
    assert "<b>VIP</b> assigned to 2 customers, of 3: the others had the tag already." in done
    assert 'hx-trigger="every' not in done
    undone = editor.post(url("tag_act_undo", act.pk), **dialog).content.decode()
    assert "Undone: the customers have the tags that they had before." in undone
    assert "Undo</button>" not in undone


@pytest.mark.parametrize("query", ["tag=999999", "tag=abc", "country=zz", "first_from=0001-01-01", "revenue_from=NaN"])
def test_a_filter_that_cannot_be_read_is_refused_before_anybody_is_asked(query, brand, customers, vip, editor):
    for act in ({}, {"act": "assign", "tags": vip.pk}):
        answer = editor.post(url("customer_assign"), {"every": "1", "query": query, **act}, follow=True)
        assert "Nothing was changed." in answer.content.decode()
    assert not TagAct.objects.exists()


def test_a_moment_is_read_in_the_time_zone_of_the_program(brand, customers, vip, editor):
    form = {"row": [customers[2].pk], "tags": vip.pk, "act": "assign"}
    assert editor.post(url("customer_assign"), {**form, "since": "31 July"}).status_code == 422
    assert editor.post(url("customer_assign"), {**form, "since": "1066-10-14T12:00"}).status_code == 422
    skipped = editor.post(url("customer_assign"), {**form, "since": "2026-03-29T01:30"})
    assert (skipped.status_code, "01:30 does not exist" in skipped.content.decode()) == (422, True)
    assert editor.post(url("customer_assign"), {**form, "since": "0001-01-01T00:00+23:59"}).status_code == 422
    assert editor.post(url("customer_assign"), {**form, "since": "2000-01-01T00:00-23:59"}).status_code == 302
    CustomerTagging.objects.filter(customer=customers[2]).delete()
    assert editor.post(url("customer_assign"), {**form, "since": "2026-07-31T00:30"}).status_code == 302
    since = CustomerTagging.objects.get(customer=customers[2]).period.lower
    assert since.isoformat() == "2026-07-30T23:30:00+00:00"


def test_a_tag_of_many_is_archived_and_cannot_be_assigned_from_the_dialog(brand, customers, vip, editor):
    archive_customer_tag(tag=vip, on=True)
    form = {"row": [customers[2].pk], "tags": vip.pk, "act": "assign"}
    answer = editor.post(url("customer_assign"), form)
    assert answer.status_code == 422
    assert "VIP is archived and cannot be assigned" in answer.content.decode()
    assert editor.post(url("customer_assign"), {**form, "row": [customers[0].pk], "act": "remove"}).status_code == 302
    assert not CustomerTagging.objects.current().exists()


def test_a_viewer_sees_an_act_and_changes_nothing(brand, customers, vip, bob, client_of):
    act, viewer = asked(brand, vip), client_of(bob)
    page = viewer.get(url("tag_act_detail", act.pk))
    assert page.status_code == 200
    assert url("tag_act_undo", act.pk) not in page.content.decode()
    assert viewer.post(url("tag_act_undo", act.pk)).status_code == 403
    assert Customer.objects.filter(customertagging__period__endswith=None).distinct().count() == 3
