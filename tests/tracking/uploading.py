"""An uploaded file, taken through the steps that a worker does."""

from tracking.imports import uploads


def sent(brand, text, *, kind="CONVERSIONS", filename="orders.csv"):
    content = text.encode() if isinstance(text, str) else text
    return uploads.create_upload(program=brand, user_id=None, kind=kind, filename=filename, content=content)


def checked(brand, text, **fields):
    upload = sent(brand, text, **fields)
    assert uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def imported(upload, *, only_good=False):
    uploads.confirm_upload(upload=upload, only_good=only_good)
    assert uploads.import_upload(upload.pk)
    upload.refresh_from_db()
    return upload
