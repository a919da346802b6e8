"""Celery tasks of the program app."""

from celery import shared_task

from program.exchange_rates.fetch import SECONDS, fetch_when_due


@shared_task(name="program.fetch_exchange_rates", time_limit=5 * SECONDS)
def fetch_exchange_rates() -> None:
    """Fetch exchange rates where an address is set and they are due."""
    fetch_when_due()
