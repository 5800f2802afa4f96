"""Bilingual files: real ones in, the segments out, and damage named by line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from unspun.bilingual import open_bitexts
from unspun.checking import Languages, Unit
from unspun.errors import InputError, MismatchError

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en" datatype="html" segtype="sentence"
 adminlang="en" o-tmf="x" creationtool="x" creationtoolversion="1"/><body>
<tu tuid="greet"><tuv xml:lang="en"><seg>Press <bpt i="1">&lt;b&gt;</bpt>Start<ept
 i="1">&lt;/b&gt;</ept>
 &amp; wait</seg></tuv><tuv xml:lang="de-AT"><seg><bpt i="1">&lt;b&gt;</bpt>Start<ept
 i="1">&lt;/b&gt;</ept> drücken &amp; warten</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>See <hi>page</hi> <ph x="2">{p}</ph></seg></tuv>
<tuv xml:lang="de-AT"><seg>Siehe Seite</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Alone</seg></tuv></tu>
</body></tmx>"""

XLIFF_1 = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="menu.txt" source-language="en" target-language="fr" datatype="plaintext"><body>
<trans-unit id="1"><source>Open <g id="1">the</g> file<x id="2"/></source>
<target state="translated">Ouvrir <g id="1">le</g> fichier<x id="2"/></target>
<alt-trans><source>Open</source><target>Ouvrez</target></alt-trans></trans-unit>
<group translate="no"><trans-unit id="2"><source>ID</source><target>ID</target></trans-unit></group>
<trans-unit id="3"><source>Close</source></trans-unit>
</body></file></xliff>"""

XLIFF_2 = """<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="ja">
<file id="f1"><unit id="u1"><notes><note>careful</note></notes>
<segment id="s1"><source>A <pc id="1">bold</pc> word<ph id="2"/></source>
<target><pc id="1">太字</pc>の単語<ph id="2"/></target></segment>
<ignorable><source> </source></ignorable>
<segment><source>Next<cp hex="0007"/></source><target>次</target></segment></unit>
<unit id="u2" translate="no"><segment><source>X</source><target>X</target></segment></unit>
</file></xliff>"""


def units(path: Path, wanted: Languages | None = None) -> tuple[Languages, list[Unit]]:
    (bitext,) = open_bitexts([path], wanted)
    return bitext.languages, list(bitext.units)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_tmx_keeps_inline_codes_as_tags_and_knows_its_languages(tmp_path: Path) -> None:
    languages, found = units(write(tmp_path, "m.tmx", TMX))
    assert languages == Languages("en", "de-AT")
    assert [u.id for u in found] == ["greet", "2", "3"]
    assert found[0].source == 'Press <bpt id="1"/>Start<ept id="1"/>\n & wait'
    assert found[0].target == '<bpt id="1"/>Start<ept id="1"/> drücken & warten'
    assert found[1].source == 'See page <ph id="2"/>'
    assert (found[2].source, found[2].target) == ("Alone", "")
    assert [u.line for u in found] == [5, 9, 11]


def test_tmx_is_read_in_either_direction_and_compressed(tmp_path: Path) -> None:
    path = tmp_path / "m.tmx.gz"
    path.write_bytes(gzip.compress(TMX.encode()))
    languages, found = units(path, Languages("de", "en"))
    assert languages == Languages("de-AT", "en")
    assert found[1].source == "Siehe Seite"


def test_tmx_with_several_translations_asks_for_one(tmp_path: Path) -> None:
    more = '<tuv xml:lang="it"><seg>Solo</seg></tuv><tuv xml:lang="es"><seg>Solo</seg></tuv>'
    text = TMX.replace("<seg>Alone</seg></tuv>", f"<seg>Alone</seg></tuv>{more}")
    path = write(tmp_path, "m.tmx", text)
    with pytest.raises(InputError, match=r"line 11: translations into it, es: name one"):
        units(path)
    assert units(path, Languages("en", "it"))[1][2].target == "Solo"


def test_xliff_1_passes_over_suggestions_and_what_is_not_translated(tmp_path: Path) -> None:
    languages, found = units(write(tmp_path, "m.xlf", XLIFF_1))
    assert languages == Languages("en", "fr")
    assert [(u.id, u.target) for u in found] == [
        ("1", 'Ouvrir <g id="1">le</g> fichier<x id="2"/>'),
        ("3", ""),
    ]
    assert found[0].document == "menu.txt"


def test_xliff_with_a_unit_inside_a_text_is_read_to_its_end(tmp_path: Path) -> None:
    nested = "<source>one<source>two</source><trans-unit/></source><target>eins</target>"
    whole = f'<xliff><trans-unit id="1">{nested}</trans-unit><trans-unit id="2"/></xliff>'
    _, found = units(write(tmp_path, "m.xliff", whole))
    assert [(unit.id, unit.target) for unit in found] == [("1", "eins"), ("2", "")]


def test_xliff_2_has_segments_and_characters_that_xml_cannot_hold(tmp_path: Path) -> None:
    languages, found = units(write(tmp_path, "m.xliff", XLIFF_2))
    assert languages == Languages("en", "ja")
    assert [(u.id, u.source) for u in found] == [
        ("u1/s1", 'A <pc id="1">bold</pc> word<ph id="2"/>'),
        ("u1/2", "Next\x07"),
    ]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>&b;</seg></tuv></tu></body></tmx>"""
