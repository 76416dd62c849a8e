"""The admin as a desk: who gets in, what stands on its front page, and which stock doors it does not have."""

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator

from articles.channels import carries_no_article_text
from articles.models import Article
from editorial import clock
from editorial.admin_doors import ClosedDoors, visitor
from editorial.models import AccountMail, AccountRequest, User
from reviews import last_look_pages as last_look
from reviews import my_reviews, policy, queue
from reviews.member_pages import my_availability, my_interests
from reviews.models import Notification, ProblemReport, ReaderQuestion

SHUT = {"view_on_site", "autocomplete", "password_change", "password_change_done"}
FIRST_IN_QUEUE = 8
# What is opened every day stands in the open; the rest is one step away, by what it is for.
EVERY_DAY = ""
GROUP_OF = {
    "article": EVERY_DAY,
    "problemreport": EVERY_DAY,
    "readerquestion": EVERY_DAY,
    "typingcorrection": EVERY_DAY,
    "boardmember": EVERY_DAY,
    "reviewpolicy": "Rules and sources",
    "topic": "Rules and sources",
    "retractionrecord": "Rules and sources",
    "user": "Accounts",
    "invitation": "Accounts",
    "accountrequest": "Accounts",
    "auditentry": "Records",
    "notification": "Records",
    "accountmail": "Records",
    "sweep": "Records",
}


class DeskSite(AdminSite):
    """One front page per office, nothing registered that has not shut its doors, and no page that a cache keeps."""

    site_header = "Review desk"
    site_title = "Review desk"
    index_title = "Review desk"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not visitor(request).is_machine

    def register(self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any) -> None:
        """Other packages bring admins of their own (groups, tokens): without closed doors they are left out."""
        if admin_class and issubclass(admin_class, ClosedDoors):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def kept_nowhere(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return _kept_nowhere(inner(request, *args, **kwargs))

        return update_wrapper(kept_nowhere, inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the stock pages that look rows up for anybody on the staff; with those about oneself."""
        own = [
            path("my/interests/", self.admin_view(my_interests), name="my-interests"),
            path("my/availability/", self.admin_view(my_availability), name="my-availability"),
        ]
        return own + [door for door in super().get_urls() if getattr(door, "name", None) not in SHUT]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        user = getattr(request, "user", None)
        return super().each_context(request) | {"is_on_board": hasattr(user, "board_member")}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """One list in the order of the day's work; people do not think in packages."""
        apps = super().get_app_list(request, app_label)
        parts = [part | {"group": GROUP_OF[part["object_name"].lower()]} for app in apps for part in app["models"]]
        parts.sort(key=lambda part: list(GROUP_OF).index(part["object_name"].lower()))
        return [apps[0] | {"models": parts}] if apps else []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method not in ("GET", "HEAD"):
            return redirect("admin:index")
        response = super().index(request, {**self._front_page(request), **(extra_context or {})})
        last_look.note(request, response)
        return response

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """The front page lists everything; a page per package would say it twice."""
        return redirect("admin:index")

    @method_decorator(carries_no_article_text)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in, with its limits and its second factor; this address only leads there."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return _kept_nowhere(render(request, "admin/login.html", self.each_context(request), status=403))
        back = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(back, login_url=reverse("login"))

    def _front_page(self, request: HttpRequest) -> dict[str, Any]:
        user = visitor(request)
        front: dict[str, Any] = {"title": self.index_title}
        if hasattr(user, "board_member"):
            mine = my_reviews.of(user, seen_at=last_look.before(request))
            front |= {"mine": mine, "title": "My reviews"}
        if user.is_editor:
            front |= _of_editors(user)
        return front


def _of_editors(user: User) -> dict[str, Any]:
    """How much waits, what readers wait for first, and the first of the queue."""
    articles, rules = Article.objects.visible_to(user), policy.in_force()
    reported = ProblemReport.objects.visible_to(user).open()
    counts = queue.counts(
        articles,
        rules=rules,
        reported=reported,
        asked=ReaderQuestion.objects.visible_to(user).open(),
        undelivered=Notification.objects.visible_to(user).dead(),
        letters=AccountMail.objects.dead(),
        requests=AccountRequest.objects.filter(answered_at=None),
    )
    first = queue.BY_RISK.page(queue.found({}, among=queue.light(articles), rules=rules), size=FIRST_IN_QUEUE)
    return {
        "counts": counts,
        # What could hurt someone stands before all else.
        "safety": reported.about_safety().with_article().by_urgency()[:FIRST_IN_QUEUE],
        "first": queue.rows(first.articles, rules=rules),
        "now": clock.now(),
    }


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
