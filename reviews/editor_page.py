"""One article as its editors see it, and the verbs they have for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from articles import check_runs
from articles.models import Article, Notice, Revision
from articles.public import ai_line, for_public, public_article, reviewer_text
from articles.seals import is_intact
from articles.states import PIPELINE, NoticeKind, State
from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError, status_of
from editorial.models import User
from editorial.numbers import whole
from reviews import assignments, dissents, matching, policy, publication, queue, rechecks, thread_cards, timeline
from reviews.findings import findings_of
from reviews.forms import (
    AssignForm,
    ConcernForm,
    CorrectionForm,
    PublishDissentForm,
    ReleaseForm,
    ResolveForm,
    RetractForm,
    RiskForm,
    TakeBackForm,
    WithdrawForm,
)
from reviews.kinds import RecheckReason
from reviews.later_checks import later_checks
from reviews.models import Recheck, Release, ReviewAssignment, Thread, TypingCorrection
from reviews.recheck_forms import AskAgainForm, ReadAgainForm, listed, of_article
from reviews.rechecks import found_to_stand
from reviews.reminders import NextStep, next_step

LIFTED = (NoticeKind.CONCERN, NoticeKind.SOURCE_ALERT, NoticeKind.UNSAFE, NoticeKind.QUARANTINE)


@dataclass(frozen=True)
class Act:
    """One thing an editor can do: the form it needs, the verb it calls, and what is said when it is done."""

    form: type[Form]
    call: Callable[[Article, User, Any], Any]
    done: str


def _assign(article: Article, by: User, form: Any) -> None:
    said = form.cleaned_data
    assignments.assign(article, said["member"], by=by, discipline=said["discipline"], due_at=form.due_at())


def _take_back(article: Article, by: User, form: Form) -> None:
    ours = ReviewAssignment.objects.filter(revision__article=article).select_related("revision", "reviewer")
    assignment = get_object_or_404(ours, pk=form.cleaned_data["assignment"])
    assignments.take_back(assignment, by=by, reason=form.cleaned_data["reason"])


def _resolve(article: Article, by: User, form: Form) -> None:
    notice = get_object_or_404(article.notices, pk=form.cleaned_data["notice"])
    publication.resolve(notice, by=by, text=form.cleaned_data["text"])


def _check_again(article: Article, by: User, form: Form) -> None:
    """The newest text and, where that is another one, the approved text that readers have."""
    approved = article.approval.revision if article.approval else None
    for revision in filter(None, {article.latest_revision, approved}):
        check_runs.run(revision, by=by)


def _read_again(article: Article, by: User, form: Form) -> None:
    said = form.cleaned_data
    rechecks.open_recheck(article, by=by, reason=RecheckReason.EDITOR, words=said["why"], claims=said["claims"])


def _ask_again(article: Article, by: User, form: Form) -> None:
    recheck = get_object_or_404(of_article(article), pk=form.cleaned_data["recheck"])
    rechecks.invite(recheck, form.cleaned_data["member"], by=by)


ACTS = {
    "assign": Act(AssignForm, _assign, "Invited. They hear of it now, and reminders follow by themselves."),
    "take_back": Act(TakeBackForm, _take_back, "Taken back; the reviewer was told and can no longer open the text."),
    "read_again": Act(ReadAgainForm, _read_again, "It is read again; the approved text stays as it is meanwhile."),
    "ask_again": Act(AskAgainForm, _ask_again, "Invited. They hear of it now, and reminders follow by themselves."),
    "release": Act(
        ReleaseForm,
        lambda article, by, form: publication.release(article, by=by, digest=form.cleaned_data["digest"]),
        "Released: it is published as soon as its quorum is met.",
    ),
    "risk": Act(
        RiskForm,
        lambda article, by, form: publication.set_risk(
            article, form.cleaned_data["level"], by=by, reason=form.cleaned_data["reason"]
        ),
        "The risk class was set; what it asks for applies from now on.",
    ),
    "withdraw": Act(
        WithdrawForm,
        lambda article, by, form: publication.withdraw(article, by=by, **form.cleaned_data),
        "Withdrawn: its address now says so and shows no text.",
    ),
    "check_again": Act(Form, _check_again, "Checked again. What the checks say now stands beside what was frozen."),
    "publish_dissent": Act(
        PublishDissentForm,
        lambda article, by, form: dissents.publish(form.chosen, by=by),
        "Published: readers see the name and the words of who disagreed.",
    ),
    "resolve": Act(ResolveForm, _resolve, "Resolved, in writing and on record."),
    "correct": Act(
        CorrectionForm,
        lambda article, by, form: publication.correct(
            article, by=by, text=form.cleaned_data["text"], details=form.details
        ),
        "The correction is published above the text.",
    ),
    "concern": Act(
        ConcernForm,
        lambda article, by, form: publication.raise_concern(
            article, by=by, text=form.cleaned_data["text"], details=form.details
        ),
        "The expression of concern is published above the text.",
    ),
    "retract": Act(
        RetractForm,
        lambda article, by, form: publication.retract(
            article, by=by, text=form.cleaned_data["text"], reason=form.cleaned_data["reason"], details=form.details
        ),
        "Retracted: the text stays for the record, under its notice.",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def article_page(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows where the article stands; POST calls the one verb that `act` names."""
    if not request.user.is_editor:
        raise Http404
    article = get_object_or_404(for_public(Article.objects.visible_to(request.user)).select_related("author"), pk=pk)
    return _do(request, article) if request.method == "POST" else _page(request, article)


