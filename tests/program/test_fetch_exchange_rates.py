"""Fetching the European Central Bank's rates, from a server of the test's own that speaks TLS."""

import gzip
import io
import ssl
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from program.exchange_rates import fetch
from program.exchange_rates.fetch import fetch_rates, fetch_when_due
from program.models import RateFetch, ReferenceRate

CSV = b"Date, USD, GBP, \n30 October 2026, 1.1172, 0.83380, \n"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def zipped(*contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"eurofxref{number}.csv", content)
    return out.getvalue()


def certificate(folder):
    """A certificate of localhost that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = timezone.now()
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "localhost.pem"
    file.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return file


class Answers(BaseHTTPRequestHandler):
    """Answers each path with what the test has put there: a content, or the address to go on to."""

    def do_GET(self):
        content = self.server.contents.get(self.path, b"")
        self.server.asked.append(self.path)
        if isinstance(content, str):
            self.send_response(302)
            self.send_header("Location", content)
            self.end_headers()
            return
        self.send_response(200 if content else 404)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def bank(tmp_path, monkeypatch):
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("no_proxy", "localhost")
    server = ThreadingHTTPServer(("localhost", 0), Answers)
    server.contents, server.asked = {}, []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.address = f"https://localhost:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("content", [CSV, zipped(CSV), gzip.compress(CSV)], ids=["csv", "zip", "gzip"])
def test_each_form_of_the_file_is_stored(content, db, bank):
    bank.contents["/rates"] = content
    assert fetch_rates(f"{bank.address}/rates", now=NOW).added == 2
    found = RateFetch.objects.get()
    assert (found.tried_at, found.succeeded_at, found.failure) == (NOW, NOW, "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "404"),
        (b"<html>Under maintenance</html>", "no row the column names of a file of exchange rates"),
        (b"Date, USD, \n", "The file holds no rates"),
        (b"Date, USD, \n30 October 2026, x, \n", "Is not a valid number"),
        (b"Date, USD, \n30 November 2026, 1.1, \n", "Lies in the future"),
        (zipped(CSV, CSV), "The zip holds 2 files"),
        (b"PK\x03\x04 and nothing", "The zip cannot be read"),
        (b"\x1f\x8b and nothing", "The gzip file is damaged"),
    ],
)
def test_what_is_not_a_file_of_rates_changes_nothing_and_is_told(content, why, db, bank):
    RateFetch.objects.create(pk=RateFetch.ONLY, tried_at=NOW - timedelta(days=1), succeeded_at=NOW - timedelta(days=1))
    bank.contents["/rates"] = content
    assert fetch_rates(f"{bank.address}/rates", now=NOW) is None
    assert not ReferenceRate.objects.exists()
    found = RateFetch.objects.get()
    assert why in found.failure
    assert (found.tried_at, found.succeeded_at) == (NOW, NOW - timedelta(days=1))


def test_an_answer_that_is_too_large_or_too_slow_is_given_up(db, bank, monkeypatch):
    bank.contents["/rates"] = CSV * 1000
    for name, value, why in (("MOST_SENT", 1000, "is larger than"), ("SECONDS", -1, "took longer than")):
        with monkeypatch.context() as patched:
            patched.setattr(fetch, name, value)
            assert fetch_rates(f"{bank.address}/rates", now=NOW) is None
        assert why in RateFetch.objects.get().failure
    bank.contents["/rates"] = zipped(CSV * 1000)
    monkeypatch.setattr(fetch, "MOST_UNPACKED", 1000)
    assert fetch_rates(f"{bank.address}/rates", now=NOW) is None
    assert "unpacks to more than" in RateFetch.objects.get().failure


def test_a_redirection_is_followed_on_the_same_host_alone(db, bank):
    bank.contents |= {"/rates": "/moved", "/moved": CSV}
    assert fetch_rates(f"{bank.address}/rates", now=NOW).added == 2
    for away in (f"https://127.0.0.1:{bank.server_port}/moved", f"http://localhost:{bank.server_port}/moved",
                 "file:///etc/passwd"):  # fmt: skip
        bank.contents["/away"], bank.asked[:] = away, []
        assert fetch_rates(f"{bank.address}/away", now=NOW) is None
        assert "redirect" in RateFetch.objects.get().failure.lower()
        assert bank.asked == ["/away"]


@pytest.mark.parametrize("address", ["http://localhost/rates", "file:///etc/passwd", "ftp://localhost/rates"])
def test_only_tls_is_spoken(address, db):
    assert fetch_rates(address, now=NOW) is None
    assert "does not begin with https://" in RateFetch.objects.get().failure


def test_a_certificate_that_nobody_vouches_for_is_refused(db, bank, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    bank.contents["/rates"] = CSV
    assert fetch_rates(f"{bank.address}/rates", now=NOW) is None
    assert "CERTIFICATE_VERIFY_FAILED" in RateFetch.objects.get().failure


def test_rates_are_fetched_twice_a_day_and_again_an_hour_after_a_failure(db, bank, settings):
    settings.EXCHANGE_RATES_URL = f"{bank.address}/rates"
    with time_machine.travel(NOW, tick=False) as clock:
        assert fetch_when_due()  # and fails
        clock.shift(timedelta(minutes=59))
        assert not fetch_when_due()
        bank.contents["/rates"] = CSV
        clock.shift(timedelta(minutes=1))
        assert fetch_when_due()
        clock.shift(timedelta(hours=11, minutes=59))
        assert not fetch_when_due()
        clock.shift(timedelta(minutes=1))
        assert fetch_when_due()
    assert len(bank.asked) == 3


def test_without_an_address_nothing_is_fetched(db, settings):
    assert settings.EXCHANGE_RATES_URL == ""
    assert not fetch_when_due()
    assert not RateFetch.objects.exists()