THIEF = """<?xml version="1.0"?>
<!DOCTYPE xliff [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<xliff version="1.2"><file source-language="en" target-language="de"><body><trans-unit id="1">
<source>&f;</source><target>x</target></trans-unit></body></file></xliff>"""


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("bomb.tmx", BOMB, "line 2: declares the entity 'a'"),
        ("thief.xlf", THIEF, "line 2: declares the entity 'f'"),
        ("named.tmx", TMX.replace("Alone", "Al&eacute;"), "line 11: uses the entity &eacute;"),
        ("cut.tmx", TMX[:500], "not well-formed XML"),
        ("other.tmx", XLIFF_1, "line 2: <xliff> where <tmx> is expected"),
        ("deep.xlf", f"<xliff>{'<g>' * 300}", "nest more than 200"),
        ("one.tsv", "alone\n", "line 1: 1 fields"),
        ("text.txt", "x", "not a bilingual file"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_line(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(InputError, match=reason) as caught:
        units(path)
    assert name in str(caught.value)


def test_tsv_with_and_without_names_of_columns(tmp_path: Path) -> None:
    plain = write(tmp_path, "a.tsv", 'He said "no\tEr sagte "nein\n\nBye\tTschüss\tend\n')
    assert [(u.id, u.source) for u in units(plain)[1]] == [("1", 'He said "no'), ("end", "Bye")]
    named = write(tmp_path, "b.tsv", "doc\tTarget\tsource\nd1\tJa\tYes\n")
    (unit,) = units(named)[1]
    assert unit == Unit("Yes", "Ja", "2", "d1", 2)


def test_lines_pair_where_there_are_as_many_and_passages_where_not(tmp_path: Path) -> None:
    source = write(tmp_path, "s.txt", "Am 3. Mai.\nAm 4. Juni fuhr er fort.\nDann nichts mehr.\n")
    target = write(tmp_path, "t.txt", "On 3 May.\nThen nothing more.\n")
    (bitext,) = open_bitexts([source, target], Languages("de", "en"))
    found = [(u.source, u.target) for u in bitext.units]
    assert found == [
        ("Am 3. Mai.", "On 3 May."),
        ("Am 4. Juni fuhr er fort.", ""),
        ("Dann nichts mehr.", "Then nothing more."),
    ]
    (lines,) = open_bitexts([source, target], Languages("de", "en"), by="line")
    with pytest.raises(MismatchError, match=r"3 lines.*2"):
        list(lines.units)


def test_folders_pair_by_name_and_nothing_is_left_out(tmp_path: Path) -> None:
    for folder, names in (("de", ("a", "b")), ("en", ("a",))):
        (tmp_path / folder).mkdir()
        for name in names:
            write(tmp_path / folder, f"{name}.txt", "1\n")
    with pytest.raises(MismatchError, match="without partner: b"):
        list(open_bitexts([tmp_path / "de", tmp_path / "en"]))
    write(tmp_path / "en", "b.txt", "1\n")
    found = list(open_bitexts([tmp_path / "de", tmp_path / "en"], Languages("de", "en")))
    assert [b.name for b in found] == ["a", "b"]


def test_a_test_set_knows_its_languages_and_systems(shared: Path) -> None:
    folder = shared / "data/mt/wmt21_zhen"
    (bitext,) = open_bitexts([folder], system="Online-B")
    assert bitext.languages == Languages("zh", "en")
    assert len(list(bitext.units)) == 1948
    assert len(list(open_bitexts([folder]))) == 24
    with pytest.raises(InputError, match="did you mean 'Online-B'"):
        list(open_bitexts([folder], system="Onlin-B"))


def test_languages_are_found_where_nobody_says(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.tsv",
        "Der Zug nach Bremen fährt heute von Gleis sieben ab.\t"
        "The train to Bremen leaves from platform seven today.\n",
    )
    assert units(path)[0] == Languages("de", "en")
