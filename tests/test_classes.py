"""The 1000 ImageNet classes are complete and found by what people type, in English and Chinese."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter, defaultdict
from importlib.resources import files

import pytest

from var_core.classes import imagenet_classes, search
from var_core.classes.spelling import allowance, edits, normalised
from var_core.classes.table import parsed
from var_core.errors import CheckpointError, ConfigError

TABLE = files("var_core.classes").joinpath("imagenet.tsv").read_bytes()
# sha256 of timm's imagenet_synsets.txt: the 1000 WordNet ids in ImageNet's order, one a line.
WORDNET_IDS_SHA256 = "70002b0ff5de60a3a17a82dbfcff291931f96225ddf941ad2e182fc39e183d15"


def ids(query: str, classes: list[int] | None = None, limit: int = 20) -> list[int]:
    return [one.class_id for one in search(query, classes, limit)]


# The table


def test_table_has_every_class_once_and_in_order() -> None:
    classes = imagenet_classes()
    assert [one.class_id for one in classes] == list(range(1000))
    wordnet_ids = [one.wordnet_id for one in classes]
    assert all(re.fullmatch(r"n\d{8}", wordnet_id) for wordnet_id in wordnet_ids)
    assert len(set(wordnet_ids)) == 1000
    assert wordnet_ids == sorted(wordnet_ids)


def test_wordnet_ids_are_those_of_an_independent_list() -> None:
    lines = "".join(f"{one.wordnet_id}\n" for one in imagenet_classes())
    assert hashlib.sha256(lines.encode()).hexdigest() == WORDNET_IDS_SHA256


def test_every_class_has_names_in_both_languages() -> None:
    for one in imagenet_classes():
        assert len(set(one.english)) == len(one.english) > 0
        assert len(set(one.chinese)) == len(one.chinese) > 0
        assert all(re.fullmatch(r"[A-Za-z'. -]+", name) for name in one.english), one
        assert all(re.search(r"[\u3400-\u4dbf\u4e00-\u9fff]", name) for name in one.chinese), one


def test_latin_letters_in_chinese_names_are_what_chinese_readers_write() -> None:
    latin = {name for one in imagenet_classes() for name in one.chinese if re.search(r"[A-Za-z]", name)}
    assert latin == {"iPod播放器", "CD播放机", "CD机", "T恤", "T恤衫", "福特T型车", "T型车"}


def test_first_names_tell_classes_apart() -> None:
    chinese = Counter(one.chinese[0] for one in imagenet_classes())
    assert [name for name, count in chinese.items() if count > 1] == []
    english = Counter(one.english[0] for one in imagenet_classes())
    assert {name for name, count in english.items() if count > 1} == {"crane", "maillot"}  # WordNet's homonyms


@pytest.mark.parametrize(
    ("class_id", "wordnet_id", "english", "chinese"),
    [
        (0, "n01440764", "tench", "丁鱥"),
        (1, "n01443537", "goldfish", "金鱼"),
        (22, "n01614925", "bald eagle", "白头海雕"),
        (76, "n01774750", "tarantula", "捕鸟蛛"),
        (77, "n01775062", "wolf spider", "狼蛛"),
        (88, "n01818515", "macaw", "金刚鹦鹉"),
        (130, "n02007558", "flamingo", "火烈鸟"),
        (134, "n02012849", "crane", "鹤"),
        (207, "n02099601", "golden retriever", "金毛寻回犬"),
        (235, "n02106662", "German shepherd", "德国牧羊犬"),
        (250, "n02110185", "Siberian husky", "西伯利亚哈士奇"),
        (279, "n02120079", "Arctic fox", "北极狐"),
        (292, "n02129604", "tiger", "老虎"),
        (319, "n02268443", "dragonfly", "蜻蜓"),
        (340, "n02391049", "zebra", "斑马"),
        (387, "n02509815", "lesser panda", "小熊猫"),
        (388, "n02510455", "giant panda", "大熊猫"),
        (417, "n02782093", "balloon", "气球"),
        (437, "n02814860", "beacon", "灯塔"),
        (517, "n03126707", "crane", "起重机"),
        (562, "n03388043", "fountain", "喷泉"),
        (638, "n03710637", "maillot", "紧身连体衣"),
        (639, "n03710721", "maillot", "连体泳衣"),
        (661, "n03777568", "Model T", "福特T型车"),
        (721, "n03938244", "pillow", "枕头"),
        (812, "n04266014", "space shuttle", "航天飞机"),
        (850, "n04399382", "teddy", "泰迪熊"),
        (920, "n06874185", "traffic light", "红绿灯"),
        (933, "n07697313", "cheeseburger", "芝士汉堡"),
        (963, "n07873807", "pizza", "披萨"),
        (973, "n09256479", "coral reef", "珊瑚礁"),
        (980, "n09472597", "volcano", "火山"),
        (985, "n11939491", "daisy", "雏菊"),
        (999, "n15075141", "toilet tissue", "卫生纸"),
    ],
)
def test_known_classes_are_in_their_place(class_id: int, wordnet_id: str, english: str, chinese: str) -> None:
    one = imagenet_classes()[class_id]
    assert (one.wordnet_id, one.english[0], one.chinese[0]) == (wordnet_id, english, chinese)


def test_table_file_is_plain_utf8_with_unix_lines() -> None:
    assert TABLE.startswith(b"class_id\twordnet_id\tenglish\tchinese\n")
    assert TABLE.endswith(b"\n")
    assert b"\r" not in TABLE


def test_licence_of_wordnet_travels_with_the_table() -> None:
    notice = files("var_core.classes").joinpath("SOURCE.md").read_text(encoding="utf-8")
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in notice
    assert "ALL copies" in notice


def test_table_is_read_on_first_use_and_not_at_import() -> None:
    script = (
        "import sys\nfrom var_core.classes import imagenet_classes as c\n"
        "assert c.cache_info().currsize == 0 and 'torch' not in sys.modules\nassert c() is c()"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("class_id\t", "id\t"),
        ("999\tn15075141\ttoilet tissue, toilet paper, bathroom tissue\t卫生纸，厕纸，手纸\n", ""),
        ("\t卫生纸，厕纸，手纸\n", "\t卫生纸，厕纸，手纸"),
        ("0\tn01440764\t", "7\tn01440764\t"),
        ("n01443537", "n01440764"),
        ("n01443537", "n0144353"),
        ("\t金鱼\n", "\t\n"),
        ("\t金鱼\n", "\n"),
        ("\t金鱼\n", "\t金鱼\t金鱼\n"),
        ("\t金鱼\n", "\t金鱼，\n"),
        ("\t金鱼\n", "\t金鱼\x00\n"),
        ("goldfish, Carassius", "goldfish,  Carassius"),
    ],
)
def test_damaged_table_is_refused(old: str, new: str) -> None:
    text = TABLE.decode()
    assert old in text
    with pytest.raises(CheckpointError, match="Install the package again"):
        parsed(text.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "\n", "class_id\twordnet_id\tenglish\tchinese", "\x00" * 1000])
def test_empty_or_foreign_table_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        parsed(text)


# The search


@pytest.mark.parametrize(
    "query",
    [
        "golden",
        "金毛",
        "207",
        "n02099601",
        "goldn retreiver",
        "金毛寻回犬",
        "金毛寻回狗",
        "goldenretriever",
        "黄金猎犬",
    ],
)
def test_golden_retriever_is_found_by_whatever_is_typed(query: str) -> None:
    assert ids(query)[0] == 207


@pytest.mark.parametrize(
    "query",
    [
        "GOLDEN Retriever",
        "  golden\t retriever\n",
        "ｇｏｌｄｅｎ ｒｅｔｒｉｅｖｅｒ",
        "gólden rétriever",
        "golden-retriever",
        "𝓰𝓸𝓵𝓭𝓮𝓷",
        "go\u200blden",
        "retriever golden",
        "🐶 金毛 🐶",
        "２０７",
        "#207",
        "N02099601",
    ],
)
def test_case_accents_width_and_punctuation_do_not_matter(query: str) -> None:
    assert ids(query)[0] == 207


@pytest.mark.parametrize("query", ["jack-o'-lantern", "Jack-o’-Lantern", "jack o lantern", "jackolantern"])
def test_apostrophes_and_hyphens_do_not_matter(query: str) -> None:
    assert ids(query) == [607]


def test_every_class_is_found_by_its_id_and_its_wordnet_id() -> None:
    for one in imagenet_classes():
        assert ids(str(one.class_id)) == [one.class_id]
        assert ids(one.wordnet_id) == [one.class_id]


def test_every_class_is_found_by_each_of_its_names() -> None:
    named = defaultdict(set)
    for one in imagenet_classes():
        for name in one.english + one.chinese:
            named[normalised(name).replace(" ", "")].add(one.class_id)
    for name, best in named.items():
        assert set(ids(name)[: len(best)]) == best, name


def test_better_matches_come_first() -> None:
    assert ids("hen") == [8, 996, 137]  # a name, its beginning, a word of another
    assert ids("crane") == [134, 517]
    assert ids("豹")[:2] == [288, 289]  # 豹, then 雪豹
    cat = ids("cat")
    assert cat.index(387) < cat.index(484) < cat.index(283)  # "cat bear", "catamaran", "Persian cat"
    assert ids("panda") == [388, 387]  # the giant panda's second lemma, the lesser panda's third
    assert ids("tshirt")[0] == 610  # not the sweatshirt


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tyger", 292),
        ("elefant", 385),
        ("dalmation", 251),
        ("rotweiler", 234),
        ("vulcano", 980),
        ("libary", 624),
        ("accordian", 401),
        ("guittar", 402),
        ("萨摩椰", 258),
        ("边境牧洋犬", 232),
        ("西兰化", 937),
    ],
)
def test_misspellings_are_forgiven(typed: str, meant: int) -> None:
    assert meant in ids(typed)


def test_misspellings_are_tried_only_where_nothing_else_matches() -> None:
    assert ids("mitten") == [658]
    assert 658 not in ids("bitter")
    assert ids("ham") == ids("ham", limit=1000)
    assert all("ham" in " ".join(one.english).casefold() for one in search("ham", limit=1000))


@pytest.mark.parametrize(
    "query",
    [
        *("", " ", "\t\n", "\x00", "\ud800", "\u200b", "\u0301", "...", "'", "-"),
        *("🐶", "👩‍👩‍👧", "❤️", "<script>", "%%", "' OR 1=1"),
        *("-1", "1000", "1e3", "0x10", "9" * 9, "9" * 500, "n99999999"),
        *("giraffe", "长颈鹿", "asdfgh", "qwerty", "zq"),
    ],
)
def test_what_means_no_class_finds_none(query: str) -> None:
    assert search(query) == []


@pytest.mark.parametrize(
    "query",
    [
        "a" * 10**5,
        " " * 10**5,
        "golden " * 10**5,
        "金毛" * 10**5,
        "\ufdfa" * 10**5,  # one character that NFKC makes eighteen
        "g" + "\u0301" * 10**5,
        "abcde fghij klmno pqrst " * 10**4,
        "\ud800" * 10**5,
        "🐶" * 10**5,
        "7" * 10**5,
        "\x00" * 10**5 + "golden",
    ],
)
def test_hostile_queries_are_answered_with_a_list(query: str) -> None:
    assert len(search(query)) <= 20


def test_only_the_beginning_of_a_long_query_counts() -> None:
    assert ids(" " * 10**5 + "golden retriever") == [207]
    tail = "retriever" + " " * 91
    assert ids(tail + "x" * 10**5) == ids("retriever " + "x" * 60) == []
    words = "golden retriever " * 6
    assert ids(words[:100]) == ids(words[:100] + "x" * 10**5)


def test_search_keeps_to_a_small_models_classes() -> None:
    small = [980, 207, 417, 1, 88]
    assert ids("golden", small) == [207]
    assert ids("gold", small) == [1, 207]
    assert ids("vulcano", small) == [980]
    assert ids("980", small) == [980]
    assert ids("tiger", small) == []
    assert ids("207", [980]) == []
    assert ids("golden", []) == []
    assert ids("golden", [207, 207]) == [207]
    assert [one.class_id for one in search("金", iter(small))] == [1, 88, 207]


def test_limit_cuts_the_list_and_keeps_its_head() -> None:
    everything = ids("犬", limit=1000)
    assert len(everything) > 50
    assert len(set(everything)) == len(everything)
    assert ids("犬") == everything[:20]
    assert ids("犬", limit=1) == everything[:1]


def test_values_out_of_range_are_refused() -> None:
    for limit in (0, -1, 1001, True, 2.5):
        with pytest.raises(ConfigError, match="limit"):
            search("golden", limit=limit)  # type: ignore[arg-type]
    for class_id in (-1, 1000, True, "207"):
        with pytest.raises(ConfigError, match="classes"):
            search("golden", [class_id])  # type: ignore[list-item]
    for query in (None, 207, b"golden", ["golden"]):
        with pytest.raises(ConfigError, match="text"):
            search(query)  # type: ignore[arg-type]


def test_result_of_a_search_is_the_callers_own() -> None:
    search("犬").clear()
    assert len(search("犬")) == 20
    assert imagenet_classes()[207] in search("golden")


# Spelling


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("a", "", 1),
        ("ab", "ba", 1),
        ("retreiver", "retriever", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
    ],
)
def test_distance_counts_edits_both_ways_up_to_a_bound(one: str, other: str, distance: int) -> None:
    assert edits(one, other, 9) == edits(other, one, 9) == distance
    assert edits(one, other, distance) == distance
    assert edits(one, other, distance - 1) is None


def test_short_words_must_be_spelt_right() -> None:
    assert [allowance("a" * length) for length in (0, 1, 3, 4, 6, 7, 9, 10, 100)] == [0, 0, 0, 1, 1, 2, 2, 3, 3]
    assert [allowance("猫" * length) for length in (1, 2, 3, 5, 6, 100)] == [0, 0, 1, 1, 2, 2]


def test_normalising_twice_is_normalising_once() -> None:
    for text in ("Café-Crème", "ＣＤ播放机", "T恤", "ǅ ß İ ﬁ", "jack-o'-lantern", "\ufdfa"):
        assert normalised(normalised(text)) == normalised(text)
    assert normalised("Café—CRÈME  № ５") == "cafe creme no 5"
