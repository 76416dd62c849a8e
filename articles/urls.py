"""The reader's addresses."""

from django.urls import path

from articles import feeds, views

urlpatterns = [
    path("", views.article_list, name="article-list"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("search/", views.search_page, name="search"),
    path("feed.atom", feeds.feed, name="feed"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", feeds.sitemap, name="sitemap-part"),
    path("robots.txt", feeds.robots, name="robots"),
]
