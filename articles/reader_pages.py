"""Where a reader says who they are: a cookie on their device, no account, and back to the page they came from."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.channels import carries_no_article_text
from articles.readers import COOKIE, KEPT_SECONDS, known

LONGEST_WAY_BACK = 300


# A token in the form would make every reader's page another one, and no cache could share it. What could be forged is
# which variant somebody reads next; and that only by a page of another site in a browser that does not say so.
@csrf_exempt
@carries_no_article_text
@require_POST
def choose_reader(request: HttpRequest) -> HttpResponse:
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise PermissionDenied("This choice can only be made on our own pages.")
    response = HttpResponseRedirect(_way_back(request.POST.get("next", "")))
    response["Cache-Control"] = "no-store"
    if kind := known(request.POST.get("kind")):
        is_secure = settings.SITE_URL.startswith("https://")
        response.set_cookie(COOKIE, kind, max_age=KEPT_SECONDS, samesite="Lax", secure=is_secure, httponly=True)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _way_back(given: str) -> str:
    """A path of this site and nothing else."""
    is_ours = given.startswith("/") and given.isprintable() and len(given) <= LONGEST_WAY_BACK
    return given if is_ours and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else "/"
