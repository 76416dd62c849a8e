"""Where people choose what they are told, and where the link in an e-mail ends that kind of e-mail."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.channels import carries_no_article_text
from articles.desk_views import REFUSED, SignedIn, author_page
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import telling
from reviews.kinds import Kind
from reviews.telling_forms import TellingForm


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: SignedIn) -> HttpResponse:
    """What this person is told, and how soon."""
    preference = telling.preference_of(request.user)
    form = TellingForm(request.POST if request.method == "POST" else None, user=request.user, preference=preference)
    if form.is_bound and form.is_valid():
        try:
            telling.choose(request.user, by=request.user, **form.said)
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept. What waits to be sent follows it too.")
            return redirect("telling")
    return render(request, "inbox/telling.html", {"form": form}, status=REFUSED if form.is_bound else 200)


@csrf_exempt  # A mail program presses the button without a session; the signed address is what it may do.
@never_cache
@carries_no_article_text
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST ends it (RFC 8058): looking at a link, as mail scanners do, changes nothing."""
    read = telling.read_token(token)
    if read is None:
        raise Http404
    pk, what = read
    user = get_object_or_404(User, pk=pk, is_active=True)
    context = {"what": "the e-mails that come once a day" if what == telling.DAILY else Kind(what).label, "done": False}
    if request.method == "POST":
        try:
            telling.turn_off(user, what)
        except WorkflowError as refusal:
            return render(request, "inbox/unsubscribe.html", context | {"refusal": str(refusal)}, status=REFUSED)
        context["done"] = True
    return render(request, "inbox/unsubscribe.html", context)
