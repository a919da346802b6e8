"""The pixel that impressions are reported by: always the same image, never kept by a browser."""

from django.http import HttpResponse

GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def pixel_answer(status: int = 200) -> HttpResponse:
    """The image, whatever became of the request: a page that holds it shows nothing."""
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(GIF, content_type="image/gif", status=status, headers=headers)
