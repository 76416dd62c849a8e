"""Where anybody can ask whether a text is exactly what was checked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles import headers
from articles.channels import carries_articles, declare
from articles.verifying import LONGEST, Found, verify
from editorial import clock
from editorial.limits import Rate, limited, small

LARGEST_BODY = 700_000  # bytes: the longest text, in the most roundabout spelling
LONGEST_NAME = 300  # characters of an address or a digest in a link


# It only looks something up: there is nothing that another site could make a reader do here.
@csrf_exempt
@carries_articles
@require_http_methods(["GET", "HEAD", "POST"])
@small(LARGEST_BODY)
@limited("verify", Rate(20, 60))
def verify_page(request: HttpRequest) -> HttpResponse:
    """Text, a version's address, its digest or its receipt; the answer names the version, or says it knows none."""
    given = request.POST.get("text", "") if request.method == "POST" else request.GET.get("q", "")[:LONGEST_NAME]
    found: list[Found] = []
    trouble = ""
    try:
        found = verify(given, at=clock.now()) if given.strip() else []
    except ValueError as refusal:
        trouble = str(refusal)
    context = {"given": given, "found": found, "trouble": trouble, "longest": LONGEST}
    response = render(request, "articles/verify.html", context, status=400 if trouble else 200)
    units = [each.unit for each in found]
    headers.keep_out_of_search(headers.for_list(response, units))
    response["Cache-Control"] = "no-store"
    return declare(response, units, form="line")