def _do(request: StaffRequest, article: Article) -> HttpResponse:
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    form = _form(name, article, request.POST)
    if not form.is_valid():
        return _page(request, article, 422, bound={_key(name, form): form})
    try:
        act.call(article, request.user, form)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, article.pk, name, form, refusal)
    messages.success(request, act.done)
    return redirect("admin:articles_article_change", article.pk)


def _refused(request: StaffRequest, pk: int, name: str, form: Form, refusal: Exception) -> HttpResponse:
    """The page as it is now, with the sentence of the refusal beside the form and everything typed still in it."""
    status = status_of(refusal)
    article = for_public(Article.objects.all()).select_related("author").get(pk=pk)
    if name == "release":
        form = _form(name, article, None)
    else:
        form.add_error(None, str(refusal))
    return _page(request, article, status, bound={_key(name, form): form}, refusal=str(refusal))


def _form(name: str, article: Article, data: Any, *, key: str = "", **initial: Any) -> Form:
    auto_id = f"{name}{key}-%s"
    if name == "assign":
        fits, suggested = matching.fits(article), assignments.last_suggested(article)
        return AssignForm(data, article=article, candidates=fits, suggested=suggested, auto_id=auto_id)
    if name == "read_again":
        return ReadAgainForm(data, article=article, auto_id=auto_id)
    if name == "ask_again":
        about = get_object_or_404(of_article(article), pk=whole(key or data.get("recheck")))
        return AskAgainForm(data, article=article, about=about, auto_id=auto_id)
    if name == "publish_dissent":
        return PublishDissentForm(data, given=dissents.may_be_published(article), auto_id=auto_id)
    if name == "risk":
        initial = {"level": article.risk_id}
    if name == "release":
        initial = {"digest": article.latest_revision.digest if article.latest_revision else ""}
    return ACTS[name].form(data, initial=initial, auto_id=auto_id)


def _key(name: str, form: Form) -> tuple[str, str]:
    """Which of several forms of one kind this is: there is one per assignment, per notice and per re-check."""
    return name, str(form.data.get("assignment") or form.data.get("notice") or form.data.get("recheck") or "")


def _page(
    request: StaffRequest,
    article: Article,
    status: int = 200,
    *,
    bound: dict[tuple[str, str], Form] | None = None,
    refusal: str = "",
) -> HttpResponse:
    revision = article.latest_revision
    asked, again = list(_asked(article)), listed(article)
    still_open = [n for n in article.notices.all() if n.kind in LIFTED and not _is_resolved(n, article)]
    forms = _forms(request.user, article, asked, still_open, again, bound or {})
    steps = _next_steps(asked)
    context = {
        **admin.site.each_context(request),
        "title": _title(article),
        "refusal": refusal,
        "article": article,
        "row": queue.rows([article], rules=policy.in_force())[0],
        "told": public_article(article, at=clock.now()),
        "revision": revision,
        "text": _text(revision),
        "ai_line": ai_line(revision.data["ai"]) if revision else "",
        "findings": findings_of(revision) if revision else None,
        "later": later_checks(revision) if revision else None,
        "asked": [(a, forms.get(("take_back", str(a.pk))), steps[a.pk]) for a in asked],
        "decisions": _decisions(request.user, article) if revision else (),
        "dissents": dissents.kept_of(article),
        "points": thread_cards.without_text(Thread.objects.visible_to(request.user).filter(article=article)),
        "release": Release.objects.filter(revision=_read(article)).first() if revision else None,
        "typing_waits": TypingCorrection.objects.waiting().filter(article=article).first(),
        "can_correct_typing": revision is not None and article.state == State.APPROVED,
        "open_notices": [(n, forms.get(("resolve", str(n.pk)))) for n in still_open],
        "shortfall": matching.shortfall(article) if article.state in PIPELINE else "",
        "rechecks": [(r, forms.get(("ask_again", str(r.pk)))) for r in again],
        "forms": {name: form for (name, key), form in forms.items() if not key},
        "opened": {name for name, _ in bound or {}},
        "unplaced": _unplaced(bound or {}, asked, still_open),
    }
    return render(request, "reviews/article_page.html", context, status=status)


