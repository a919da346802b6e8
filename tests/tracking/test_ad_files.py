"""Files of ads and of promo codes: checked, shown with what they change, imported."""

import pytest

from program.models import Ad, PromoCode
from tests.factories import make_ad, make_partner, make_program, make_promo_code
from tests.tracking.uploading import checked, imported

ADS = "AdId,Name,Kind,LandingPage,Deal,Sku,Active\n"
CODES = "Code,Use,PartnerId,Group\n"


@pytest.fixture
def shop(brand):
    brand.landing_domains = ["shop.example"]
    brand.save()
    make_partner(program=brand, media_partner_id="K-1", name="Kettle", groups=["Blogs"])
    return brand


def wrong_in(upload):
    return [(error.row, error.field) for error in upload.errors.all()]


def test_a_file_adds_and_changes_ads_and_shows_what_changes(shop, erin, client_of):
    ad = make_ad(program=shop, deal="Old")
    text = f"{ADS}{ad.pk},Store,,,New,,no\n,Winter,banner,https://shop.example/w,,S1,\n,Winter again,Text link,https://shop.example/,,,yes\n"
    upload = checked(shop, text, kind="ADS", filename="ads.csv")
    assert upload.summary | {"Added": 2, "Changed": 1, "Unchanged": 0, "Rejected": 0} == upload.summary
    page = client_of(erin).get(f"/p/1000/transactions/uploads/{upload.pk}/").content.decode()
    assert "Import all: 3 ads" in page
    assert "What changes" in page
    assert Ad.objects.get().name == "Shop"
    imported(upload)
    found = {each.name: (each.kind, each.deal, each.sku, each.is_active) for each in Ad.objects.all()}
    assert found == {
        "Store": ("TEXT_LINK", "New", "", False),
        "Winter": ("BANNER", "", "S1", True),
        "Winter again": ("TEXT_LINK", "", "", True),
    }
    assert "See the ads" in client_of(erin).get(f"/p/1000/transactions/uploads/{upload.pk}/").content.decode()
    again = checked(shop, text.replace(f"{ad.pk},Store", f"{ad.pk},Store"), kind="ADS", filename="ads.csv")
    assert again.summary | {"Added": 0, "Changed": 0, "Unchanged": 3} == again.summary


def test_bad_ads_are_named_and_the_good_ones_imported(shop):
    others = make_ad(program=make_program())
    rows = (
        ",Good,,https://shop.example/,,,",
        ",Elsewhere,,https://evil.example/,,,",
        ",,,https://shop.example/,,,",
        f"{others.pk},Taken over,,,,,",
        ",Good,,https://shop.example/other,,,",
        ",Kind,POSTER,https://shop.example/,,,",
        "x,Id,,https://shop.example/,,,",
    )
    upload = checked(shop, ADS + "\n".join(rows) + "\n", kind="ADS", filename="ads.csv")
    assert wrong_in(upload) == [
        (3, "LandingPage"), (4, "Name"), (5, "AdId"), (6, "Name"), (7, "Kind"), (8, "AdId")
    ]  # fmt: skip
    imported(upload, only_good=True)
    assert list(Ad.objects.filter(program=shop).values_list("name", "landing_page")) == [
        ("Good", "https://shop.example/")
    ]


def test_a_file_adds_and_changes_promo_codes(shop):
    make_promo_code(program=shop, code="Save10", partner=shop.partner_set.get())
    text = f"{CODES}SAVE10,RESERVE,,Blogs\nNEW,,K-1,\nKEPT,reserved,K-1,\n"
    upload = checked(shop, text, kind="PROMO_CODES", filename="codes.csv")
    assert upload.summary | {"Added": 2, "Changed": 1, "Unchanged": 0, "Rejected": 0} == upload.summary
    differing = [row[2:] for row in upload.summary["Differing"]]
    assert differing == [
        ["Code", "Save10", "SAVE10"], ["Use", "CREDIT", "RESERVE"], ["PartnerId", "K-1", ""], ["Group", "", "Blogs"]
    ]  # fmt: skip
    imported(upload)
    found = {code.code: (code.use, str(code.partner), str(code.group)) for code in PromoCode.objects.all()}
    assert found == {
        "SAVE10": ("RESERVE", "None", "Blogs"),
        "NEW": ("CREDIT", "Kettle", "None"),
        "KEPT": ("RESERVE", "Kettle", "None"),
    }


def test_codes_that_equal_each_other_are_told_with_both(shop):
    text = f"{CODES}SAVE10,,K-1,\nsave10,RESERVE,K-1,\nLOST,,K-9,\n,,K-1,\n"
    upload = checked(shop, text, kind="PROMO_CODES", filename="codes.csv")
    assert wrong_in(upload) == [(3, "Code"), (4, "PartnerId"), (5, "Code")]
    assert "“save10” is already on row 2 as “SAVE10”" in upload.errors.get(row=3).message


def test_a_file_of_partners_gives_channels(shop):
    text = "PartnerId,Name,Channel\nK-1,Kettle,E-mail\nK-2,Two,paid search\nK-3,Three,Carrier pigeon\nK-4,Four,\n"
    upload = checked(shop, text, kind="PARTNERS", filename="partners.csv")
    assert wrong_in(upload) == [(4, "Channel")]
    imported(upload, only_good=True)
    channels = dict(shop.partner_set.values_list("media_partner_id", "channel"))
    assert channels == {"K-1": "email", "K-2": "paid search", "K-4": "affiliate"}
