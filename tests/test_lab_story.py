"""The story's words: both languages tell the same story, and every question has one right answer."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from app.lessons import LESSONS
from app.lessons.story import WORDS
from app.lessons.story_quiz import ChoiceWords
from app.lessons.story_words import StoryWords
from app.text import TEXTS
from app.views.lab import lab_words

ENGLISH, CHINESE = WORDS["en"], WORDS["zh"]


def named(*texts: str) -> set[str]:
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}


def sentences(choices: tuple[ChoiceWords, ...]) -> list[str]:
    return [text for choice in choices for text in (choice.text, choice.feedback)]


def test_both_languages_tell_the_same_story() -> None:
    assert len(ENGLISH.steps) == len(CHINESE.steps) == 8
    for english, chinese in zip(ENGLISH.steps, CHINESE.steps, strict=True):
        assert english.right == chinese.right
        assert len(english.choices) == len(chinese.choices)
        for part in ("title", "text", "question", "result", "act"):
            assert named(getattr(english, part)) == named(getattr(chinese, part)), (english.title, part)
        assert len(english.curious) == len(chinese.curious)
        assert named(*english.curious) == named(*chinese.curious)
    asked = [[(one.right, one.step, len(one.choices)) for one in words.questions] for words in (ENGLISH, CHINESE)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_choice_is_answered_and_one_is_right(words: StoryWords) -> None:
    for step in words.steps:
        # Only what siblings share is left to a measurement.
        assert step.right in range(len(step.choices)) or (step.right == -1 and step is words.steps[3])
        assert all(sentences(step.choices))
    for question in words.questions:
        assert question.right in range(len(question.choices))
        assert question.step in range(1, len(words.steps) + 1)
        assert all(sentences(question.choices))
    assert len(words.questions) >= 5
    assert len({question.right for question in words.questions[:5]}) > 1  # no pattern to guess from


# Each term within the words that explain it, where it is first said.
EXPLAINED = {
    "en": (
        (r"\bscales?\b(?! by)", "Each grid is a scale"), ("token", "token, the number of one of {codebook} codes"),
        ("codebook", "codebook, a learned palette"), (r"\bvector", "a vector, a row of numbers"),
        (r"\bmap", "grid filled with tokens is called a map"), (r"\bclass", "class, the kind of thing to show"),
        (r"\bseed", "seed, the number that fixes every random draw"),
        ("decoder", "decoder, the part of the model that turns vectors into pixels"),
        ("network", "the network, another part of the model"), ("φ", "φ (phi), a small learned filter"),
        (r"\bpass(es)?\b", "A pass is one run of the network"), ("siblings", "four new pictures, siblings of this one"),
        ("entropy", "entropy, how evenly the bets are spread"), (r"\bnats?\b", "Its unit is the nat"),
        ("top-k", "the settings top-k and top-p"), ("cache", "that store is called a cache"),
        ("encoder", "a partner that works the other way, the encoder"),
        ("tokenizer", "together they are the tokenizer"),
        ("GFLOP", "GFLOP: billions of multiplications"),
    ),
    "zh": (
        ("尺度", "每种网格叫一个尺度"), ("词元(?!图)", "有一个词元，也就是"), ("码本", "组成码本，好比学来的调色板"),
        ("向量", "向量，即一串数"), ("词元图", "填满词元的网格叫词元图"), ("类别", "类别，即要画哪种东西"),
        ("种子", "种子，即决定每次随机抽取的数"), ("解码器", "解码器（模型中把向量变成像素的部分）"),
        ("累加和", "累加和：到那里为止所有词元图的向量加在一起"), ("网络", "网络（模型的另一部分）来预测"),
        ("φ", "φ（读作 phi）是一个学到的小滤波器"), ("前向计算", "一趟，叫一次前向计算"),
        ("同源图", "称为这张图的同源图"),
        ("熵", "熵，即赌注分得有多散"), ("奈特", "单位是奈特"), ("top-k", "由设置 top-k"), ("缓存", "这叫缓存"),
        ("编码器", "方向相反的搭档，叫编码器"), ("分词器", "两者合称分词器"), ("GFLOP", "GFLOP：网络"),
    ),
}  # fmt: skip


def told_in_order(words: StoryWords) -> str:
    """All that the story says without being asked for more, in the order in which it is met."""
    blanks = {
        "first_token": words.token_drawn, "first_vector": words.vector_own, "after": words.sum_next,
        "cut": words.cut_tail, "apart": words.first_apart, "about_model": words.of_mini,
    }  # fmt: skip
    beside = {2: (*words.signs, *words.maps, words.maps_note), 6: (words.cost_note, *words.columns)}
    lines = [words.heading, words.lede, words.keys]  # titles stand right above what explains them
    for number, step in enumerate(words.steps):
        lines += [step.text, step.question, *sentences(step.choices), step.result, *beside.get(number, ())]
    for question in words.questions:
        lines += [question.question, *sentences(question.choices)]
    return re.sub(r"\{(\w+)\}", lambda blank: blanks.get(blank[1], blank[0]), "\n".join(lines))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_term_is_explained_where_it_is_first_said(language: str) -> None:
    told = told_in_order(WORDS[language])  # type: ignore[index]
    plain = re.sub(r"\{\w+\}", lambda blank: "_" * len(blank[0]), told)  # what a blank is called is nobody's reading
    for term, explanation in EXPLAINED[language]:
        start = told.index(explanation)
        first = re.search(term, plain)
        assert first is not None, term
        assert start <= first.start() < start + len(explanation), (term, plain[first.start() - 40 : first.end() + 40])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_told_to_everybody_needs_no_jargon(language: str) -> None:
    told = told_in_order(WORDS[language]).lower()  # type: ignore[index]
    for term in ("logit", "transformer", "latent", "softmax", "embedding", "residual", "autoregressive", "10 classes",
                 "ten classes", "十个类别", "残差", "潜变量", "自回归"):  # fmt: skip
        assert term not in told, term


@pytest.mark.parametrize("language", ["en", "zh"])
def test_buttons_name_rooms_as_their_tabs_do(language: str) -> None:
    text = TEXTS[language]  # type: ignore[index]
    rooms = ("generate", "anatomy", "anatomy", "branch", "compare", "inspect", "compare", "picture")
    for step, room in zip(WORDS[text.language].steps, rooms, strict=True):
        assert getattr(text.rooms, room) in step.act
    assert lab_words(text)["rooms"]["anatomy"] == text.rooms.anatomy


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_room_calls_unfinished_sums_new_to_every_decoder_or_the_decoder_purely_convolutional(language: str) -> None:
    """The embedded model's decoder was taught to show them, and both have attention."""
    said = " ".join(str(asdict(words[language])) for words in LESSONS.values())  # type: ignore[index]
    for false in (
        "trained on finished sums", "new to it", "was planned", "odd question", "unusual question",
        "convolutional network", "训练时只见过完成的累加和", "事先的安排", "怪问题", "卷积网络",
    ):  # fmt: skip
        assert false not in said
    step, stage = str(asdict(WORDS[language].steps[1])), str(asdict(LESSONS["anatomy"][language].stages[5]))  # type: ignore[index]
    for text in (step, stage):  # both cases, and what remains a picture of the model in either
        assert "mini" in text
        assert re.search("published|公开", text)
        assert re.search("only the last|只有最后一", text)
