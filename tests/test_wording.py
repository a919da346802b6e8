"""The words of buttons: what opens a form is “New …”, what sends it is “Create …”; nothing is “made”."""

import re

from servers.home import PROJECT

BUTTON = re.compile(r'(?:label\d?="|<button[^>]*>(?:\{%[^%]*%\})*)(Make|Create|New) ([a-z][^"<{]*)')


def test_a_form_is_opened_as_new_and_sent_as_create():
    for template in sorted((PROJECT / "templates").rglob("*.html")):
        for line in template.read_text().splitlines():
            for verb, what in BUTTON.findall(line):
                place = f"{template.name}: {verb} {what}"
                assert verb != "Make", place
                if 'type="submit"' in line and "href" not in line:
                    assert verb == "Create", place
