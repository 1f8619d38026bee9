"""The need a place's type speaks of in plain words, where no known code system says it."""

import re
from functools import lru_cache

from contracts import Need

# Words as Jambi's hospitals name their units; two different needs in one text say nothing.
_WORDS = {
    "igd": Need.IGD,
    "ugd": Need.IGD,
    "icu": Need.ICU,
    "hcu": Need.HCU,
    "nicu": Need.NICU,
    "picu": Need.PICU,
    "isolasi": Need.ISOLATION,
    "isolation": Need.ISOLATION,
    "bersalin": Need.DELIVERY,
    "persalinan": Need.DELIVERY,
    "vk": Need.DELIVERY,
    "delivery": Need.DELIVERY,
    "inap": Need.WARD,
    "bangsal": Need.WARD,
    "ward": Need.WARD,
}
_NEGATIONS = frozenset({"non", "bukan", "pasca", "paska", "post"})  # "non isolasi", "pasca persalinan"
_WORD = re.compile("[a-z]+")


@lru_cache(maxsize=1024)
def need_in_words(text: str) -> Need | None:
    """Return the one need *text* names, None where it names none, several or what is not it."""
    words = set(_WORD.findall(text.casefold()))
    needs = {_WORDS[word] for word in words & _WORDS.keys()}
    precise = needs - {Need.WARD} or needs
    return precise.pop() if len(precise) == 1 and not words & _NEGATIONS else None