def _forms(
    user: User,
    article: Article,
    asked: list[ReviewAssignment],
    still_open: list[Notice],
    again: list[Recheck],
    bound: dict[tuple[str, str], Form],
) -> dict[tuple[str, str], Form]:
    """A form for each thing that makes sense now; the verbs still have the last word."""
    forms = {(name, ""): _form(name, article, None) for name in _sensible(user, article) if (name, "") not in bound}
    for assignment in asked:
        if assignment.is_open:
            pk = str(assignment.pk)
            forms["take_back", pk] = _form("take_back", article, None, key=pk, assignment=assignment.pk)
    for notice in still_open:
        pk = str(notice.pk)
        forms["resolve", pk] = _form("resolve", article, None, key=pk, notice=notice.pk, text=found_to_stand(notice))
    for recheck in again:
        if recheck.is_open:
            forms["ask_again", str(recheck.pk)] = _form("ask_again", article, None, key=str(recheck.pk))
    return forms | bound


def _unplaced(bound: dict[tuple[str, str], Form], asked: list[ReviewAssignment], still_open: list[Notice]) -> list[str]:
    """What was typed into a form whose assignment or notice is settled by now, so that nobody has to type it twice."""
    on_page = {("take_back", str(a.pk)) for a in asked if a.is_open} | {("resolve", str(n.pk)) for n in still_open}
    lost = [form for (name, key), form in bound.items() if key and (name, key) not in on_page]
    return [form.data[field] for form in lost for field in ("reason", "text") if form.data.get(field)]


def _sensible(user: User, article: Article) -> list[str]:
    state = State(article.state)
    names = ["risk"]
    if article.latest_revision:
        names.append("check_again")
    if dissents.may_be_published(article):
        names.append("publish_dissent")
    if rechecks.has_text_to_read(article):
        names.append("read_again")
    if state in (State.SUBMITTED, State.UNDER_REVIEW):
        names.append("assign")
    if state == State.UNDER_REVIEW:
        names.append("release")
    if state not in (State.DRAFT, State.WITHDRAWN, State.RETRACTED):
        names.append("withdraw")
    if user.is_responsible_editor and article.approval and state not in (State.WITHDRAWN, State.RETRACTED):
        names += ["correct", "concern", "retract"]
    return names


def _decisions(user: User, article: Article) -> Any:
    """Those on the newest revision, as far as `user` may see them."""
    seen = timeline.decisions_visible_to(user, article, office=timeline.Office.EDITOR)
    return seen.filter(revision=_read(article))


def _asked(article: Article) -> Any:
    """Whoever was asked to read the newest revision, or reads the approved text again."""
    read_again = Q(recheck__article=article, recheck__closed_at=None)
    mine = ReviewAssignment.objects.filter(revision__article=article)
    mine = mine.filter(Q(revision=_read(article)) | read_again)
    people = ("reviewer__user", "reviewer__deputy__user", "discipline", "assigned_by", "suggested__user")
    return mine.select_related(*people, "recheck").prefetch_related("steps", "reviewer__absences")


def _read(article: Article) -> Revision | None:
    """The newest text or, where only its typing was corrected since, the one that was read."""
    approval, newest = article.approval, article.latest_revision
    return approval.of_quorum.revision if approval and newest and approval.revision_id == newest.pk else newest


def _next_steps(asked: list[ReviewAssignment]) -> dict[int, NextStep | None]:
    """What the clock does next about each that is open."""
    ladder = policy.in_force().terms.ladder
    return {a.pk: next_step(a, ladder) if a.is_open else None for a in asked}


def _is_resolved(notice: Notice, article: Article) -> bool:
    return any(other.resolves_id == notice.pk for other in article.notices.all())


def _title(article: Article) -> str:
    return article.latest_revision.data["title"] if article.latest_revision else article.title


def _text(revision: Revision | None) -> Any:
    """The newest revision, if its stored words are still the ones it was named by."""
    return reviewer_text(revision) if revision and is_intact(revision) else None
