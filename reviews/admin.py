"""What the review desk's address leads to: each part finds through `visible_to`, and every act is one verb."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path
from django.utils.html import format_html

from articles.models import Article, RetractionRecord
from articles.querysets import ArticleQuerySet
from editorial.admin_doors import ClosedDoors, visitor
from editorial.models import User
from reviews import assignments
from reviews.bulk_pages import ask_for_each
from reviews.calendar_pages import next_checks
from reviews.dissent_pages import dissent_page
from reviews.editor_page import article_page
from reviews.emails import words_of
from reviews.history_pages import article_history
from reviews.member_pages import member_standing
from reviews.models import (
    BoardMember,
    Notification,
    ProblemReport,
    ReaderQuestion,
    ReviewAssignment,
    ReviewPolicy,
    Sweep,
    TypingCorrection,
)
from reviews.point_pages import points
from reviews.policy_pages import new_policy, policy_version
from reviews.question_pages import question_list, question_page
from reviews.queue_pages import board, views
from reviews.report_pages import report_list, report_page
from reviews.retraction_pages import retraction_list
from reviews.review_desk import review
from reviews.typing_pages import propose_page, typing_list, typing_page
from reviews.workload_pages import workload_file, workload_page


@admin.register(Article)
class ArticleQueueAdmin(ClosedDoors):
    """The editors' queue and one page per article; working text is changed at the author's desk only."""

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def get_queryset(self, request: HttpRequest) -> ArticleQuerySet:
        return Article.objects.visible_to(visitor(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(board), name="articles_article_changelist"),
            path("views/", view(views), name="queue-views"),
            path("ask/", view(ask_for_each), name="ask-for-each"),
            path("checks/", view(next_checks), name="next-checks"),
            path("workload/", view(workload_page), name="workload"),
            path("workload.csv", view(workload_file), name="workload-file"),
            path("<int:pk>/change/", view(article_page), name="articles_article_change"),
            path("<int:pk>/typing/", view(propose_page), name="article-typing"),
            path("<int:pk>/history/", view(article_history), name="article-history"),
            path("<int:pk>/points/", view(points), name="article-points"),
        ]


@admin.register(ReviewAssignment)
class ReviewAssignmentAdmin(ClosedDoors):
    """One assignment is the review desk; the list of one's own is the front page."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ReviewAssignment]:
        return ReviewAssignment.objects.visible_to(visitor(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="reviews_reviewassignment_changelist"),
            path("<int:pk>/change/", view(review), name="reviews_reviewassignment_change"),
            path("<int:pk>/dissent/", view(dissent_page), name="reviewassignment-dissent"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:index")


@admin.register(BoardMember)
class BoardMemberAdmin(ClosedDoors):
    """Who may be asked to read, and for what; credentials and interests have pages of their own."""

    change_form_template = "reviews/member_change.html"

    list_display = ["__str__", "fields_of_work", "joined_at", "left_at"]
    search_fields = ["user__printed_name", "profession"]
    fields = ["user", "profession", "biography", "specialties", "joined_at", "left_at"]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def is_writable_by(self, user: User) -> bool:
        return user.is_editor

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[BoardMember]:
        return super().get_queryset(request).select_related("user").prefetch_related("specialties")

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/standing/", self.admin_site.admin_view(member_standing), name="member-standing")
        return [own, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Who it is cannot be changed later, and is then shown without a way into the account."""
        return [("person" if obj and name == "user" else name) for name in super().get_fields(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return ["person"]

    def person(self, member: BoardMember) -> str:
        return member.user.label

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Only people who can be appointed; an editor sees no other account here."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True, is_machine=False, board_member=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **(kwargs | {"widget": forms.CheckboxSelectMultiple, "help_text": ""})
        )

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.left_at:
            assignments.leave_board(obj, by=visitor(request))
        if not obj.user.is_staff:
            messages.warning(
                request,
                f"{obj.user.label} cannot open the review desk yet:"
                " an administrator has to tick “may open the review desk” in the account.",
            )

    @admin.display(description="specialties")
    def fields_of_work(self, member: BoardMember) -> str:
        return ", ".join(topic.name for topic in member.specialties.all())


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(ClosedDoors):
    """Every version there was; a change is a new version, laid down by the responsible editor."""

    list_display = ["__str__", "in_force_from", "laid_down_by", "note"]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def has_add_permission(self, request: HttpRequest) -> bool:
        return visitor(request).is_editor and visitor(request).is_responsible_editor

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.is_open_to(visitor(request)):
            raise PermissionDenied
        return policy_version(request, object_id)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return new_policy(request)


@admin.register(RetractionRecord)
class RetractionListAdmin(ClosedDoors):
    """The retraction list as a whole: which one is loaded, whom it concerns, and a new one."""

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(retraction_list)
        return [path("", view, name="articles_retractionrecord_changelist")]


@admin.register(ProblemReport)
class ReportAdmin(ClosedDoors):
    """What readers report, and what becomes of it."""

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(report_list), name="reviews_problemreport_changelist"),
            path("<int:pk>/change/", view(report_page), name="reviews_problemreport_change"),
        ]


@admin.register(TypingCorrection)
class TypingCorrectionAdmin(ClosedDoors):
    """What waits for a second person's signature, and what became of the others."""

    def is_open_to(self, user: User) -> bool:
        return user.is_editor or hasattr(user, "board_member")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(typing_list), name="reviews_typingcorrection_changelist"),
            path("<int:pk>/change/", view(typing_page), name="reviews_typingcorrection_change"),
        ]


@admin.register(ReaderQuestion)
class QuestionAdmin(ClosedDoors):
    """What readers ask, and what becomes of it."""

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(question_list), name="reviews_readerquestion_changelist"),
            path("<int:pk>/change/", view(question_page), name="reviews_readerquestion_change"),
        ]


@admin.register(Notification)
class OutboxAdmin(ClosedDoors):
    """Every message to everybody: what was sent, what waits, and what could not be delivered."""

    list_display = ["created_at", "kind", "person", "channel", "state", "attempts", "sent_twice", "outcome"]
    list_filter = ["state", "possible_duplicate", "channel", "kind"]
    search_fields = ["recipient__printed_name", "event"]
    readonly_fields = ["person", "sent_twice", "words"]
    fields = [
        "kind",
        "person",
        "channel",
        "article",
        "words",
        "state",
        "outcome",
        "attempts",
        "sent_twice",
        "created_at",
        "due_at",
        "handover_at",
        "ended_at",
        "record_number",
        "message_id",
    ]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor

    @admin.display(description="recipient", ordering="recipient__printed_name")
    def person(self, message: Notification) -> str:
        return message.recipient.label

    @admin.display(description="what it says")
    def words(self, message: Notification) -> str:
        subject, body = words_of(message)
        return format_html("<p><b>{}</b></p><p>{}</p>", subject, linebreaksbr(body, autoescape=True))

    @admin.display(description="sent twice?", ordering="possible_duplicate")
    def sent_twice(self, message: Notification) -> str:
        return "possibly" if message.possible_duplicate else "no"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Notification]:
        return Notification.objects.visible_to(visitor(request)).select_related("recipient", "article")


@admin.register(Sweep)
class SweepAdmin(ClosedDoors):
    """When the public channels were last looked at as a stranger would, and what was found."""

    list_display = ["started_at", "finished_at", "articles_seen", "misses", "trouble"]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor
