"""Marks, quotation, markup and placeholders: every language's own, and what is broken."""

from __future__ import annotations

import pytest

from unspun import checking

FINE = [
    ("He said “we wait”.", "Powiedział: „czekamy”.", "en", "pl"),
    ("He said “we wait”.", "Han sa: ”vi väntar”.", "en", "sv"),
    ("He said “we wait”.", "Han sagde: »vi venter«.", "en", "da"),
    ("He said “we wait”.", "Er sagte: „wir warten“.", "en", "de"),
    ("He said “we wait”.", "Er sagte: »wir warten«.", "en", "de"),
    ("He said “we wait”.", "Azt mondta: „várunk”.", "en", "hu"),
    ("He said “we wait”.", "Il a dit : « nous attendons ».", "en", "fr"),
    ("He said “we wait”.", "Он сказал: «ждём».", "en", "ru"),
    ("He said “we wait”.", "他说：“我们等。”", "en", "zh"),
    ("He said “we wait”.", "彼は「待つ」と言った。", "en", "ja"),
    ("他说：“我们等。”", "“We wait,” he said.", "zh", "en"),
    ("他走了……", "He left…", "zh", "en"),
    ("他走了……", "He left...", "zh", "en"),
    ("他走了——很晚。", "He left — late.", "zh", "en"),
    ("他走了——很晚。", "He left - late.", "zh", "en"),
    ("Use --help to see.", "用 --help 查看。", "en", "zh"),
    ("Use --help to see.", "Siehe --help an.", "en", "de"),
    ("Is it late?", "¿Es tarde?", "en", "es"),
    ("Is it late?", "Είναι αργά;", "en", "el"),
    ("It is late.", "时间晚了。", "en", "zh"),
    ("It is late.", "देर हो गई।", "en", "hi"),
    ("It is late.", "تأخر الوقت.", "en", "ar"),
    ("Is it late?", "هل تأخر الوقت؟", "en", "ar"),
    ("5' 10\" tall", "5' 10\" groß", "en", "de"),
    ("the '90s", "die 90er", "en", "de"),
    ("a) one b) two", "a) eins b) zwei", "en", "de"),
    (":) nice", "schön :)", "en", "de"),
    ("Version 1.2,3", "Version 1.2,3", "en", "de"),
    ("Mr. Smith, Ph.D., left.", "Herr Smith, Ph.D., ging.", "en", "de"),
    ("<b>Save</b> now", "Jetzt <b>speichern</b>", "en", "de"),
    ("<b>One</b> <i>two</i>", "<i>zwei</i> <b>eins</b>", "en", "de"),
    ("Press <kbd>A</kbd><br/>Go", "<kbd>A</kbd> drücken<br>Los", "en", "de"),
    ("{count} files", "{count} Dateien", "en", "de"),
    (
        "{count, plural, one {# file} other {# files}}",
        "{count, plural, one {# Datei} other {# Dateien}}",
        "en",
        "de",
    ),
    ("%1$s of %2$d", "%2$d von %1$s", "en", "de"),
    ("50% off, 20% da", "50 % weg, 20 % da", "en", "de"),
    ("{{name}} left", "{{name}} ging", "en", "de"),
    ("$HOME is set", "$HOME ist gesetzt", "en", "de"),
    ("Name: %(name)s", "Name: %(name)s", "en", "de"),
    ("a < b && c > d", "a < b && c > d", "en", "de"),
    ("&amp; more", "&amp; mehr", "en", "de"),
    ('Click <a href="x">here</a>', "<a href='x'>Hier</a> klicken", "en", "de"),
]
BROKEN = [
    ("He said “we wait”.", "Er sagte: „wir warten.", "en", "de", "quotation"),
    ("He said “we wait”.", "Powiedział: „czekamy.", "en", "pl", "quotation"),
    ("He said “we wait”.", "Han sa: ”vi väntar.", "en", "sv", "quotation"),
    ("Is it late?", "Es ist spät.", "en", "de", "final-mark"),
    ("他走了。", "他 left。", "zh", "en", "width"),
    ("It is late, he says.", "时间晚了,他说。", "en", "zh", "width"),
    ("他走了——很晚。", "He left -- late.", "zh", "en", "dash"),
    ("他走了——很晚。", "He left--late.", "zh", "en", "dash"),
    ("<b>Save</b> now", "Jetzt <b>speichern", "en", "de", "tag"),
    ("<b>Save</b> now", "Jetzt <i>speichern</i>", "en", "de", "tag"),
    ("{count} files", "{anzahl} Dateien", "en", "de", "placeholder"),
    ("%1$s of %2$d", "%1$s von %1$d", "en", "de", "placeholder"),
    ("%d files", "Dateien", "en", "de", "placeholder"),
    ("Line\\none", "Zeile eins", "en", "de", "placeholder"),
    ('Click <a href="x">here</a>', "Hier klicken", "en", "de", "tag"),
    ('Click <a href="x">here</a>', '<a href="y">Hier</a> klicken', "en", "de", "tag"),
    (
        'Press <g id="1">A</g> <g id="2">B</g>',
        '<g id="1">A</g> <g id="1">B</g> drücken',
        "en",
        "de",
        "tag",
    ),
    ("{{name}} left", "{name} ging", "en", "de", "placeholder"),
    ("${user} left", "$user ging", "en", "de", "placeholder"),
]
RULES = [
    "quotation",
    "final-mark",
    "dash",
    "width",
    "spacing",
    "tag",
    "placeholder",
    "link",
    "repetition",
]


def findings(source: str, target: str, ours: str, theirs: str) -> set[str]:
    context = checking.Context(checking.Languages(ours, theirs))
    (found,) = checking.check_units([checking.Unit(source, target)], context, RULES)
    return {f.rule for f in found}


@pytest.mark.parametrize(("source", "target", "ours", "theirs"), FINE)
def test_what_each_language_writes_is_left_alone(
    source: str, target: str, ours: str, theirs: str
) -> None:
    assert findings(source, target, ours, theirs) == set()


@pytest.mark.parametrize(("source", "target", "ours", "theirs", "rule"), BROKEN)
def test_what_is_broken_is_found(
    source: str, target: str, ours: str, theirs: str, rule: str
) -> None:
    assert rule in findings(source, target, ours, theirs)
