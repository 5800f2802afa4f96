"""What the rules find in a translation, and what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspun import checking
from unspun.errors import ConfigError, InputError

SAME_NUMBERS = [
    ("营收10.5亿元。", "Revenue was 1.05 billion yuan.", "zh", "en"),
    ("2021年3月5日", "March 5, 2021", "zh", "en"),
    ("2021年3月5日", "5 March 2021", "zh", "en"),
    ("２０２１年３月５日", "On 5 March 2021", "zh", "en"),
    ("会议于下午3点半开始。", "The meeting began at 3:30 p.m.", "zh", "en"),
    ("会议于下午3点半开始。", "The meeting began at 15:30.", "zh", "en"),
    ("占百分之十五。", "It is 15 per cent.", "zh", "en"),
    ("占15％。", "It is fifteen percent.", "zh", "en"),
    ("三分之二的学生", "two-thirds of the students", "zh", "en"),
    ("他们一起走了。", "They left together.", "zh", "en"),
    ("一千二百三十四人", "1,234 people", "zh", "en"),
    ("二〇一九年", "in 2019", "zh", "en"),
    ("上世纪八十年代", "the 1980s", "zh", "en"),
    ("第十二届大会", "the twelfth congress", "zh", "en"),
    ("20多万人", "more than 200,000 people", "zh", "en"),
    ("30至40万吨", "300,000 to 400,000 tonnes", "zh", "en"),
    ("数百名工人", "hundreds of workers", "zh", "en"),
    ("六个月后", "half a year later: six months", "zh", "en"),
    ("百万英镑", "a million pounds", "zh", "en"),
    ("十二只羊", "a dozen sheep", "zh", "en"),
    ("周三上午", "on Wednesday morning", "zh", "en"),
    ("耕地15亩", "one hectare of farmland", "zh", "en"),
    ("It cost £1,234.50.", "Es kostete 1.234,50 £.", "en", "de"),
    ("On 3 May 2019 three men left.", "Am 3. Mai 2019 gingen drei Männer.", "en", "de"),
    ("1.5 million", "1,5 million", "en", "fr"),
    ("12 345,6 km", "12,345.6 km", "fr", "en"),
    ("He may march on.", "他可以继续前进。", "en", "zh"),
    ("35 млн человек", "35 million people", "ru", "en"),
    ("売上は1兆2000億円だった。", "Sales were 1.2 trillion yen.", "ja", "en"),
    ("2019-20 season", "2019-2020赛季", "en", "zh"),
    ("Grades 3-5% better", "高3%至5%", "en", "zh"),
    ("150毫升至200毫升", "150-200ml", "zh", "en"),
    ("每平方米6200兆焦", "6,200 MJ a square metre", "zh", "en"),
    ("纯电动版比上一代快2倍", "three times as fast", "zh", "en"),
    ("隧道全长18.9千米。", "The tunnel is 18.9 kilometres long.", "zh", "en"),
    ("每周一次会诊。", "A consultation once a week.", "zh", "en"),
    ("“十三五”规划", "the 13th Five-Year Plan", "zh", "en"),
    ("跨越江苏、浙江3省", "across Jiangsu and Zhejiang", "zh", "en"),
    ("从马尔市起飞。", "It took off from Mar City.", "zh", "en"),
    ("1999 was a year, 2 others followed {0} times", "1999年，另有2年 {0}", "en", "zh"),
]


@pytest.mark.parametrize(("source", "target", "ours", "theirs"), SAME_NUMBERS)
def test_the_same_numbers_in_other_words_are_left_alone(
    source: str, target: str, ours: str, theirs: str
) -> None:
    found = checking.check(source, target, source_language=ours, target_language=theirs)
    assert [f for f in found if f.rule in {"number", "unit", "number-format"}] == []


OTHER_NUMBERS = [
    ("营收10.5亿元。", "Revenue was 1.5 billion yuan.", "10.5亿", "1.5 billion"),
    ("营收10.5亿元。", "Revenue was 105 million yuan.", "10.5亿", "105 million"),
    ("2021年3月5日", "March 6, 2021", "5", "6"),
    ("2021年3月5日", "April 5, 2021", "3", "April"),
    ("2021年3月5日", "March 5, 2012", "2021", "2012"),
    ("占15%。", "It is 50 per cent.", "15%", "50 per cent"),
    ("三十五个国家", "53 countries", "三十五", "53"),
    ("40万人", "as many as 40 people", "40万", "40"),
    ("下午3点开会", "The meeting is at 4 p.m.", "3点", "4 p.m"),
    ("周三上午", "on Thursday morning", "周三", "Thursday"),
    ("他26日抵达。", "He arrived.", "26", None),
    ("他抵达了。", "He arrived with 26 men.", None, "26"),
]


@pytest.mark.parametrize(("source", "target", "ours", "theirs"), OTHER_NUMBERS)
def test_another_number_is_found_where_it_stands(
    source: str, target: str, ours: str | None, theirs: str | None
) -> None:
    found = [
        f
        for f in checking.check(source, target, source_language="zh", target_language="en")
        if f.rule == "number"
    ]
    assert len(found) == 1
    assert (source[slice(*found[0].source)] if found[0].source else None) == ours
    assert (target[slice(*found[0].target)] if found[0].target else None) == theirs
    assert found[0].severity == "major"


OTHERS = [
    ("It cost 1,5 million.", "Es kostete 1.5 Millionen.", "en", "de", []),
    ("价值5000元。", "It is worth 5,000 dollars.", "zh", "en", ["unit"]),
    ("价值5000美元。", "It is worth $5,000.", "zh", "en", []),
    ("增长5%。", "It grew by 5.", "zh", "en", ["unit"]),
    ("25万人来了。", "Some 250000 people came.", "zh", "en", ["number-format"]),
    ("25万人来了。", "Some 250,000 people came.", "zh", "en", []),
    ("25万人来了。", "Es kamen 250000 Leute.", "zh", "de", []),
    ("邮编200120", "The postcode is 200120.", "zh", "en", []),  # no amount
    ("他24日说。", "He said on July 24.", "zh", "en", ["date-detail"]),
    ("Open {0} at %s", "Öffne {0} um %s", "en", "de", []),
    ("Open {0} at %s", "Öffne {1} um", "en", "de", ["placeholder", "placeholder"]),
    ("See https://a.org/x", "Siehe https://a.org/y", "en", "de", ["link"]),
    ("Mail a@b.org", "Schreiben Sie an a@b.org", "en", "de", []),
    ("<b>Bold</b> text", "<b>Fetter</b> Text", "en", "de", []),
    ("<b>Bold</b> text", "<b>Fetter Text", "en", "de", ["tag"]),
    ("<b>a <i>c</i></b>", "</b>a <i>c</i><b>", "en", "de", ["tag"]),
    ("5 < 6 and 7 > 3", "5 < 6 und 7 > 3", "en", "de", []),
    ("100% wool", "100 % Wolle", "en", "de", []),
    ("SealWu唱歌", "Seal Wu sings", "zh", "en", []),
    ("SealWu唱歌", "He sings", "zh", "en", ["name"]),
    ("WHO表示", "The World Health Organization said", "zh", "en", []),
    ("WHO表示", "The doctors said", "zh", "en", ["name"]),
    ("乘坐Z164列车", "took train Z146", "zh", "en", ["name"]),
    ("北京很大。", "北京很大。", "zh", "en", ["untranslated"]),
    ("北京很大，人很多。", "Beijing is large, 人很多.", "zh", "en", ["untranslated"]),
    ("Sony", "Sony", "en", "de", []),
    ("The tide is low again.", "The tide is low again.", "en", "de", ["untranslated"]),
    ("Вода холодная", "The water is холодная", "ru", "en", ["untranslated"]),
    ("", "", "en", "de", []),
]


@pytest.mark.parametrize(("source", "target", "ours", "theirs", "rules"), OTHERS)
def test_findings_of_the_other_rules(
    source: str, target: str, ours: str, theirs: str, rules: list[str]
) -> None:
    wanted = set(rules) | {
        "unit", "number-format", "placeholder", "link", "tag", "name", "untranslated",
        "date-detail", "term",
    }  # fmt: skip
    found = checking.check(
        source, target, source_language=ours, target_language=theirs, rules=wanted
    )
    assert [f.rule for f in found] == rules


def test_terms_have_their_renderings_and_the_longest_counts() -> None:
    terms = checking.read_terms(["人工智能\tartificial intelligence\tAI", "智能\tsmart", "# x"])
    source = "人工智能是热门话题。"
    assert checking.check(source, "AI is in fashion.", glossary=terms) == ()
    (found,) = checking.check(source, "Computers are in fashion.", glossary=terms)
    assert (found.rule, found.source) == ("term", (0, 4))
    assert found.expected == "artificial intelligence / AI"
    words = checking.read_terms(["quay\tKai", "house\tHaus"])
    assert not checking.check("two houses", "zwei Häuser", glossary={"house": ("Häuser",)})
    assert [f.expected for f in checking.check("the quay", "das Ufer", glossary=words)] == ["Kai"]
    assert not checking.check("the household", "der Haushalt", glossary=words)


def test_a_glossary_without_renderings_is_refused_by_line() -> None:
    with pytest.raises(InputError, match="line 2"):
        checking.read_terms(["a\tb", "alone"])


def test_rules_that_do_not_exist_are_named() -> None:
    with pytest.raises(ConfigError, match="did you mean 'number'"):
        checking.check("a", "b", rules=["nunber"])


NAMES = [
    ("张雄在眉山工作。", "Zhang Xiong works in Meishan.", []),
    ("张雄在眉山工作。", "Zhang Xiong works in Leshan.", ["Leshan"]),
    ("德国总理访问中国。", "The German chancellor visited China.", []),
    ("德国总理访问中国。", "The French president visited China.", ["French"]),
    ("总统博索纳罗说没有。", "President Bolsonaro said no.", []),
    ("长江水位上升。", "The water of the Yangtze rose.", []),
    ("我国出口增长。", "China’s exports grew.", []),
    ("西安的冬天很冷。", "Xi’an has cold winters.", []),
    ("他住在纽约。", "He lives in New York.", []),
    ("他住在纽约。", "He lives in Chicago.", ["Chicago"]),
    ("这里的苹果很甜。", "The apples are sweet here.", []),
    ("精英国际杯开赛。", "The Elite International Cup began.", []),
    ("主演刘德华说不。", "Andy Lau, the star, said no.", []),
    ("发展中国家的港口不够。", "Developing countries lack harbours.", []),  # no 中国 in it
    ("马赛克墙修好了。", "The mosaic wall has been mended.", []),
    ("这台 nike 的灯坏了。", "This Nike lamp is broken.", []),
    ("金雅兰是渔民。", "Kim Ah-ran is a fisher.", []),
    ("丁小海说鱼很多。", "Ding Mei Lan said there were many fish.", ["Ding Mei Lan"]),
    ("丁小海说鱼很多。", "Ding Xiaohai said there were many fish.", []),
    ("海风吹进小屋。", "The wind blew into the Lake House and the Palace.", []),
    ("Jiang lives in Wuhan.", "江住在武汉。", []),
    ("Jiang lives in Wuhan.", "江住在长沙。", ["Wuhan"]),
]


@pytest.mark.parametrize(("source", "target", "strange"), NAMES)
def test_names_between_characters_and_letters(source: str, target: str, strange: list[str]) -> None:
    han_first = source[0] > "\u3000"
    languages = checking.Languages(*(("zh", "en") if han_first else ("en", "zh")))
    unit = checking.Unit(source, target)
    rules = ["name", "name-spelling"]
    (found,) = checking.check_units([unit], checking.Context(languages), rules)
    latin = target if han_first else source
    spans = [f.target if han_first else f.source for f in found]
    assert [latin[slice(*span)] for span in spans if span] == strange


LOST = [
    ("总统博索纳罗昨天到了。", "The president came yesterday.", ["name"]),
    ("在科珀斯克里斯蒂下雨了。", "It rained in the town.", ["name"]),
    ("在科珀斯克里斯蒂下雨了。", "It rained in Corpus Christi.", []),
    ("波音降价。", "The maker cut its prices.", ["name"]),
    ("波音降价。", "Boeing cut its prices.", []),
    ("渡船停了-中新网", "The ferry stopped - Some Daily", []),  # a site, no name of the text
    ("农场场长刘化渔说船坏了。", "The head of the farm said the boat was broken.", ["name"]),
    ("农场场长刘化渔说船坏了。", "Liu Huayu, head of the farm, said the boat was broken.", []),
    ("（记者 尹小南 高大竹）船到了", "(Reporter Yin Xiaonan) The boat is here", ["name"]),
    ("（记者 尹小南 高大竹）船到了", "(Reporters Yin Xiaonan, Gao Dazhu) The boat is here", []),
    ("方面军说2.2万吨、武直-9。", "The army said 22,000 tonnes, and the WZ-9.", []),
    ("蒙哥马利下雨了。", "It rained in the capital.", ["name"]),
    ("蒙哥马利下雨了。", "It rained in Montgomery.", []),
    ("向潴龙河放水。", "Water was let into the Yulong River.", ["name-spelling"]),
    ("休斯敦很热。", "Huston is hot.", []),  # meant, if misspelt
    ("新华社记者周星竹、马意翀报道", "Reporters Zhou Xingzhu and Ma Yichong of Xinhua", []),
    ("新华社记者周星竹、马意翀报道", "Reporters Lu Dahai and Ma Yichong of Xinhua", ["name"]),
]


@pytest.mark.parametrize(("source", "target", "rules"), LOST)
def test_lost_and_misread_names(source: str, target: str, rules: list[str]) -> None:
    context = checking.Context(checking.Languages("zh", "en"))
    names = ["name", "name-spelling"]
    (found,) = checking.check_units([checking.Unit(source, target)], context, names, 0.5)
    assert [f.rule for f in found] == rules


def test_categories_are_the_rules() -> None:
    categories = {rule.name: rule.categories for rule in checking.RULES}
    for source, target, *_ in [*NAMES, *LOST]:
        unit = checking.Unit(source, target)
        for finding in checking.check_units([unit], checking.Context(), sure=0)[0]:
            assert finding.category in categories[finding.rule]


def test_more_sureness_is_fewer_findings() -> None:
    unit = checking.Unit("美国纽约下雪了，四人受伤。", "It snowed in New York, people were hurt.")
    context = checking.Context(checking.Languages("zh", "en"))
    counts = [len(checking.check_units([unit], context, sure=sure)[0]) for sure in (0, 0.6, 0.95)]
    assert counts[0] > counts[1] >= counts[2] == 0


def test_a_file_teaches_its_own_names() -> None:
    told = [
        checking.Unit(f"记者对克里维拉的第{k}次采访。", f"Interview {k} with Crivella.")
        for k in range(2, 9)
    ]
    lost = checking.Unit("记者对克里维拉的第9次采访。", "Interview 9 with the mayor.")
    context = checking.Context(checking.Languages("zh", "en"))
    found = checking.check_units([*told, lost], context, ["name"])
    assert [len(f) for f in found[:-1]] == [0] * len(told)
    assert [f.expected for f in found[-1]] == ["Crivella"]


def test_a_sentence_that_a_segment_lacks_is_named() -> None:
    source = "Der Zug fuhr um 9 Uhr ab. In Köln stiegen 300 Leute zu. Danach war es ruhig."
    whole = "The train left at 9. In Cologne 300 people got on. After that it was quiet."
    context = checking.Context(checking.Languages("de", "en"))
    rules = ["omission", "addition"]
    assert checking.check_units([checking.Unit(source, whole)], context, rules) == [()]
    less = whole.replace(" In Cologne 300 people got on.", "")
    ((found,),) = checking.check_units([checking.Unit(source, less)], context, rules)
    assert found.source is not None
    assert source[slice(*found.source)] == "In Köln stiegen 300 Leute zu."
    more = f"{whole} Nobody said a word until they came to Bonn at half past ten."
    ((extra,),) = checking.check_units([checking.Unit(source, more)], context, rules)
    assert extra.rule == "addition"


def test_the_same_source_is_translated_once_and_lengths_are_alike() -> None:
    context = checking.Context(checking.Languages("en", "de"))
    pairs = [("Save file", "Datei speichern")] * 2 + [("Save file", "Datei sichern")]
    units = [checking.Unit(*pair) for pair in pairs]
    found = checking.check_units(units, context, ["inconsistent"])
    assert [[f.expected for f in each] for each in found] == [[], [], ["Datei speichern"]]
    long = checking.Unit("The gate is shut for the night.", "Das Tor ist zu. " * 12)
    ((outlier,),) = checking.check_units([long], context, ["length"])
    assert outlier.category == "Accuracy/Addition"


@given(st.text(max_size=60), st.text(max_size=60))
def test_findings_lie_inside_their_texts(source: str, target: str) -> None:
    unit = checking.Unit(source, target)
    (found,) = checking.check_units([unit], checking.Context())
    for finding in found:
        for span, text in ((finding.source, source), (finding.target, target)):
            assert span is None or 0 <= span[0] <= span[1] <= len(text)
        assert finding.message


@given(st.integers(0, 10**12))
def test_chinese_and_english_forms_of_a_number_agree(number: int) -> None:
    found = checking.check(
        f"共{number}人。", f"{number:,} people.", source_language="zh", target_language="en"
    )
    assert [f for f in found if f.rule == "number"] == []
