"""Which words are forms of one another, and which only look alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from unspun.edits import common_prefix

# Forms that no ending explains: verbs first, then degrees, plurals, pronouns and articles.
_IRREGULAR = """
be am is are was were been being 's 're 'm|have has had having 've|do does did done doing
|go goes went gone going|say says said|get gets got gotten|make makes made|know knows knew known
|take takes took taken|see sees saw seen|come comes came|think thinks thought|give gives gave given
|find finds found|tell tells told|become becomes became|leave leaves left|feel feels felt
|bring brings brought|begin begins began begun|keep keeps kept|hold holds held|write writes wrote
 written|stand stands stood|hear hears heard|mean means meant|meet meets met|run runs ran
|pay pays paid|sit sits sat|speak speaks spoke spoken|lie lies lay lain|lead leads led
|grow grows grew grown|lose loses lost|fall falls fell fallen|send sends sent|build builds built
|understand understands understood|draw draws drew drawn|break breaks broke broken
|spend spends spent|rise rises rose risen|drive drives drove driven|buy buys bought
|wear wears wore worn|choose chooses chose chosen|seek seeks sought|throw throws threw thrown
|catch catches caught|deal deals dealt|win wins won|forget forgets forgot forgotten|eat eats ate
 eaten|fight fights fought|fly flies flew flown|teach teaches taught|sell sells sold|sing sings
 sang sung|sink sinks sank sunk|swim swims swam swum|drink drinks drank drunk|ride rides rode
 ridden|hide hides hid hidden|bear bears bore born borne|strike strikes struck|swear swears swore
 sworn|shoot shoots shot|sleep sleeps slept|bind binds bound|freeze freezes froze frozen
|steal steals stole stolen|tear tears tore torn|bite bites bit bitten|blow blows blew blown
|feed feeds fed|flee flees fled|hang hangs hung|shake shakes shook shaken|shine shines shone
|stick sticks stuck|sweep sweeps swept|will would 'll|can could|shall should|may might
|good better best well|bad worse worst|far further furthest farther|little less least
|many more most much|man men|woman women|child children|foot feet|tooth teeth|person people
|mouse mice|life lives|wife wives|knife knives|half halves|wolf wolves|leaf leaves
|i me my mine myself|we us our ours ourselves|you your yours yourself|he him his himself
|she her hers herself|it its itself|they them their theirs themselves|who whom whose
|this these|that those|a an|one ones
"""
FORMS = {
    form: number for number, group in enumerate(_IRREGULAR.split("|")) for form in group.split()
}
_ENDING_LIST = """
s es ed d ing er ers est 's ' n en e r t y ies ied ier iest ly ally al ic ical ion ions ation
ations ition tion sion ment ments ness ity ive ives able ible ful less ism ist ists ance ence
ant ent or ors ship ial ious ous cy ary ery ize ise izes ises ized ised izing ising isation
ization ate ates ated ating ator ators ese an ian ians ish ia ium ius
"""
ENDINGS = frozenset(_ENDING_LIST.split()) | {""}
_LEAST_STEM = 3
_FOREIGN_ENDING = 3  # letters that may differ where no English ending explains the difference
_FOREIGN_STEM = 4
_LEAST_SPELLING = 4
_ALIKE = 0.75
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_NUMERAL_LIST = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
hundred hundreds thousand thousands million millions billion billions trillion trillions dozen
dozens half quarter third first second fourth fifth sixth seventh eighth ninth tenth eleventh
twelfth twentieth hundredth once twice percent %
"""
NUMERALS = frozenset(_NUMERAL_LIST.split())
_WEAK = frozenset({"one", "first", "second", "once", "half", "quarter", "third", "一"})
_DIGITS = re.compile(r"\d+(?:[.:]\d+)*")
_PLACES = frozenset({"", "e", "a", "y", "ia"})  # how names of places end
_PEOPLES = frozenset({"an", "ans", "ian", "ians", "ean", "eans", "ese", "ish"})
HAN_NUMERALS = frozenset("零〇一二三四五六七八九十百千万萬亿億两兩")


def has_number(word: str) -> bool:
    """Whether a word holds a digit, or is a numeral.

    >>> has_number("20th"), has_number("Twelve"), has_number("often")
    (True, True, False)
    """
    digits = not word.isalpha() and any(map(str.isdigit, word))
    return digits or word.lower() in NUMERALS or word in HAN_NUMERALS


def same_numbers(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two passages state the same numbers.

    Words such as "one" and "first" count only against another number: most are no quantity.

    >>> same_numbers(["three", "men"], ["4", "men"]), same_numbers(["first"], ["initially"])
    (False, True)
    """
    left, right = _numbers(ours), _numbers(theirs)
    if not left or not right:
        return all(number in _WEAK for number in left + right)
    return left == right


def _numbers(words: Sequence[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        if has_number(word):
            found += _DIGITS.findall(word.replace(",", "")) or [word.lower()]
    return sorted(found)


def is_adjective(a: str, b: str) -> bool:
    """Whether one name is the adjective or the people of the other.

    >>> is_adjective("estonia", "estonian"), is_adjective("plato", "platon")
    (True, False)
    >>> is_adjective("german", "germanic"), is_adjective("henry", "henric")
    (True, False)
    """
    stem = common_prefix(a, b)
    for cut in (stem, stem - 1):
        if cut < _LEAST_STEM:
            break
        for place, people in ((a[cut:], b[cut:]), (b[cut:], a[cut:])):
            if (place in _PLACES and people in _PEOPLES) or (place, people) == ("", "ic"):
                return True
    return False


@lru_cache(maxsize=65_536)
def same_lemma(a: str, b: str) -> bool:
    """Whether two words look like forms or derivations of one word.

    >>> same_lemma("went", "going"), same_lemma("studies", "studied"), same_lemma("cat", "car")
    (True, True, False)
    """
    a, b = a.lower().replace("’", "'"), b.lower().replace("’", "'")
    if FORMS.get(a, -1) == FORMS.get(b, -2):
        return True
    if not (_WORD.fullmatch(a) and _WORD.fullmatch(b)):
        return False
    stem = common_prefix(a, b)
    if stem < _LEAST_STEM:
        return False
    for cut in (stem, stem - 1, stem - 2):  # stopped, studies: a letter doubled or changed
        if cut >= _LEAST_STEM and _ending(a, cut) in ENDINGS and _ending(b, cut) in ENDINGS:
            return True
    rest = max(len(a), len(b)) - stem
    return stem >= _FOREIGN_STEM and rest <= _FOREIGN_ENDING and not a.isascii()


def _ending(word: str, stem: int) -> str:
    """What follows the stem, without a doubled consonant."""
    ending = word[stem:]
    if len(ending) > 1 and ending[0] == word[stem - 1]:
        return ending[1:]
    return ending


@lru_cache(maxsize=65_536)
def misspelt(a: str, b: str) -> bool:
    """Whether two words are one, spelt in two ways.

    >>> misspelt("recieve", "receive"), misspelt("colour", "color"), misspelt("cat", "dog")
    (True, True, False)
    """
    a, b = a.lower(), b.lower()
    if min(len(a), len(b)) < _LEAST_SPELLING:
        return False
    return bool(OSA.normalized_similarity(a, b) > _ALIKE)
