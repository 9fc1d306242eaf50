"""The tables of the site: its pages (`pages`), what it writes about (`articles`), what people agree to (`policies`), and
how each school looks (`brands`).
"""

from .articles import ArticleIndexPage, ArticlePage
from .brands import Accent, SchoolBrand
from .pages import HomePage, StandardPage
from .policies import PolicyPage, PolicyVersion

__all__ = [
    "Accent",
    "ArticleIndexPage",
    "ArticlePage",
    "HomePage",
    "PolicyPage",
    "PolicyVersion",
    "SchoolBrand",
    "StandardPage",
]
