"""Where the doors are."""

from django.contrib import admin
from django.urls import include, path

from articles.api import api
from reviews import health
from reviews.views import home_of_user

handler400 = "editorial.refusal_pages.bad_request"
handler403 = "editorial.refusal_pages.not_allowed"
handler404 = "editorial.refusal_pages.not_found"
handler500 = "editorial.refusal_pages.failed"

urlpatterns = [
    path("", include("articles.urls")),
    path("api/v1/", api.urls),
    path("account/home/", home_of_user, name="home-of-user"),
    path("account/", include("editorial.account_urls")),
    path("", include("reviews.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
