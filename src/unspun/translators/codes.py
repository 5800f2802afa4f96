"""Languages as models and servers spell them."""

from __future__ import annotations

from collections.abc import Iterable

FLORES = {
    "af": "afr_Latn", "am": "amh_Ethi", "ar": "arb_Arab", "az": "azj_Latn", "be": "bel_Cyrl",
    "bg": "bul_Cyrl", "bn": "ben_Beng", "bs": "bos_Latn", "ca": "cat_Latn", "cs": "ces_Latn",
    "cy": "cym_Latn", "da": "dan_Latn", "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn",
    "eo": "epo_Latn", "es": "spa_Latn", "et": "est_Latn", "eu": "eus_Latn", "fa": "pes_Arab",
    "fi": "fin_Latn", "fil": "tgl_Latn", "fr": "fra_Latn", "ga": "gle_Latn", "gl": "glg_Latn",
    "gu": "guj_Gujr", "he": "heb_Hebr", "hi": "hin_Deva", "hr": "hrv_Latn", "hu": "hun_Latn",
    "hy": "hye_Armn", "id": "ind_Latn", "is": "isl_Latn", "it": "ita_Latn", "ja": "jpn_Jpan",
    "ka": "kat_Geor", "kk": "kaz_Cyrl", "km": "khm_Khmr", "kn": "kan_Knda", "ko": "kor_Hang",
    "lo": "lao_Laoo", "lt": "lit_Latn", "lv": "lvs_Latn", "mk": "mkd_Cyrl", "ml": "mal_Mlym",
    "mn": "khk_Cyrl", "mr": "mar_Deva", "ms": "zsm_Latn", "my": "mya_Mymr", "ne": "npi_Deva",
    "nl": "nld_Latn", "no": "nob_Latn", "pa": "pan_Guru", "pl": "pol_Latn", "pt": "por_Latn",
    "ro": "ron_Latn", "ru": "rus_Cyrl", "si": "sin_Sinh", "sk": "slk_Latn", "sl": "slv_Latn",
    "so": "som_Latn", "sq": "als_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn", "sw": "swh_Latn",
    "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai", "tl": "tgl_Latn", "tr": "tur_Latn",
    "uk": "ukr_Cyrl", "ur": "urd_Arab", "uz": "uzn_Latn", "vi": "vie_Latn", "zh": "zho_Hans",
    "zh-Hans": "zho_Hans", "zh-Hant": "zho_Hant", "zu": "zul_Latn",
}  # fmt: skip
"""BCP 47 to the codes of FLORES-200 (NLLB Team 2022), for the languages that unspun tags."""

_ISO3 = {code.split("_")[0]: tag for tag, code in reversed(FLORES.items()) if "-" not in tag} | {
    "zho": "zh", "cmn": "zh", "ara": "ar", "fas": "fa", "msa": "ms", "nor": "no", "lav": "lv",
    "aze": "az", "est": "et", "sqi": "sq", "swa": "sw", "nep": "ne", "uzb": "uz", "mon": "mn",
}  # fmt: skip
_NAMES = {"zt": "zh", "nb": "no", "iw": "he", "jp": "ja", "cn": "zh", "tl": "tl"}


def primary(code: str) -> str:
    """The language alone, in two letters where there are two.

    >>> [primary(code) for code in ("zh-Hant", "zho_Hans", "eng", "cmn", "pt_BR", "zt")]
    ['zh', 'zh', 'en', 'zh', 'pt', 'zh']
    """
    own = code.replace("_", "-").split("-")[0].lower()
    return _ISO3.get(own) or _NAMES.get(own, own)


def flores(tag: str) -> str | None:
    """The code of FLORES-200."""
    return FLORES.get(tag) or FLORES.get(primary(tag))


def spelled(tag: str, known: Iterable[str]) -> str | None:
    """A server's spelling of a language: the same tag, or one of the same language.

    >>> spelled("zh-Hant", ["en", "zh", "zt"]), spelled("zh-Hant", ["en", "zh-Hans"])
    ('zt', 'zh-Hans')
    """
    codes = list(known)
    if tag == "zh-Hant":
        tags = [tag, "zt", "zh-TW", "zh"]
    elif tag == "zh-Hans":
        tags = [tag, "zh", "zh-CN"]
    else:
        tags = [tag, tag.split("-", maxsplit=1)[0]]
    by_name = {code.lower(): code for code in codes}
    for name in tags:
        if name.lower() in by_name:
            return by_name[name.lower()]
    return next((code for code in codes if primary(code) == primary(tag)), None)
