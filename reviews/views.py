"""The author's desk, where the editors and the board come in: what waits for what, submitting, withdrawing, inbox."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import buffers, bylines, versions
from articles.caution import caution
from articles.desk_findings import Remarks, remarks
from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.models import Article, RiskClass
from articles.public import ai_line, for_public, public_article, tracker
from articles.rendering import UnreadableText
from articles.revisions import ai_statement, content_of
from articles.standing import Standing, Told
from articles.states import Risk, State
from articles.transitions import ALLOWED, WHY_NOT
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.numbers import whole
from reviews import coauthors, expectations, policy, publication, queue
from reviews import inbox as inboxes
from reviews.author_forms import SubmitForm, WithdrawForm
from reviews.kinds import Verdict
from reviews.models import Decision, Notification, Thread
from reviews.telling_forms import InboxFilter

ARTICLES_A_PAGE = 50
# What an author has to act on comes first; what is settled comes last.
ORDER = (
    State.CHANGES_REQUESTED,
    State.DRAFT,
    State.UNDER_REVIEW,
    State.SUBMITTED,
    State.APPROVED,
    State.REJECTED,
    State.WITHDRAWN,
    State.RETRACTED,
)


@never_cache
@login_required
@require_safe
def home_of_user(request: HttpRequest) -> HttpResponse:
    """Whoever has work in the admin is taken there, everybody else to their desk."""
    return redirect("admin:index" if admin.site.has_permission(request) else "desk")


@author_page
@require_safe
def desk(request: SignedIn) -> HttpResponse:
    articles = queue.light(Article.objects.editable_by(request.user)).order_by("-edited_at", "-pk")
    page = Paginator(articles, ARTICLES_A_PAGE).get_page(request.GET.get("page"))
    rows = queue.rows(page.object_list, rules=policy.in_force())
    groups = [(state, [row for row in rows if row.article.state == state]) for state in ORDER]
    groups = [(state, lines) for state, lines in groups if lines]
    context = {
        "page": page,
        "groups": groups,
        "unsaved": buffers.waiting(None, by=request.user),
        "invitations": coauthors.open_for(request.user),
    }
    return render(request, "desk/list.html", context)


@author_page
@require_safe
def article(request: SignedIn, slug: str) -> HttpResponse:
    """Where one article stands, what happens next, and what its reviewers said."""
    written = for_public(Article.objects.editable_by(request.user)).select_related("author", "ai_accountable")
    found = get_object_or_404(written, slug=slug)
    against = Decision.objects.filter(revision__article=found).exclude(verdict=Verdict.APPROVE)
    reasons = list(against.select_related("revision", "assignment").defer("revision__content").order_by("-pk"))
    latest = found.latest_revision
    unit = public_article(found, at=clock.now())
    context = {
        "article": found,
        "row": queue.rows([found], rules=policy.in_force())[0],
        "unit": unit,
        "tracker": tracker(unit.standing, found),
        "people": found.contributions.select_related("person"),
        "ai_line": ai_line(ai_statement(found)),
        "asked_now": [d for d in reasons if _waits_for_author(found, d)],
        "asked_before": [d for d in reasons if not _waits_for_author(found, d)],
        "revisions": found.revisions.defer("content", "findings"),
        "unanswered": Thread.objects.visible_to(request.user).filter(article=found).needing_answer().count(),
        "is_changed": bool(latest) and not versions.is_unchanged(found, latest),
        **_possible(found),
    }
    return render(request, "desk/article.html", context)


def _waits_for_author(article: Article, decision: Decision) -> bool:
    """What was asked for about the newest revision, also where that stands approved and was read again."""
    waiting = (State.APPROVED,) if decision.assignment.recheck_id else (State.CHANGES_REQUESTED, State.REJECTED)
    return decision.revision_id == article.latest_revision_id and article.state in waiting


def _possible(article: Article) -> dict[str, bool]:
    next_states = ALLOWED[State(article.state)]
    return {"can_submit": State.SUBMITTED in next_states, "can_withdraw": State.WITHDRAWN in next_states}


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: SignedIn, slug: str) -> HttpResponse:
    """Says what will happen before it does; what blocks is fixed in the text or explained in writing."""
    article = mine(request, slug)
    said = remarks(article)
    before = article.latest_revision.findings.get("explanations", {}) if article.latest_revision else {}
    form = SubmitForm(
        request.POST if request.method == "POST" else None,
        edition=article.edition,
        blocking=said.blocking,
        said_before=before,
    )
    if form.is_bound and form.is_valid():
        try:
            revision = publication.submit(
                article,
                by=request.user,
                change_note=form.cleaned_data["change_note"],
                explanations=form.explanations,
            )
        except (WorkflowError, UnreadableText) as refusal:
            return _submission(request, article, form, said, refusal=refusal)
        messages.success(request, f"Revision {revision.number} was sent to the editors. You will hear who reads it.")
        return redirect("desk-article", slug)
    return _submission(request, article, form, said)


def _submission(
    request: SignedIn, article: Article, form: SubmitForm, said: Remarks, *, refusal: Exception | None = None
) -> HttpResponse:
    level, words = publication.risk_when_submitted(article)
    state = State(article.state)
    unanswered = list(Thread.objects.visible_to(request.user).filter(article=article).unanswered())
    context = {
        "article": article,
        "form": form,
        "refusal": refusal,
        "blocking": [(remark, form.answer_to(remark)) for remark in said.blocking],
        "remarks": said,
        "unanswered": unanswered,
        "must_answer": any(thread.is_blocking for thread in unanswered),
        "missing": publication.missing_from(article),
        "may_submit": bylines.may_submit(article, request.user),
        "why_not": "" if State.SUBMITTED in ALLOWED[state] else WHY_NOT[state],
        "number": article.latest_revision.number + 1 if article.latest_revision else 1,
        "risk": Risk(level),
        "risk_words": words,
        "rule": policy.in_force().rule(level),
        "is_public": RiskClass.objects.get(pk=level).public_before_approval,
        "caution": _caution_before_check(article),
        "readers": expectations.readers_of(article),
        "duration": expectations.usual_duration(level),
        **_since_last(article),
    }
    context["is_offered"] = context["may_submit"] and (form.is_bound or _is_possible(context))
    status = 409 if isinstance(refusal, Conflict) else REFUSED if form.is_bound else 200
    return render(request, "desk/submit.html", context, status=status)


def _is_possible(context: dict[str, Any]) -> bool:
    """Whether pressing the button could do anything: else there is none, but what to do first."""
    only_text_answers = any(answer is None for _, answer in context["blocking"])
    in_the_way = ("why_not", "missing", "unreadable", "must_answer")
    return not (only_text_answers or any(context.get(each) for each in in_the_way))


def _caution_before_check(article: Article) -> Any:
    told = Standing(Told.SUBMITTED)
    return caution(told, ai_involvement=article.ai_involvement, audience=article.audience, language=article.language)


def _since_last(article: Article) -> dict[str, Any]:
    """What changed between the newest revision and the working text, or why that cannot be told yet."""
    last = article.latest_revision
    try:
        content = content_of(article, number=last.number + 1 if last else 1)
    except UnreadableText as refusal:
        return {"unreadable": refusal}
    return {"changes": versions.changes(last.data, content)} if last else {}


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, slug: str) -> HttpResponse:
    article = mine(request, slug)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            publication.withdraw(article, by=request.user, **form.cleaned_data)
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Withdrawn. Its address now says so, and everyone concerned is told.")
            return redirect("desk-article", slug)
    state = State(article.state)
    why_not = "" if State.WITHDRAWN in ALLOWED[state] else WHY_NOT[state]
    context = {"article": article, "form": form, "why_not": why_not}
    return render(request, "desk/withdraw.html", context, status=REFUSED if form.is_bound else 200)


@author_page
@require_safe
def inbox(request: SignedIn) -> HttpResponse:
    before = whole(request.GET.get("before"))
    narrowed = InboxFilter(request.GET, user=request.user)
    told, earlier = inboxes.messages_for(request.user, before=before, **narrowed.asked)
    context = {"told": told, "earlier": _earlier(request, earlier), "before": before, "filter": narrowed}
    return render(request, "inbox/inbox.html", context | {"is_narrowed": any(narrowed.asked.values())})


def _earlier(request: SignedIn, before: int | None) -> str:
    """The address of the next page, narrowed as this one is."""
    query = request.GET.copy()
    query["before"] = str(before)
    return f"?{query.urlencode()}" if before else ""


@author_page
@require_POST
def inbox_read(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Mark one message as read, or all of them."""
    if pk is not None:
        get_object_or_404(Notification.objects.inbox_of(request.user), pk=pk)
    inboxes.mark_read(request.user, only=pk)
    return redirect("inbox")
