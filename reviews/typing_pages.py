"""The pages where a typing correction is proposed, and where a second person signs or declines it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from articles.desk_views import SignedIn, author_page, mine
from articles.models import Article
from articles.rendering import UnreadableText
from articles.typing_slips import TEXTS, most_slips
from articles.versions import Change, shortened_changes
from editorial.admin_doors import StaffRequest, visitor
from editorial.errors import Conflict, WorkflowError, status_of
from editorial.models import User
from reviews import typing_corrections
from reviews.confirmation import confirm
from reviews.models import TypingCorrection
from reviews.typing_corrections import MoreThanTyping
from reviews.typing_forms import NotSignedForm, SignForm, TypingForm

MOST_WAITING, MOST_SETTLED = 200, 30
WAITS = "Proposed. Readers see nothing of it until a second person has signed; they were told."


@require_http_methods(["GET", "HEAD", "POST"])
def propose_page(request: StaffRequest, pk: int) -> HttpResponse:
    """For editors: the approved text to be mended in place."""
    user = visitor(request)
    if not user.is_editor:
        raise Http404
    article = get_object_or_404(Article.objects.visible_to(user), pk=pk)
    frame = {**admin.site.each_context(request), "title": "Correct the typing"}
    return _proposal(request, article, user, "reviews/typing_propose.html", frame)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def desk_typing(request: SignedIn, slug: str) -> HttpResponse:
    """For its authors: the same."""
    article = mine(request, slug)
    return _proposal(request, article, request.user, "desk/typing.html", {})


def _proposal(
    request: HttpRequest, article: Article, user: User, template: str, context: dict[str, Any]
) -> HttpResponse:
    context |= {"article": article, "why_not": typing_corrections.why_not_now(article)}
    if article.approval is None:
        return render(request, template, context, status=409 if request.method == "POST" else 200)
    standing = article.approval.revision.data
    texts = {part: standing[part] for part in TEXTS}
    form = TypingForm(request.POST if request.method == "POST" else None, texts=texts, auto_id="typing-%s")
    refusal: Exception | None = None
    if form.is_bound and form.is_valid():
        try:
            typing_corrections.propose(article, by=user, texts=form.texts, reason=form.cleaned_data["reason"])
        except (WorkflowError, UnreadableText, PermissionDenied) as refused:
            refusal = refused
        else:
            messages.success(request, WAITS)
            return redirect(request.path)
    context |= {
        "form": form,
        "refusal": refusal,
        "objections": refusal.objections if isinstance(refusal, MoreThanTyping) else (),
        "bound": most_slips(article.approval.of_quorum.revision.data),
        "waiting": TypingCorrection.objects.waiting().filter(article=article).first(),
        "is_signer": user.is_editor,
    }
    return render(request, template, context, status=status_of(refusal) if form.is_bound else 200)


@require_safe
def typing_list(request: StaffRequest) -> HttpResponse:
    """What waits for a signature, the oldest first; and what was settled last."""
    visible = TypingCorrection.objects.visible_to(_let_in(request)).with_article()
    context = {
        **admin.site.each_context(request),
        "title": "Typing corrections",
        "waiting": visible.waiting().order_by("pk")[:MOST_WAITING],
        "settled": visible.exclude(settled_at=None).order_by("-settled_at", "-pk")[:MOST_SETTLED],
    }
    return render(request, "reviews/typing_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def typing_page(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows the marked difference; POST signs, declines or takes back."""
    visible = TypingCorrection.objects.visible_to(_let_in(request))
    found = visible.select_related("article__approval__revision", "article__approval__read__revision", "revision")
    correction = get_object_or_404(found, pk=pk)
    return _do(request, correction) if request.method == "POST" else _page(request, correction)


def _let_in(request: StaffRequest) -> User:
    user = visitor(request)
    if not (user.is_editor or hasattr(user, "board_member")):
        raise PermissionDenied
    return user


def _do(request: StaffRequest, correction: TypingCorrection) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in ("sign", "decline", "take_back"):
        raise Http404
    form: Any = (SignForm if act == "sign" else NotSignedForm)(request.POST, auto_id=f"{act}-%s")
    if not form.is_valid():
        return _page(request, correction, 422, **{act: form})
    try:
        done = (
            _sign(correction, form, visitor(request))
            if act == "sign"
            else _end(correction, act, form, visitor(request))
        )
    except (WorkflowError, PermissionDenied, UnreadableText) as refusal:
        form.add_error(None, str(refusal))
        correction.refresh_from_db()
        return _page(request, correction, status_of(refusal), **{act: form})
    messages.success(request, done)
    return redirect("admin:reviews_typingcorrection_change", correction.pk)


def _sign(correction: TypingCorrection, form: SignForm, user: User) -> str:
    """No try at the password is spent where the signature is refused for other reasons."""
    if why := typing_corrections.why_not_signer(correction.article, correction, user):
        raise PermissionDenied(why)
    if why := typing_corrections.why_not_now(correction.article, correction):
        raise Conflict(why)
    said = form.cleaned_data
    proof = confirm(user, digest=said["digest"], secret=said["password"])
    revision = typing_corrections.sign(correction, by=user, digest=said["digest"], confirmation=proof)
    return f"Signed. Version {revision.number} stands now, under the check of the text that was read."


def _end(correction: TypingCorrection, act: str, form: NotSignedForm, user: User) -> str:
    verb = typing_corrections.decline if act == "decline" else typing_corrections.take_back
    verb(correction, by=user, reason=form.cleaned_data["reason"])
    return "Declined; the text stays as it is." if act == "decline" else "Taken back; the text stays as it is."


def _page(request: StaffRequest, correction: TypingCorrection, status: int = 200, **bound: Any) -> HttpResponse:
    article, user = correction.article, visitor(request)
    is_own = correction.proposed_by_id == user.pk
    context = {
        **admin.site.each_context(request),
        "title": str(correction),
        "correction": correction,
        "article": article,
        "question": correction.revision.data["title"],
        **_differences(correction),
        "why_not": typing_corrections.why_not_now(article, correction) if correction.is_unsettled else "",
        "not_signer": typing_corrections.why_not_signer(article, correction, user),
        "is_own": is_own,
        "sign": bound.get("sign") or SignForm(initial={"digest": correction.digest}, auto_id="sign-%s"),
        "decline": bound.get("decline") or NotSignedForm(auto_id="decline-%s"),
        "take_back": bound.get("take_back") or NotSignedForm(auto_id="take_back-%s"),
        "bound": bound,
    }
    return render(request, "reviews/typing_correction.html", context, status=status)


def _differences(correction: TypingCorrection) -> dict[str, list[Change]]:
    """To what the board read and, where another correction lies between, to what stands."""
    approval = correction.revision.approvals.order_by("-pk").select_related("read__revision", "revision").first()
    stands = correction.revision.data
    now = stands | correction.texts
    read = approval.of_quorum.revision if approval else correction.revision
    to_read = shortened_changes(read.data, now)
    return {
        "to_read": to_read,
        "to_standing": shortened_changes(stands, now) if read.pk != correction.revision_id else [],
    }
