"""Loading the product: once, before web processes are forked from it."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler


def load() -> "WSGIHandler":
    """The whole application, including what Django would load with the first request."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_POOL", "12")
    from django.conf import settings  # noqa: PLC0415 (it reads what is set above)
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
    return application


def read_manifest() -> None:
    """Static files may have been collected again since we loaded: pages must link their present names."""
    from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: PLC0415 (after the settings)

    storage: Any = staticfiles_storage
    if hasattr(storage, "load_manifest"):  # not with DEBUG
        storage.hashed_files, storage.manifest_hash = storage.load_manifest()
