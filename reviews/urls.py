"""The addresses of the author's desk, the inbox, and the pages about who checks and how."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import (
    bring_in_pages,
    check_pages,
    desk_views,
    export_pages,
    live_pages,
    reference_pages,
    search_pages,
    words_pages,
)
from articles.citations import KEY
from reviews import (
    history_pages,
    people_pages,
    private_addresses,
    public_pages,
    reader_pages,
    telling_pages,
    thread_pages,
    typing_pages,
    views,
)


class CitationKey(StringConverter):
    """What can be a key, slashes and all; nothing else reaches the database."""

    regex = KEY.pattern


class Token(StringConverter):
    """What makes an address private."""

    regex = private_addresses.PATTERN


register_converter(CitationKey, "key")
register_converter(Token, "token")

urlpatterns = [
    path("policy/", public_pages.editorial_policy, name="editorial-policy"),
    path("policy/<int:number>/", public_pages.policy_version, name="policy-version"),
    path("responsibility/", public_pages.responsibility, name="responsibility"),
    path("board/", public_pages.board, name="board"),
    path("ask/", reader_pages.ask, name="ask"),
    path("ask/editors/", reader_pages.ask_editors, name="ask-editors"),
    path("ask/<token:token>/", reader_pages.question, name="question"),
    path("articles/<slug:slug>/report/", reader_pages.report, name="report"),
    path("reports/", reader_pages.settled_reports, name="reports"),
    path("reports/<token:token>/", reader_pages.ticket, name="ticket"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox-read-all"),
    path("inbox/<int:pk>/read/", views.inbox_read, name="inbox-read"),
    path("inbox/choices/", telling_pages.choices, name="telling"),
    path("inbox/stop/<str:token>/", telling_pages.unsubscribe, name="unsubscribe"),
    path("desk/", views.desk, name="desk"),
    path("write/", desk_views.new, name="desk-new"),
    path("write/bring-in/", bring_in_pages.bring_in, name="desk-bring-in"),
    path("write/as-typed/", live_pages.typed_anew, name="desk-typed-new"),
    path("write/words/", words_pages.words, name="desk-words-new"),
    path("write/words/<int:pk>/", words_pages.kept, name="desk-words-kept"),
    path("write/invitations/<int:pk>/", people_pages.invitation, name="coauthor-invitation"),
    path("desk/<slug:slug>/", views.article, name="desk-article"),
    path("desk/<slug:slug>/people/", people_pages.people, name="desk-people"),
    path("desk/<slug:slug>/words/", words_pages.words, name="desk-words"),
    path("desk/<slug:slug>/brought-in/", bring_in_pages.brought_in, name="desk-brought-in"),
    path("desk/<slug:slug>/citations/", bring_in_pages.citations, name="desk-citations"),
    path("desk/<slug:slug>/edit/", desk_views.edit, name="desk-edit"),
    path("desk/<slug:slug>/as-typed/", live_pages.typed, name="desk-typed"),
    path("desk/<slug:slug>/checks/", check_pages.checks, name="desk-checks"),
    path("desk/<slug:slug>/preview/", desk_views.preview, name="desk-preview"),
    path("desk/<slug:slug>/references/", desk_views.references, name="desk-references"),
    path("desk/<slug:slug>/references.<str:form>", export_pages.references_of_draft, name="desk-references-file"),
    path("desk/<slug:slug>/references/look-up/", reference_pages.look_up, name="desk-reference-look-up"),
    path("desk/<slug:slug>/references/new/", desk_views.reference_edit, name="desk-reference-new"),
    path("desk/<slug:slug>/references/import/", desk_views.import_references, name="desk-import-references"),
    path("desk/<slug:slug>/searches/new/", search_pages.edit, name="desk-search-new"),
    path("desk/<slug:slug>/searches/<int:pk>/edit/", search_pages.edit, name="desk-search-edit"),
    path("desk/<slug:slug>/searches/<int:pk>/remove/", search_pages.remove, name="desk-search-remove"),
    path("desk/<slug:slug>/references/<key:key>/merge/", reference_pages.merge, name="desk-reference-merge"),
    path("desk/<slug:slug>/references/<key:key>/edit/", desk_views.reference_edit, name="desk-reference-edit"),
    path(
        "desk/<slug:slug>/references/<key:key>/remove/",
        desk_views.reference_remove,
        name="desk-reference-remove",
    ),
    path("desk/<slug:slug>/answers/", thread_pages.answers, name="desk-answers"),
    path("desk/<slug:slug>/submit/", views.submit, name="desk-submit"),
    path("desk/<slug:slug>/withdraw/", views.withdraw, name="desk-withdraw"),
    path("desk/<slug:slug>/typing/", typing_pages.desk_typing, name="desk-typing"),
    path("desk/<slug:slug>/history/", history_pages.of_authors, name="desk-history"),
]
