"""A page laid out as PDF, in a process that can be killed."""

from articles.printing.layout import MOST_BYTES, NotAvailable, TooLong, is_available, pdf_of

__all__ = ["MOST_BYTES", "NotAvailable", "TooLong", "is_available", "pdf_of"]
