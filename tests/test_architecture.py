"""What holds for every address and every template, found through the resolver: a new page cannot forget it."""

import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import grimp
import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import SCHEDULE, app
from servers.home import PROJECT

APPS = ("program", "contracts", "tracking", "reports")
# Public addresses. The API authenticates by itself, Django admin has its own log-in.
PUBLIC = {"healthz", "readyz", "metrics", "login", "log_in_code", "admin:login", "password_reset",
          "password_reset_done", "password_reset_confirm", "password_reset_complete", "invitation",
          "click", "impression", "tracking:conversion_pixel", "tracking:tag_file", "tracking:tag_conversion",
          "tracking:tag_identify", "tracking:tag_visit"}  # fmt: skip
# What a viewer may send: a file is only another way to read what pages show.
VIEWERS_MAY = {"reports:export_create", "reports:export_cancel", "reports:export_retry", "contracts:group_export"}
LOG_IN = "/log-in/"
API = ("Advertisers/", "v1/")  # by token alone
PK = 7_000_007  # of every row in the brand below; no other test comes so far, and plans are remembered by number
ARGUMENTS = {"program_id": ["1000"], "pk": [str(PK)],
             "kind": ["payout-groups", "payout-adjustments", "payout-restrictions"],
             "panel": ["default-payout", "schedule", "credit"], "previewed": ["schedule", "credit"],
             "terms_panel": ["texts", "notice", "reversals", "actions", "spending", "reset"],
             "topic": ["reports"],
             "choice": ["partner", "partner-number", "active-partner", "active-ad", "partner-group",
                         "partner-group-number",
                        "partner-country", "event-type", "event-type-number", "active-event-type", "customer-status",
                        "customer-tag", "country", "currency", "terms", "status-code"]}  # fmt: skip


def patterns(resolver: URLResolver, prefix: str = "", names: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Every pattern with its full name and its path, arguments as <converter:name>."""
    for each in resolver.url_patterns:
        path = prefix + re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(each.pattern)).strip("^$")
        if isinstance(each, URLResolver):
            yield from patterns(each, path, f"{names}{each.namespace}:" if each.namespace else names)
        else:
            yield f"{names}{each.name}", path, each


EVERY = list(patterns(get_resolver()))
PAGES = [entry for entry in EVERY if entry[0].split(":")[0] in APPS and not entry[1].startswith(API)]
OF_A_PROGRAM = [(name, path) for name, path, _ in PAGES if path.startswith("p/<")]


def addresses(path: str) -> list[str]:
    """The addresses of a path, with every argument filled in."""
    found = ["/" + path]
    for argument in re.findall(r"<(?:\w+:)?(\w+)>", path):
        values = ARGUMENTS[argument]  # a new kind of argument needs a row to stand for it
        found = [re.sub(rf"<(?:\w+:)?{argument}>", value, address) for address in found for value in values]
    return found


ADDRESSES = [(name, address) for name, path in OF_A_PROGRAM for address in addresses(path)]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Which module imports which, among those that ship."""
    settings_of_tools = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]
    return grimp.build_graph(*settings_of_tools["importlinter"]["root_packages"], cache_dir=None)


@pytest.fixture
def whole_brand(brand: Any, alice: Any, bob: Any) -> Any:
    """The brand with one row of everything, each with the number PK: an address with it is somebody's."""
    from tests.whole_brand import fill  # noqa: PLC0415 (models need Django to be set up)

    fill(brand, user=alice, number=PK)
    return brand


def test_every_address_wants_a_log_in_but_those_listed():
    asking = [(name, path) for name, path, each in EVERY if getattr(each.callback, "login_required", True)]
    silent = {name for name, path, _ in EVERY if (name, path) not in asking and not path.startswith(API)}
    assert silent == PUBLIC


def test_nobody_gets_in_without_signing_in(db):
    answers = {address: Client().get(address) for _, address in ADDRESSES}
    assert [path for path, answer in answers.items() if not answer.headers.get("Location", "").startswith(LOG_IN)] == []


