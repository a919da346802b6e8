"""The app of the house itself: its commands and checks, and Celery made known to every Django process."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "config"
    label = "house"

    def ready(self) -> None:
        # Tasks are declared with @shared_task and belong to the app that is current.
        from config import celery, checks  # noqa: F401, PLC0415
