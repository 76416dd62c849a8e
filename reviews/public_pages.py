"""Pages about how the house checks and who does it, generated from the records themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles.caution import every_caution
from articles.channels import carries_no_article_text
from editorial.models import User
from reviews import credentials, interests, policy
from reviews.models import BoardMember, Credential, ReviewPolicy


@dataclass(frozen=True)
class Shown:
    """One member as readers see them: what was verified, what was declared."""

    member: BoardMember
    credentials: list[Credential]
    interests: str


@require_safe
@carries_no_article_text
def editorial_policy(request: HttpRequest) -> HttpResponse:
    """The rules in force, as the system applies them, and every version before."""
    now = policy.in_force()
    context = {
        "rules": policy.described(now),
        "terms": now.terms,
        "silence": policy.silence(now.terms),
        "versions": ReviewPolicy.objects.all(),
        "responsible": _responsible(),
        "cautions": list(dict.fromkeys(caution.line for caution in every_caution())),
    }
    return render(request, "reviews/editorial_policy.html", context)


@require_safe
@carries_no_article_text
def policy_version(request: HttpRequest, number: int) -> HttpResponse:
    """One version of the rules for good, and until when it held."""
    this = get_object_or_404(ReviewPolicy, version=number)
    after = ReviewPolicy.objects.filter(version__gt=number).last()
    then = policy.stored(this)
    context = {
        "rules": policy.described(then),
        "terms": then.terms,
        "silence": policy.silence(then.terms),
        "this": this,
        "until": after.in_force_from if after else None,
        "versions": ReviewPolicy.objects.all(),
    }
    return render(request, "reviews/editorial_policy.html", context)


@require_safe
@carries_no_article_text
def responsibility(request: HttpRequest) -> HttpResponse:
    """Who answers for what is called checked, how that is decided, and how to reach them."""
    return render(request, "reviews/responsibility.html", {"responsible": _responsible(), "funding": settings.FUNDING})


@require_safe
@carries_no_article_text
def board(request: HttpRequest) -> HttpResponse:
    """The people who check, now and before, with what they declared and how much they have read."""
    members = (
        BoardMember.objects.select_related("user")
        .prefetch_related("specialties", "credentials", "declarations")
        .annotate(reviews_done=Count("decisions", distinct=True))
        .order_by("user__printed_name", "pk")
    )
    present = Q(left_at=None, user__is_active=True)
    context = {"members": _shown(members.filter(present)), "former": _shown(members.exclude(present))}
    return render(request, "reviews/board.html", context)


def _responsible() -> QuerySet[User]:
    return User.objects.filter(is_responsible_editor=True, is_active=True).order_by("printed_name", "pk")


def _shown(members: Iterable[BoardMember]) -> list[Shown]:
    return [Shown(member, credentials.current(member), interests.printed(member)) for member in members]
