"""The product's addresses, and the style guide as a page of a program: every component inside the frame."""

from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as product
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.frame.styleguide import styleguide


def framed(request: ProgramRequest, program_id: int) -> HttpResponse:
    program_for_view(request.principal, program_id)
    return styleguide(request)


urlpatterns = [
    *product,
    path("p/<int:program_id>/frame/", framed, name="frame"),
    path("styleguide/", styleguide, name="styleguide"),
]
