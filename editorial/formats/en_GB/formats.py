"""How days are written in English."""

DATE_FORMAT = "j F Y"
YEAR_MONTH_FORMAT = "F Y"
