"""Ads and promo codes as files: what is exported imports again unchanged, by page and by command."""

import json

import pytest
from django.core.management import call_command

from program.models import Ad, PartnerGroup
from reports.exports.services import render_export
from reports.models import Export
from tests.factories import make_ad, make_partner, make_program, make_promo_code
from tests.tracking.uploading import checked

NEW = "/p/1000/reports/exports/new/"


@pytest.fixture
def shop(brand):
    brand.landing_domains = ["shop.example"]
    brand.save()
    partner = make_partner(program=brand, media_partner_id="0012", name="Kettle", groups=["Blogs"])
    make_ad(program=brand, name="=Tea, “green”", deal="10 %", sku="007", is_active=False)
    make_ad(program=brand, name="Shop")
    make_promo_code(program=brand, code="+TEA", partner=partner)
    make_promo_code(program=brand, code="0010", use="RESERVE", group=PartnerGroup.objects.get(name="Blogs"))
    make_ad(program=make_program(), name="Foreign")
    return brand


def exported(client, handle, format):
    assert client.post(NEW, {"report": handle, "format": format})["Location"] == "/p/1000/reports/exports/"
    export = Export.objects.latest("pk")
    render_export(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.READY
    answer = client.get(f"/p/1000/reports/exports/{export.pk}/download/")
    assert export.filename in answer["Content-Disposition"]
    return answer.content


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize(("handle", "kind"), [("ads", "ADS"), ("promo_codes", "PROMO_CODES")])
def test_what_is_exported_imports_again_unchanged(shop, bob, client_of, handle, kind, format):
    content = exported(client_of(bob), handle, format)
    upload = checked(shop, content, kind=kind, filename=f"file.{format}")
    assert {name: upload.summary[name] for name in ("Added", "Changed", "Unchanged", "Rejected")} == {
        "Added": 0, "Changed": 0, "Unchanged": 2, "Rejected": 0,
    }  # fmt: skip


def test_only_the_programs_own_are_exported_and_the_list_names_the_file(shop, bob, client_of, charlie):
    client = client_of(bob)
    assert b"Foreign" not in exported(client, "ads", "csv")
    page = client.get("/p/1000/reports/exports/").content.decode()
    assert "Ads" in page.partition("<tbody")[2]
    assert client.post(NEW, {"report": "ads", "format": "pdf"}).status_code == 422
    assert client_of(charlie).post(NEW, {"report": "ads", "format": "csv"}).status_code == 404


@pytest.mark.parametrize("kind", ["ads", "promo_codes"])
def test_the_lists_offer_the_file_also_to_viewers(shop, bob, client_of, kind):
    page = client_of(bob).get(f"/p/1000/{kind.replace('_', '-')}/").content.decode()
    assert f'name="report" value="{kind}"' in page


def test_commands_import_ads_and_promo_codes(shop, tmp_path, capsys):
    def run(command, text, *options):
        (tmp_path / "file.csv").write_text(text)
        call_command(command, str(tmp_path / "file.csv"), "--program", "1000", *options)
        return json.loads(capsys.readouterr().out)

    ads = "AdId,Name,Kind,LandingPage,Deal,Sku,Active\n,Winter,BANNER,https://shop.example/w,,,\n,Bad,X,,,,\n"
    dry = run("import_ads", ads, "--dry-run")
    assert (dry["Rows"], dry["Accepted"], dry["Rejected"], dry["Errors"][0]["Field"]) == (2, 1, 1, "Kind")
    assert not Ad.objects.filter(name="Winter").exists()
    assert run("import_ads", ads) == dry
    assert Ad.objects.get(name="Winter").kind == "BANNER"
    codes = "Code,Use,PartnerId,Group\nWINTER,CREDIT,0012,\nWINTER,CREDIT,0012,\n"
    answer = run("import_promo_codes", codes)
    assert (answer["Accepted"], answer["Rejected"], answer["Errors"][0]["Row"]) == (1, 1, 3)
