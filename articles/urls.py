"""The reader's addresses."""

from django.urls import path

from articles import (
    correction_pages,
    export_pages,
    feeds,
    finding_pages,
    reader_pages,
    take_away_pages,
    verify_pages,
    version_pages,
    views,
)

urlpatterns = [
    path("", views.article_list, name="article-list"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("articles/<slug:slug>/versions/", version_pages.version_list, name="versions"),
    path("articles/<slug:slug>/versions/<int:number>/", version_pages.one_version, name="version"),
    path("articles/<slug:slug>/versions/<int:number>/receipt.json", version_pages.receipt, name="version-receipt"),
    path("articles/<slug:slug>/versions/<int:older>..<int:newer>/", version_pages.comparison, name="comparison"),
    path("articles/<slug:slug>/references.<str:form>", export_pages.references_of_article, name="article-references"),
    path("articles/<slug:slug>/article.pdf", take_away_pages.pdf_of_article, name="article-pdf"),
    path("articles/<slug:slug>/versions/<int:number>/article.pdf", take_away_pages.pdf_of_version, name="version-pdf"),
    path("articles/<slug:slug>/cite.<str:form>", take_away_pages.citation, name="article-citation"),
    path("articles/<slug:slug>/card.png", take_away_pages.share_card, name="share-card"),
    path("reader/", reader_pages.choose_reader, name="choose-reader"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("search/", views.search_page, name="search"),
    path("a-z/", finding_pages.a_to_z, name="a-z"),
    path("newly-checked/", finding_pages.newly_checked, name="newly-checked"),
    path("corrections/", correction_pages.corrections, name="corrections"),
    path("verify/", verify_pages.verify_page, name="verify"),
    path("feed.atom", feeds.feed, {"form": "atom"}, name="feed"),
    path("feed.json", feeds.feed, {"form": "json"}, name="feed-json"),
    path("topics/<slug:slug>/feed.atom", feeds.feed, {"form": "atom"}, name="topic-feed"),
    path("topics/<slug:slug>/feed.json", feeds.feed, {"form": "json"}, name="topic-feed-json"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", feeds.sitemap, name="sitemap-part"),
    path("robots.txt", feeds.robots, name="robots"),
]
