"""Where the doors are."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from articles.api import api
from articles.channels import carries_no_article_text
from reviews import health
from reviews.views import home_of_user

sign_in = LoginView.as_view(
    template_name="account/login.html",
    redirect_authenticated_user=True,
    # The view would name the site after the host of the request.
    extra_context={"site_name": settings.SITE_NAME},
)
account = [
    path("sign-in/", carries_no_article_text(sign_in), name="login"),
    path("sign-out/", carries_no_article_text(LogoutView.as_view()), name="logout"),
    path("home/", home_of_user, name="home-of-user"),
]

urlpatterns = [
    path("", include("articles.urls")),
    path("api/v1/", api.urls),
    path("account/", include(account)),
    path("", include("reviews.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
