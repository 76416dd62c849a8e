"""What the author's desk asks for."""

from articles.forms.article import ArticleForm
from articles.forms.bringing_in import BringInForm
from articles.forms.citations import CitationsForm
from articles.forms.references import ImportForm, LookUpForm, MergeForm, ReferenceForm
from articles.forms.searches import SearchForm

__all__ = [
    "ArticleForm",
    "BringInForm",
    "CitationsForm",
    "ImportForm",
    "LookUpForm",
    "MergeForm",
    "ReferenceForm",
    "SearchForm",
]
