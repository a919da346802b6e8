"""Addresses of uploaded files, beneath /p/<program>/transactions/uploads/."""

from django.urls import path

from tracking import upload_views as views

urlpatterns = [
    path("", views.upload_list, name="upload_list"),
    path("new/", views.upload_create, name="upload_create"),
    path("<int:pk>/", views.upload_detail, name="upload_detail"),
    path("<int:pk>/import/", views.upload_confirm, name="upload_confirm"),
    path("<int:pk>/discard/", views.upload_discard, name="upload_discard"),
    path("<int:pk>/rejected/", views.upload_rejected, name="upload_rejected"),
]
