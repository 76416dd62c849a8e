"""What the author's desk asks for."""

from articles.forms.article import ArticleForm
from articles.forms.bringing_in import BringInForm
from articles.forms.citations import CitationsForm
from articles.forms.references import ImportForm, MergeForm, ReferenceForm
from articles.forms.searches import SearchForm

__all__ = ["ArticleForm", "BringInForm", "CitationsForm", "ImportForm", "MergeForm", "ReferenceForm", "SearchForm"]
