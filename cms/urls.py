"""Addresses of the room `cms`."""

from django.urls import URLPattern, path

from . import patterns, views
from .feeds import ArticleFeed

app_name = "cms"
urlpatterns: list[URLPattern] = [
    path("patterns/", patterns.index, name="patterns"),
    path("search/", views.search, name="search"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("articles.atom", ArticleFeed(), name="feed"),
    path("robots.txt", views.robots, name="robots"),
]
