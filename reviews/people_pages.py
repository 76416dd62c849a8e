"""The author's desk where it is about people: who writes a text, in which part, with which interests."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from articles import bylines
from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.models import Article, CoauthorInvitation
from articles.rendering import UnreadableText
from articles.states import AiInvolvement
from editorial import tries
from editorial.errors import WorkflowError
from editorial.numbers import whole
from reviews import coauthors
from reviews.people_forms import InterestsForm, InviteCoauthorForm

MOST_A_DAY = 30
DAY = 24 * 60 * 60
INVITED = (
    "Invited. They are told by e-mail, and asked whether they will. Somebody who has no account here yet needs one"
    " first: the editors are asked to invite them."
)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: SignedIn, slug: str) -> HttpResponse:
    """Who writes along, who is asked to, and what one says of one's own interests."""
    article = mine(request, slug)
    act = request.POST.get("act", "")
    inviting = InviteCoauthorForm(request.POST if act == "invite" else None, article=article)
    declaring = InterestsForm(
        request.POST if act == "declare" else None,
        initial={"interests": bylines.own_interests(article, request.user)},
    )
    if request.method == "POST" and (done := _act(request, article, act, inviting, declaring)):
        return done
    context = {
        "article": article,
        "people": article.contributions.select_related("person"),
        "waiting": article.coauthor_invitations.filter(answered_at=None),
        "leads": article.author_id == request.user.pk,
        "inviting": inviting,
        "declaring": declaring,
        "uses_ai": article.ai_involvement != AiInvolvement.NONE,
    }
    return render(request, "desk/people.html", context, status=REFUSED if request.method == "POST" else 200)


def _act(
    request: SignedIn, article: Article, act: str, inviting: InviteCoauthorForm, declaring: InterestsForm
) -> HttpResponse | None:
    """What was asked for; None where it was refused, with the reason in the form or above the page."""
    acts: Mapping[str, Callable[[], str | None]] = {
        "invite": lambda: _invite(request, article, inviting),
        "declare": lambda: _declare(request, article, declaring),
        "take_back": lambda: _take_back(request, article),
        "remove": lambda: _remove(request, article),
        "leave": lambda: _leave(request, article),
    }
    if act not in acts:
        return redirect("desk-people", article.slug)
    try:
        said = acts[act]()
    except (WorkflowError, UnreadableText) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk-people", article.slug)
    if said is None:
        return None
    messages.success(request, said)
    return redirect("desk" if act == "leave" else "desk-people", *([] if act == "leave" else [article.slug]))


def _invite(request: SignedIn, article: Article, form: InviteCoauthorForm) -> str | None:
    if not form.is_valid():
        return None
    try:
        tries.count("invited-to-write", request.user.pk, most=MOST_A_DAY, seconds=DAY)
        coauthors.invite(article, by=request.user, **form.asked)
    except WorkflowError as refusal:
        form.add_error("to", str(refusal))
        return None
    return INVITED


def _declare(request: SignedIn, article: Article, form: InterestsForm) -> str | None:
    if not form.is_valid():
        return None
    coauthors.declare(article, by=request.user, interests=form.cleaned_data["interests"])
    return "Saved. It is printed under your name from the next revision on."


def _take_back(request: SignedIn, article: Article) -> str:
    invitation = get_object_or_404(article.coauthor_invitations, pk=whole(request.POST.get("which")))
    coauthors.take_back(invitation, by=request.user)
    return "Taken back. The link in the e-mail opens nothing any more."


def _remove(request: SignedIn, article: Article) -> str:
    part = get_object_or_404(article.contributions.select_related("person"), pk=whole(request.POST.get("which")))
    coauthors.remove(article, part.person, by=request.user)
    return f"{part.person.label} no longer writes this text, and is told so."


def _leave(request: SignedIn, article: Article) -> str:
    coauthors.leave(article, by=request.user)
    return f"You no longer write “{article.title}”. Revisions that were submitted keep your name."


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: SignedIn, pk: int) -> HttpResponse:
    """What is asked, what it would allow, and yes or no; nothing of the text."""
    found = get_object_or_404(coauthors.open_for(request.user), pk=pk)
    act = request.POST.get("act", "")
    form = InterestsForm(request.POST if act == "accept" else None)
    if act == "decline":
        return _declined(request, found)
    if form.is_bound and form.is_valid():
        try:
            coauthors.accept(found, by=request.user, interests=form.cleaned_data["interests"])
        except (WorkflowError, UnreadableText) as refusal:
            form.add_error("interests", str(refusal))
        else:
            messages.success(request, "You write along from now on.")
            return redirect(found.article.get_desk_url())
    context = {"invitation": found, "form": form}
    return render(request, "desk/invitation.html", context, status=REFUSED if form.is_bound else 200)


def _declined(request: SignedIn, found: CoauthorInvitation) -> HttpResponse:
    try:
        coauthors.decline(found, by=request.user)
    except WorkflowError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found.invited_by.label} is told that you will not.")
    return redirect("desk")
