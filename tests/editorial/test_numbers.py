"""Whole numbers in addresses and forms, as strangers write them."""

import pytest
from django.http import Http404

from editorial.numbers import LONGEST, whole, whole_or_404

NO_NUMBERS = [None, "", "-1", "1.0", " 1", "1\n", "²", "٣", "one", "9" * (LONGEST + 1), "9" * 5000]


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_of_any_row_is_none(written):
    assert whole(written) is None
    with pytest.raises(Http404):
        whole_or_404(written)


def test_a_number_is_read_whole_and_its_length_can_be_bounded():
    assert (whole("0"), whole("0042"), whole("9" * LONGEST)) == (0, 42, 10**LONGEST - 1)
    assert (whole("999999", digits=6), whole("1000000", digits=6)) == (999_999, None)