def test_every_page_has_the_name_of_its_view():
    assert [name for name, _, each in PAGES if each.callback.__name__ != each.name] == []


def test_every_row_is_there_for_its_brand(whole_brand, alice, client_of):
    browser = client_of(alice)
    statuses = {address: browser.get(address).status_code for _, address in ADDRESSES}
    assert {path: status for path, status in statuses.items() if status not in (200, 302, 405, 422)} == {}


def test_another_brand_finds_nothing(whole_brand, charlie, client_of):
    stranger = client_of(charlie)
    paths = [address for _, address in ADDRESSES]
    # A brand's row under one's own program is as little one's own.
    paths += [address.replace("/p/1000/", "/p/2000/") for address in paths if f"/{PK}/" in address]
    statuses = {(send, path): getattr(stranger, send)(path).status_code for path in paths for send in ("get", "post")}
    assert {request: status for request, status in statuses.items() if status not in (404, 405)} == {}
    assert sum(status == 404 for status in statuses.values()) >= len(paths)


def test_a_viewer_changes_nothing(whole_brand, bob, client_of):
    browser = client_of(bob)
    statuses = {address: browser.post(address).status_code for name, address in ADDRESSES if name not in VIEWERS_MAY}
    assert {path: status for path, status in statuses.items() if status not in (403, 405)} == {}
    assert 403 in statuses.values()


def test_no_modules_import_each_other_in_a_circle(graph):
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_pages_are_imported_by_addresses_and_other_pages_alone(graph):
    def is_page(module: str) -> bool:
        return module.endswith("pages") or ".pages." in module or ".home." in module

    wrong = [
        (module, page)
        for page in filter(is_page, graph.modules)
        for module in graph.find_modules_that_directly_import(page)
        if not is_page(module) and not module.endswith(".urls")
    ]
    assert wrong == []


def test_every_task_of_the_clock_is_there():
    app.loader.import_default_modules()
    assert set(SCHEDULE) <= set(app.tasks)


def test_every_task_has_the_short_name_that_alerts_and_notifications_use():
    app.loader.import_default_modules()
    ours = {name: task.run for name, task in app.tasks.items() if not name.startswith("celery.")}
    found = {
        name: f"{run.__module__.removesuffix('.tasks').removeprefix('common.')}.{run.__name__}"
        for name, run in ours.items()
        if not run.__module__.startswith("tests.")
    }
    assert {name: short for name, short in found.items() if name != short} == {}
    assert len(found) >= 14


def test_every_task_that_is_named_as_text_is_there():
    app.loader.import_default_modules()
    code = [path.read_text() for app_name in ("accounts", *APPS) for path in (PROJECT / app_name).rglob("*.py")]
    named = re.findall(
        r"(?:notify\w*\(|\b[A-Z]+ = )\"((?:accounts|program|contracts|tracking|reports)\.\w+)\"", "".join(code)
    )
    alerts = re.findall(r'task="([^"]+)"', (PROJECT / "docs" / "operations.md").read_text())
    assert {"accounts.send_invitation", "tracking.price", "reports.fill"} <= set(named)
    assert alerts
    assert {*named, *alerts} <= set(app.tasks)


def test_templates_hold_no_script_style_or_colour():
    found = []
    for path in sorted((PROJECT / "templates").rglob("*.html")):
        text = re.sub(r"(?s)\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text())
        inline = re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|#[0-9a-fA-F]{6}\b|rgb\(", text)
        scripts = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "/json" not in tag]
        found += [(path.name, each) for each in inline + scripts]
    assert found == []


def test_pages_take_single_rows_from_access_alone():
    pages = [
        path for app in APPS for path in (PROJECT / app).rglob("*.py") if "pages" in str(path.relative_to(PROJECT))
    ]
    assert len(pages) > 30
    assert [path.name for path in pages if re.search(r"get_object_or_404\([A-Z]", (PROJECT / path).read_text())] == []


def test_the_content_policy_allows_nothing_inline():
    policy = {source for sources in settings.SECURE_CSP.values() for source in sources}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"} & policy
