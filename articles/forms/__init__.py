"""What the author's desk asks for."""

from articles.forms.article import ArticleForm
from articles.forms.references import ImportForm, ReferenceForm

__all__ = ["ArticleForm", "ImportForm", "ReferenceForm"]
