"""The questions that people ask when they meet next-scale prediction, with what is said to each answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """An answer to choose, and what is said once it was chosen."""

    text: str
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWords:
    """A question; ``right`` is the index of the choice that is, ``step`` the 1-based step of the story it was in."""

    question: str
    choices: tuple[ChoiceWords, ...]
    right: int
    step: int


ENGLISH_QUIZ = (
    QuestionWords(
        question="Why can a whole map be predicted at once?",
        choices=(
            ChoiceWords("All that a pass reads, the class and the coarser maps, is known before it starts",
                        "So no cell has to wait for another of its own map."),
            ChoiceWords("The network guesses neighbours in secret and puts them right afterwards",
                        "There is no second look: the tokens of a map are drawn once, each from its own probabilities."),  # noqa: E501
            ChoiceWords("The cells of a map have nothing to do with each other",
                        "They have: all read the same coarser sum, and that is why they fit together."),
        ),
        right=0, step=3,
    ),
    QuestionWords(
        question="What does the network get as input for the next map?",
        choices=(
            ChoiceWords("The tokens it has just drawn", "These hold only the newest correction."),
            ChoiceWords("The decoded picture so far", "The decoded picture is for us; generation never looks at it."),
            ChoiceWords("The sum of all maps so far, averaged to the next grid",
                        "It holds all that has been settled, one value for each token to come."),
        ),
        right=2, step=3,
    ),
    QuestionWords(
        question="Same seed, another guidance: what happens to the first token?",
        choices=(
            ChoiceWords("It changes, as all the others do", "At scale 1 the strength is always 0."),
            ChoiceWords("It stays: guidance is 0 at scale 1 and grows from there",
                        "Its full strength is reached only at the last scale."),
            ChoiceWords("There is none: guidance works on the finished picture",
                        "It works on the predictions from which tokens are drawn."),
        ),
        right=1, step=5,
    ),
    QuestionWords(
        question="Does scale by scale need less arithmetic than row by row, if both keep a cache?",
        choices=(
            ChoiceWords("Yes, far less: a few passes instead of hundreds", "Its passes are few, but wide."),
            ChoiceWords("No, more: it computes the coarser maps as well. It only waits less often",
                        "Fewer passes after each other, and each wide enough to keep a machine busy."),
            ChoiceWords("Exactly as much", "The coarser maps are additional tokens, and they are computed too."),
        ),
        right=1, step=7,
    ),
    QuestionWords(
        question="A token was drawn with a low probability. What follows?",
        choices=(
            ChoiceWords("It is a mistake", "Many codes can be right at one place; then each is unlikely."),
            ChoiceWords("It will be put right at the next scale",
                        "Later maps can correct, but nothing makes them do so because of a probability."),
            ChoiceWords("Nothing by itself; look at how spread out the bets were there",
                        "Where many codes may do, each is unlikely. Low confidence is not an error."),
        ),
        right=2, step=6,
    ),
    QuestionWords(
        question="What does φ do?",
        choices=(
            ChoiceWords("It turns the sum into a picture", "That is the decoder."),
            ChoiceWords("It makes up for some of what stretching a coarse map loses",
                        "A small learned filter, after the stretching and before the adding."),
            ChoiceWords("It draws the tokens", "They are drawn by lot, from the network’s probabilities."),
        ),
        right=1, step=3,
    ),
    QuestionWords(
        question="What does the picture of an unfinished sum show?",
        choices=(
            ChoiceWords("What the decoder makes of the sum so far", "It is made for us alone; only the last "
                        "one is a picture of the model’s."),
            ChoiceWords("What the model sees and plans", "Generation goes on from the sum and never decodes it."),
            ChoiceWords("A small picture, enlarged", "Every map covers the whole grid, and the decoder always gives "
                        "the full size."),
        ),
        right=0, step=2,
    ),
)  # fmt: skip
CHINESE_QUIZ = (
    QuestionWords(
        question="为什么整张词元图可以一次预测出来？",
        choices=(
            ChoiceWords("一次前向计算要读的一切（类别和较粗的词元图）在开始之前就已知道", "所以没有哪一格要等同一张里的另一格。"),  # noqa: E501
            ChoiceWords("网络暗中猜测邻居，事后再改正", "没有第二次机会：词元只抽一次，各自从自己的概率中抽取。"),
            ChoiceWords("同一张词元图的各格互不相干", "它们有关联：读的都是较粗尺度的同一个累加和，所以才彼此相配。"),
        ),
        right=0, step=3,
    ),
    QuestionWords(
        question="预测下一张词元图时，网络的输入是什么？",
        choices=(
            ChoiceWords("刚抽出的词元", "它们只含最新的修正。"),
            ChoiceWords("目前解码出的画面", "解码出的画面只给我们看，生成过程从不看它。"),
            ChoiceWords("迄今所有词元图之和，平均到下一张网格", "其中有迄今决定的一切，给每个待抽的词元一个值。"),
        ),
        right=2, step=3,
    ),
    QuestionWords(
        question="种子相同，引导不同，第一个词元会怎样？",
        choices=(
            ChoiceWords("会变，和别的词元一样", "在尺度 1，引导强度总是 0。"),
            ChoiceWords("不变：引导在尺度 1 为 0，从那里开始增长", "到最后一个尺度才达到全值。"),
            ChoiceWords("谈不上：引导作用于完成的图片", "它作用于预测，词元就是从预测中抽取的。"),
        ),
        right=1, step=5,
    ),
    QuestionWords(
        question="两边都用缓存时，逐尺度比逐行的运算量少吗？",
        choices=(
            ChoiceWords("少得多：几次前向计算对几百次", "它的前向次数少，但每次都很宽。"),
            ChoiceWords("不，更多：较粗的词元图也要算，只是等待的次数更少", "前后相接的次数少，每次又足够宽，能让机器不闲着。"),  # noqa: E501
            ChoiceWords("正好一样", "较粗的词元图是额外的，同样要计算。"),
        ),
        right=1, step=7,
    ),
    QuestionWords(
        question="一个词元被抽中的概率很低，这说明什么？",
        choices=(
            ChoiceWords("它是错误", "一个位置可以有许多合适的码字，这时每个的概率都低。"),
            ChoiceWords("下一个尺度会把它改正", "后面的词元图可以修正，但不会因为某个概率低就去修正。"),
            ChoiceWords("单凭这一点说明不了什么，要看那里的概率分得有多散",
                        "许多码字都行的地方，每个的概率都低。把握不大不等于出错。"),
        ),
        right=2, step=6,
    ),
    QuestionWords(
        question="φ 做什么？",
        choices=(
            ChoiceWords("把累加和变成图片", "那是解码器的事。"),
            ChoiceWords("弥补粗的词元图在拉伸时的部分损失", "一个学到的小滤波器，在拉伸之后、相加之前。"),
            ChoiceWords("抽取词元", "词元是按网络给出的概率随机抽取的。"),
        ),
        right=1, step=3,
    ),
    QuestionWords(
        question="由未完成的累加和解码出的画面，展示的是什么？",
        choices=(
            ChoiceWords("解码器对当前累加和的解读", "它只为给我们看；只有最后一张才是模型的图片。"),
            ChoiceWords("模型看到和计划的东西", "生成过程带着累加和继续往下走，从不解码它。"),
            ChoiceWords("一张小图，放大而成", "每张词元图都覆盖整个网格，解码器给出的总是完整大小。"),
        ),
        right=0, step=2,
    ),
)  # fmt: skip
