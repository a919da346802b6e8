"""The app of the house itself: its commands, and Celery made known to every Django process."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "config"
    label = "house"

    def ready(self) -> None:
        # Tasks are declared with @shared_task and belong to the app that is current.
        from config import celery  # noqa: F401, PLC0415
