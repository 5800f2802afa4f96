"""Number words and months of languages in alphabets, as one table a language.

The words are what a number can be spelt as, so that 3 and "three" are the same. The forms are the
common ones (Unicode CLDR's spell-out rules), not every inflection.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
    " fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
    " seize dix-sept dix-huit dix-neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
    " quince dieciséis diecisiete dieciocho diecinueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici"
    " quattordici quindici sedici diciassette diciotto diciannove",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze"
    " dezesseis dezessete dezoito dezenove",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien"
    " vijftien zestien zeventien achttien negentien",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
    " тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
}
_SCALES = {
    "en": "hundred hundreds:2 thousand thousands k:3 million millions mn mln m:6"
    " billion billions bn bln b:9 trillion trillions tn trn:12",
    "de": "hundert:2 tausend:3 Million Millionen Mio:6 Milliarde Milliarden Mrd:9"
    " Billion Billionen Bio:12",
    "fr": "cent cents:2 mille:3 million millions M:6 milliard milliards Md Mds:9"
    " billion billions:12",
    "es": "cien ciento cientos:2 mil miles:3 millón millones:6 millardo millardos:9"
    " billón billones:12",
    "it": "cento:2 mille mila:3 milione milioni mln:6 miliardo miliardi mld:9 bilione bilioni:12",
    "pt": "cem cento centos:2 mil:3 milhão milhões:6 bilhão bilhões mil_milhões:9"
    " trilhão trilhões:12",
    "nl": "honderd:2 duizend:3 miljoen mln:6 miljard mld:9 biljoen:12",
    "ru": "сто сот:2 тысяча тысячи тысяч тыс:3 миллион миллиона миллионов млн:6"
    " миллиард миллиарда миллиардов млрд:9 триллион триллиона триллионов трлн:12",
}
_ORDINALS = {
    "en": "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh"
    " twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth",
    "de": "nullte erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte",
    "fr": "zéroième premier deuxième troisième quatrième cinquième sixième septième huitième"
    " neuvième dixième",
    "es": "cero primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo",
    "it": "zero primo secondo terzo quarto quinto sesto settimo ottavo nono decimo",
    "pt": "zero primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo",
    "nl": "nulde eerste tweede derde vierde vijfde zesde zevende achtste negende tiende",
    "ru": "нулевой первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый",
}
_MONTHS = {
    "en": "January|Jan February|Feb March|Mar April|Apr May June|Jun July|Jul August|Aug"
    " September|Sept|Sep October|Oct November|Nov December|Dec",
    "de": "Januar|Jänner Februar März April Mai Juni Juli August September Oktober November"
    " Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre"
    " noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ru": "января|январь февраля|февраль марта|март апреля|апрель мая|май июня|июнь июля|июль"
    " августа|август сентября|сентябрь октября|октябрь ноября|ноябрь декабря|декабрь",
}
_WEEKDAYS = {
    "en": "Monday|Mondays Tuesday|Tuesdays Wednesday|Wednesdays Thursday|Thursdays"
    " Friday|Fridays Saturday|Saturdays Sunday|Sundays",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag|Sonnabend Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "ru": "понедельник вторник среда|среду четверг пятница|пятницу суббота|субботу воскресенье",
}
_POINT_IS_DECIMAL = frozenset(
    ["en", "zh", "ja", "ko", "th", "he", "hi", "ur", "bn", "ta", "ms", "tl", "sw"]
)


class Words(NamedTuple):
    """How a language writes numbers.

    Attributes:
        units: Words of 0 to 19.
        tens: Words of 20, 30, ... 90.
        scales: Words of hundred, thousand, million, ... with their values.
        ordinals: Words of first, second, ...
        months: Names of months, 1 to 12, lower case.
        weekdays: Names of days, 1 (Monday) to 7, lower case.
        decimal: The decimal sign; empty where both conventions are to be tried.
    """

    units: dict[str, int]
    tens: dict[str, int]
    scales: dict[str, int]
    ordinals: dict[str, int]
    months: dict[str, int]
    weekdays: dict[str, int]
    decimal: str


def known(language: str) -> bool:
    """Whether the number words of a language are in the table."""
    return language.split("-", maxsplit=1)[0] in _UNITS


@lru_cache(maxsize=64)
def words(language: str) -> Words:
    """The table of a language; empty words where none is known.

    >>> words("de").months["märz"], words("de").decimal, words("en").scales["billion"]
    (3, ',', 1000000000)
    """
    code = language.split("-", maxsplit=1)[0]
    decimal = "." if code in _POINT_IS_DECIMAL else "" if code == "und" else ","
    return Words(
        _numbered(_UNITS.get(code, ""), 0),
        {word: 20 + 10 * k for k, word in enumerate(_TENS.get(code, "").split())},
        _scales(_SCALES.get(code, "")),
        _numbered(_ORDINALS.get(code, ""), 0),
        _numbered(_MONTHS.get(code, ""), 1),
        _numbered(_WEEKDAYS.get(code, ""), 1),
        decimal,
    )


def _numbered(names: str, first: int) -> dict[str, int]:
    return {
        form: number
        for number, forms in enumerate(names.split(), first)
        for form in forms.lower().split("|")
    }


def _scales(table: str) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting: list[str] = []
    for entry in table.split():
        word, _, power = entry.partition(":")
        waiting.append(word.lower())
        if power:
            found.update(dict.fromkeys(waiting, 10 ** int(power)))
            waiting = []
    return found
