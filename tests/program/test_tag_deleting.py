"""A tag that many customers carry is deleted by a worker, and nobody can use it from the first moment on."""

import pytest
from django.urls import reverse

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.progress import ClaimLost
from common.jobs.runner import claim
from common.refusals import Refused
from contracts.models import TemplateTerms
from contracts.publishing.services import join_partners, publish_document, publish_draft
from program.models import Customer, CustomerTag, TagAct
from program.models.customer import CustomerTagging
from program.tags import deleting
from program.tags.assigning.acts import undo_act
from program.tags.assigning.services import remove_customer_tags
from program.tags.deleting import DELETE, TAG_DELETIONS, delete_customer_tag, run_deletion
from program.tags.services import create_customer_tag
from tests.factories import make_contracts, make_customer, make_event_type, make_partner, terms_document
from tracking.api.customers.written import tags_named
from tracking.pricing.lookups import load_customers


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


@pytest.fixture
def vip(brand, monkeypatch):
    """Three customers carry it, more than are taken off at once here."""
    monkeypatch.setattr(deleting, "AT_ONCE", 2)
    monkeypatch.setattr(deleting, "BATCH", 2)
    for number in range(3):
        make_customer(program=brand, customer_id=f"C-{number}", tags=["VIP", "Press"])
    return CustomerTag.objects.get(name="VIP")


def carried():
    return [customer.tag_ids for customer in Customer.objects.order_by("pk")]


def test_a_worker_takes_it_off_everybody_and_deletes_it(brand, vip, editor):
    answer = editor.post(url("customer_tag_delete", vip.pk), {"on": "yes"})
    act = TagAct.objects.get()
    assert answer["Location"] == url("tag_act_detail", act.pk)
    page = editor.get(answer["Location"]).content.decode()
    assert "Delete VIP" in page
    assert "Nobody can use the tag any more" in page
    assert "<b>VIP</b> is being deleted" in editor.get(url("customer_tag_list")).content.decode()
    assert run_deletion(act.pk)
    assert not CustomerTag.every.filter(name="VIP").exists()
    press = CustomerTag.objects.get()
    assert carried() == [[press.pk]] * 3
    page = editor.get(answer["Location"]).content.decode()
    assert "<b>VIP</b> deleted: it is removed from 3 customers" in page
    assert url("tag_act_undo", act.pk) not in page
    assert "is being deleted" not in editor.get(url("customer_tag_list")).content.decode()
    act.refresh_from_db()
    with pytest.raises(Stale):
        undo_act(act=act)
    create_customer_tag(program=brand, name="VIP")


def test_before_it_is_deleted_the_dialog_says_how_many_customers_have_it(brand, vip, editor, monkeypatch):
    def asked():
        return editor.get(url("customer_tag_delete", vip.pk), headers={"HX-Request": "true"}).content.decode()

    assert "removed from the 3 customers who have it. A worker does so" in asked()
    monkeypatch.setattr(deleting, "AT_ONCE", 3)
    assert "removed from the 3 customers who have it. Drafts" in asked()
    remove_customer_tags(customers=list(Customer.objects.all()[1:]), tags=[vip])
    assert "removed from the 1 customer who has it. Drafts" in asked()
    remove_customer_tags(customers=list(Customer.objects.all()[:1]), tags=[vip])
    assert "No customer has it now. Drafts" in asked()


def test_nobody_can_use_it_from_the_first_moment_on(brand, vip, editor):
    delete_customer_tag(tag=vip)
    customer = Customer.objects.first()
    assert editor.get(url("customer_tag_edit", vip.pk)).status_code == 404
    assert editor.post(url("customer_tag_delete", vip.pk)).status_code == 404
    dialog = editor.post(url("customer_assign"), {"row": [customer.pk]}).content.decode()
    assert "Press" in dialog
    assert "VIP" not in dialog
    assert tags_named(brand, ["VIP"]) == {}
    (known,) = load_customers({(brand.pk, customer.customer_id)}).values()
    assert [tag.name for tag in known.tags] == ["Press"]
    assert "VIP" not in editor.get(reverse("tracking:customer_list", args=[1000])).content.decode()
    with pytest.raises(Refused):
        create_customer_tag(program=brand, name="vip")
    with pytest.raises(Stale):
        delete_customer_tag(tag=vip)


def test_one_that_is_cancelled_brings_the_tag_back(brand, vip, editor):
    before = list(CustomerTagging.objects.order_by("pk").values())
    act = delete_customer_tag(tag=vip)
    claimed = claim(TAG_DELETIONS, DELETE, act.pk)
    cancel_job(TAG_DELETIONS, act, user_id=None)
    with pytest.raises(ClaimLost):
        DELETE.do(claimed)
    assert list(CustomerTagging.objects.order_by("pk").values()) == before
    assert editor.get(url("customer_tag_edit", vip.pk)).status_code == 200
    assert "Cancelled. Nothing was changed." in editor.get(url("tag_act_detail", act.pk)).content.decode()


def test_one_that_terms_ask_for_by_now_is_not_deleted(brand, vip, editor):
    make_event_type(program=brand, code="SALE")
    act = delete_customer_tag(tag=vip)
    rules = [{"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}]
    document = terms_document(groups=[{"Rank": 1, "Rules": rules, "PayoutRate": "15"}])
    make_contracts(program=brand, document=document, partners=[make_partner(program=brand)])
    run_deletion(act.pk)
    act.refresh_from_db()
    assert act.state == "FAILED"
    assert "terms in force ask for it: Standard" in act.failure
    assert CustomerTag.objects.filter(pk=vip.pk).exists()
    assert all(vip.pk in tags for tags in carried())


def test_terms_that_ask_for_it_are_not_published_meanwhile(brand, vip):
    """Its customers would be paid for without it, and with it again where the deletion fails."""
    make_event_type(program=brand, code="SALE")
    make_partner(program=brand)
    rules = [{"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["Press", "vip"]}]
    asking = {"document": terms_document(groups=[{"Rank": 1, "Rules": rules, "PayoutRate": "15"}]), "program": brand}
    publish_document(**asking)
    terms = TemplateTerms.objects.get()
    act = delete_customer_tag(tag=vip)
    for publish in (
        lambda: publish_document(**asking, join="all"),
        lambda: publish_draft(template_terms=terms),
        lambda: join_partners(template_terms=terms, join="all"),
    ):
        with pytest.raises(Refused) as refused:
            publish()
        [error] = refused.value
        assert error.path == "EventPayouts[0].PayoutGroups[0].Rules[0].Values"
        assert error.message == "the tag vip is being deleted: publish when that is over, or cancel it"
    assert run_deletion(act.pk)
    assert publish_document(**asking, join="all").contracts_made == 1


def test_few_customers_lose_it_at_once(brand, editor):
    make_customer(program=brand, tags=["VIP"])
    tag = CustomerTag.objects.get()
    editor.post(url("customer_tag_delete", tag.pk), {"on": "yes"})
    assert not CustomerTag.every.exists()
    assert not TagAct.objects.exists()
