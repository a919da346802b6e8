"""The product's addresses and one more, which stores its body and does nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as product

TABLE = "CREATE TABLE floor (id bigserial PRIMARY KEY, body jsonb NOT NULL)"


@csrf_exempt
@login_not_required
def insert(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO floor (body) VALUES (%s::jsonb)", [request.body.decode()])
    answer = JsonResponse({"Status": "QUEUED"})
    answer["Content-Length"] = len(answer.content)  # as the product's middleware does
    return answer


urlpatterns = [path("insert", insert), *product]
