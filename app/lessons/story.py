"""What the view ``story`` says: eight steps and the quiz. Braces are filled by ``static/lab/story*.js``.

The numbers in the sentences come from the record on the table and from the library, none from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.lessons.story_quiz import CHINESE_QUIZ, ENGLISH_QUIZ, ChoiceWords, QuestionWords
from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """One step: a little text, a guess, what is found, one thing to do, and more for the curious.

    ``right`` is the index of the choice that is; −1 where only a measurement can tell.
    """

    title: str
    text: str
    question: str
    choices: tuple[ChoiceWords, ...]
    right: int
    result: str
    act: str
    curious: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords:
    """See ``static/lab/story.html`` and ``story.js``."""

    heading: str
    lede: str
    keys: str
    waiting: str
    nothing: str
    contents: str
    step_of: str
    step_name: str
    step_done: str
    progress: str
    quiz_name: str
    previous: str
    next: str
    to_quiz: str
    reveal: str
    reveal_without: str
    right: str
    wrong: str
    answer: str
    stop: str
    curious: str
    back_to_story: str
    opened: str
    not_found: str
    again: str
    draw_here: str
    drawing: str
    queued: str
    failed: str
    smooth: str
    smooth_act: str
    smooth_room: str
    none_measured: str
    cut_none: str
    cut_some: str
    cut_tail: str
    scales: str
    finished_picture: str
    frame_title: str
    average: str
    average_alt: str
    map_unknown: str
    maps: tuple[str, ...]
    signs: tuple[str, ...]
    sign_first: str
    map_alt: str
    maps_note: str
    last_of_all: str
    sum_next: str
    sum_last: str
    sibling: str
    original: str
    prepared: str
    prepared_elsewhere: str
    without: str
    with_it: str
    equal_title: str
    equal_item: str
    first_apart: str
    never_apart: str
    map_title: str
    map_of: str
    nats: str
    no_statistics: str
    columns: tuple[str, ...]
    lane_next: str
    lane_raster: str
    cost_note: str
    bytes_pixels: str
    bytes_tokens: str
    of_mini: str
    of_another: str
    quiz_title: str
    quiz_lede: str
    check: str
    others: str
    score: str
    unanswered: str
    seen_in: str
    steps: tuple[StepWords, ...]
    questions: tuple[QuestionWords, ...]


ENGLISH_STEPS = (
    StepWords(
        title="One picture, described {scales} times",
        text="This picture was not made from top to bottom. Given were its class, the kind of thing to show "
        "({subject}), and a seed, the number that fixes the lots drawn ({seed}). The model described the whole of "
        "it {scales} times, each time on a finer grid: first 1×1, at last {last}×{last} cells. In each "
        "cell stands one token: the number of an entry in the codebook, a list of {codebook} "
        "learned vectors (a vector is a row of numbers).",
        question="What is there first?",
        choices=(
            ChoiceWords("The upper left corner, finished", "That would be reading order; step 7 is about it. Here "
                        "every map covers the whole picture."),
            ChoiceWords("Sharp outlines, to be coloured in later", "Outlines are fine detail. A grid of 1×1 or 2×2 "
                        "cells has no room for them."),
            ChoiceWords("The broad tone of everything, blurred", "Coarse maps have few cells, so they can only say "
                        "broad things. Fine maps add the detail."),
        ),
        right=2,
        result="Here it is, scale by scale. Drag the slider, or use the arrow keys on it.",
        act="Play it in Generate",
        curious=(
            "Each frame is what the decoder makes of the sum so far: all maps up to that scale, turned into vectors "
            "and added up. Generation itself never looks at these frames; it decodes once, at the very end.",
            "Together the {scales} maps hold {tokens} tokens, and {last_count} of them belong to the last.",
        ),
    ),
    StepWords(
        title="The first map",
        text="The first map has one cell. Its token, number {id} of {codebook}, was drawn knowing only the class. The "
        "vector it stands for is spread over the whole {last}×{last} grid of the picture’s inner description.",
        question="What can this one token settle?",
        choices=(
            ChoiceWords("Where things are", "With one cell it says the same of every place, so it cannot put anything "
                        "anywhere."),
            ChoiceWords("How light it is and of what colour, roughly, everywhere alike", "One vector for all places "
                        "can only say what is true of all places."),
            ChoiceWords("What the picture shows, its class", "The class is given, not drawn: it enters at the start "
                        "and again in every layer, at every scale."),
        ),
        right=1,
        result="Average colour after scale 1: {first_colour}; of the finished picture: {last_colour}. They need not "
        "agree: each later map is a correction and may take back what came before. And the left picture is only what "
        "the decoder makes of an unfinished sum. The model never saw it; shapes in it are the decoder’s own.",
        act="Take scale 1 apart in One step",
        curious=(
            "A decoder is there to turn finished sums into pictures. An unfinished sum is an unusual question, and "
            "the blur or the patterns of early frames are its reply, not something that was planned.",
        ),
    ),
    StepWords(
        title="From one map to the next",
        text="Scale {scale} is a grid of {side}×{side} cells. Before any of its tokens is drawn, the network has the "
        "class and the sum of all coarser maps, and with that something to go by for every one of these cells. A pass "
        "is one run of the network from what it reads to its predictions.",
        question="How many of the {count} tokens does one pass through the network give?",
        choices=(
            ChoiceWords("One; the next pass gives the next", "That is reading order, {count} passes for this map "
                        "alone. Here no cell has to wait for its neighbour."),
            ChoiceWords("One row: {side}", "Nothing makes a row special: all cells are equally ready."),
            ChoiceWords("All {count}", "All that this pass reads, the class and the coarser maps, is known before it "
                        "begins. No cell waits for another; they agree because they read the same sum."),
        ),
        right=2,
        result="The tokens are looked up and stretched to {last}×{last}; φ, a small learned filter, makes up for some "
        "of what stretching loses; the outcome is added to the sum. {after}",
        act="Play scale {scale} in One step",
        curious=(
            "Why not feed the tokens just drawn? They hold only the newest correction. The sum holds all that has "
            "been settled, and averaged to the next grid it gives exactly one value for each token to come.",
            "Tokens of one map are drawn independently, given the coarser maps. If two neighbours do not fit, only a "
            "later map can mend it.",
        ),
    ),
    StepWords(
        title="Siblings of a picture",
        text="An experiment: four siblings keep the first {keep} maps of this picture, token by token, {kept} of "
        "{tokens} tokens. The other {later} are drawn again, by each sibling with a seed of its own.",
        question="What will the siblings have in common?",
        choices=(
            ChoiceWords("Nothing much: four new pictures", "Measured, 1 being the same and 0 unrelated, they are "
                        "alike to {layout} in layout and {colours} in colours."),
            ChoiceWords("Broad layout and colours, more than the detail", "Layout {layout} and colours {colours}, "
                        "against {texture} for texture, the fine detail. All finer maps were drawn anew."),
            ChoiceWords("Nearly everything, the detail as much as the layout", "Texture, the fine detail, is alike to "
                        "{texture}, layout to {layout}, colours to {colours}. {later} of {tokens} tokens were drawn "
                        "anew."),
        ),
        right=-1,
        result="Likeness to each other (1 the same, 0 unrelated). Layout: {layout} with {keep} maps kept, "
        "{layout_none} with none kept. Colours: {colours} and {colours_none}. Texture: {texture} and {texture_none}. "
        "Pictures of one class are alike anyway; only what is more than that comes from the kept maps. Of the "
        "tokens in the kept maps {kept_differ} % differ, in the last map {last_differ} %.",
        act="Draw them yourself in Branch",
        curious=(
            "The siblings that keep none have the same class, seeds and settings as those shown. In Branch any number "
            "of maps can be kept.",
            "The kept tokens are forced, so nothing depends on repeating random numbers.",
        ),
    ),
    StepWords(
        title="Guidance: a pull towards the class",
        text="The network can predict with the class and without it. Guidance takes the difference of the two and "
        "goes further in that direction. Here the same class is drawn twice with the same seed, at guidance 0 and 4.",
        question="At which scale do the two pictures first differ?",
        choices=(
            ChoiceWords("At scale 1, with the first token", "The first token is the same in both; guidance has "
                        "not begun there."),
            ChoiceWords("At scale 2 or later", "Guidance grows with the scale and is 0 at scale 1, so the same seed "
                        "draws the same first token."),
            ChoiceWords("Only at the end, when the picture is sharpened", "Guidance works on predictions, not on "
                        "pictures: other tokens are drawn, and all that follows builds on them."),
        ),
        right=1,
        result="{apart}",
        act="Lay them side by side in Compare",
        curious=(
            "Scores = (1 + t) × with class − t × without, and t = guidance × (scale − 1) / {steps_between}, "
            "which is full at scale {scales}.",
            "Once one token differs, the sums differ too. So later differences are not the work of guidance at that "
            "scale alone. And both predictions have to be computed, which doubles the arithmetic.",
        ),
    ),
    StepWords(
        title="Sure and unsure",
        text="For each cell the network spreads its bets over the {codebook} codes; {cut} In the map of scale {scale} "
        "there is a token whose probability was {low}.",
        question="Is that token a mistake?",
        choices=(
            ChoiceWords("Yes, a better model would have been sure", "A low probability says that many codes could "
                        "stand there, not that this one is wrong. In grass or clouds, most would look right."),
            ChoiceWords("Not for that reason: many codes may do there", "Where many codes would do, each has a small "
                        "probability, and one of them has to be drawn. Low confidence is not an error."),
            ChoiceWords("Yes, if its neighbours were sure", "Each cell is drawn from its own probabilities, and a "
                        "varied place may well lie beside a plain one."),
        ),
        right=1,
        result="The map shows entropy, how evenly the bets are spread, in nats, its unit: 0 is one sure bet, {most} "
        "equal bets on all codes; the average at scale {scale} is {mean}. In the outlined cell of that token it is "
        "{low_entropy}, as much as equal bets on {spread} codes, each with {typical}. {unlikely} % of the map’s "
        "tokens were not the likeliest choice. Look at the picture: is it wrong in {unlikely} % of its places?",
        act="Hold that token in Inspect",
        curious=(
            "The numbers are those of the draw: after guidance and temperature, before top-k and top-p cut off the "
            "unlikely codes.",
            "Choose other scales above: coarse maps have few cells, so each choice there carries far.",
        ),
    ),
    StepWords(
        title="Scale by scale or row by row?",
        text="Other models write a picture like text, one token after the other: {raster} passes for a {last}×{last} "
        "map. Scale by scale takes {scales} passes, but {tokens} tokens. Both keep what they have computed.",
        question="Which does more arithmetic?",
        choices=(
            ChoiceWords("Row by row: {raster} passes against {scales}", "Passes are not arithmetic. A pass over one "
                        "token is small, a pass over {raster} is large; what counts is all tokens together."),
            ChoiceWords("Scale by scale", "It computes {tokens} tokens instead of {raster}. What it saves is waiting: "
                        "{scales} passes after each other instead of {raster}."),
            ChoiceWords("Both the same: the last map has {raster} tokens either way",
                        "The coarser maps are extra tokens, {extra} of them, "
                        "and each is computed."),
        ),
        right=1,
        result="Scale by scale does {ratio} times the arithmetic ({model}). It is not cheaper; it waits less often, "
        "and its passes are wide enough to keep a fast machine busy.",
        act="Run the race in Compare",
        curious=(
            "The paper’s comparison, n⁴ against n⁶, lets row by row compute everything anew at each pass. With a "
            "cache on both sides, as it is done, the order of the two turns round.",
            "Row by row is simulated: its arithmetic is counted for the same transformer; no such model was trained.",
        ),
    ),
    StepWords(
        title="Your own picture",
        text="The tokenizer also works the other way: it turns any picture into {scales} maps, coarse to fine, each "
        "holding what the coarser ones left. {image}×{image} pixels are {pixel_bytes} bytes of colour. A token is one "
        "number out of {codebook}, which takes {bits} bits; 8 bits are a byte.",
        question="How much room do the {tokens} tokens take?",
        choices=(
            ChoiceWords("About as much as the pixels", "A token is only a number up to {codebook}, and there are far "
                        "fewer tokens than pixels."),
            ChoiceWords("About a tenth, like a good JPEG", "Less by far: {token_bytes} bytes are {share} % of "
                        "the pixels’ {pixel_bytes}."),
            ChoiceWords("About a hundredth, or less", "So much must be left out; the decoder fills in what it has "
                        "learned to expect."),
        ),
        right=2,
        result="{tokens} tokens × {bits} bits = {token_bytes} bytes, {share} % of the pixels. {about_model}",
        act="Rebuild a picture in Your picture",
        curious=(
            "Two networks share the work. The tokenizer turns pictures into maps and back; the transformer draws "
            "maps. Your picture shows the first alone, so what is lost there is not the fault of the second.",
        ),
    ),
)  # fmt: skip
CHINESE_STEPS = (
    StepWords(
        title="一张图，描述了 {scales} 遍",
        text="这张图不是从上到下画出来的。事先给定的是类别，即要画哪种东西（{subject}），和种子，即决定抽签结果的数（{seed}）。"
        "模型把整幅画描述了 {scales} 遍，网格一遍比一遍细：最初是 1×1，最后是 {last}×{last} 格。每一格里有一个词元，"
        "也就是码本中某一项的编号；码本是学来的 {codebook} 个向量（一个向量就是一串数）。",
        question="最先出现的是什么？",
        choices=(
            ChoiceWords("已经画好的左上角", "那是阅读顺序，第 7 步会谈到。在这里，每张词元图都覆盖整幅画。"),
            ChoiceWords("清晰的轮廓，以后再上色", "轮廓属于细节，1×1 或 2×2 的网格容不下它。"),
            ChoiceWords("整幅画模糊的大致色调", "粗的词元图格子少，只能说大致的情况；细的再补上细节。"),
        ),
        right=2,
        result="这就是它逐个尺度的样子。拖动滑块，或在滑块上按方向键。",
        act="在“生成”里播放",
        curious=(
            "每一帧都是解码器对目前之和的解读：到该尺度为止的所有词元图，变成向量，再加起来。生成过程从不看这些画面，"
            "只在最后解码一次。",
            "{scales} 张词元图一共有 {tokens} 个词元，其中 {last_count} 个属于最后一张。",
        ),
    ),
    StepWords(
        title="第一张词元图",
        text="第一张词元图只有一格。抽取这个词元（{codebook} 个编号中的第 {id} 号）时，只知道类别。它所代表的向量铺满整个 "  # noqa: E501
        "{last}×{last} 的网格，也就是画面的内部描述。",
        question="这一个词元能决定什么？",
        choices=(
            ChoiceWords("东西在哪里", "只有一格，它对每个位置说的都一样，所以无法把任何东西放到某处。"),
            ChoiceWords("大致的明暗与颜色，处处相同", "所有位置共用一个向量，它只能说对所有位置都成立的事。"),
            ChoiceWords("画的是什么，也就是类别", "类别是给定的，不是抽出来的：它从一开始就进入网络，并且进入每个尺度的每一层。"),  # noqa: E501
        ),
        right=1,
        result="尺度 1 之后的平均颜色：{first_colour}；完成后的平均颜色：{last_colour}。两者不必一致：后来的每张词元图都是修正，"  # noqa: E501
        "可以收回先前的内容。左边只是解码器对未完成之和的解读：模型从没见过这个画面，其中的形状出自解码器自己。",
        act="在“一步之内”拆开尺度 1",
        curious=("解码器的职责是把完成的和变成图片。未完成的和对它是个怪问题，早期画面的模糊和花纹是它的回答，并非事先的安排。",),
    ),
    StepWords(
        title="从一张词元图到下一张",
        text="尺度 {scale} 是 {side}×{side} 的网格。在抽取其中任何一个词元之前，网络已经有了类别和所有较粗词元图之和，"
        "因此对每一格都已有所依据。所谓计算一次，是网络从读入到给出预测的一趟。",
        question="网络计算一次，能给出这 {count} 个词元中的几个？",
        choices=(
            ChoiceWords("一个，下一次再给下一个", "那是阅读顺序，单这一张就要计算 {count} 次。在这里，没有哪一格要等邻居。"),  # noqa: E501
            ChoiceWords("一行：{side} 个", "行并没有什么特别，所有格子都同样就绪。"),
            ChoiceWords("全部 {count} 个", "这次计算要读的一切（类别和较粗的词元图）在开始之前就已知道。没有哪一格要等另一格；"  # noqa: E501
                        "它们彼此协调，是因为读的是同一个和。"),
        ),
        right=2,
        result="词元查表变成向量，拉伸到 {last}×{last}；φ 是一个学到的小滤波器，弥补拉伸的部分损失；结果加到和上。{after}",  # noqa: E501
        act="在“一步之内”播放尺度 {scale}",
        curious=(
            "为什么不直接输入刚抽出的词元？它们只含最新的修正，和里才有迄今决定的一切；平均到下一张网格后，"
            "正好给每个待抽的词元一个值。",
            "同一张词元图里的词元，在较粗的给定之后是各自独立抽取的。两个相邻的词元若不相配，只能靠后面的词元图来弥补。",
        ),
    ),
    StepWords(
        title="一张图的同源图",
        text="做个实验：四张同源图逐个词元地保留这张图的前 {keep} 张词元图，即 {tokens} 个词元中的 {kept} 个；"
        "其余 {later} 个重新抽取，每张同源图各用自己的种子。",
        question="这些同源图会有什么共同之处？",
        choices=(
            ChoiceWords("几乎没有：四张新图",
                        "实测（1 为相同，0 为无关）：布局的相似度是 {layout}，颜色是 {colours}。"),
            ChoiceWords("大致的布局和颜色，胜过细节", "布局 {layout}，颜色 {colours}，而纹理即细节是 {texture}。更细的词元图都重新抽取过。"),  # noqa: E501
            ChoiceWords("几乎全部，细节与布局一样相似",
                        "纹理即细节的相似度是 {texture}，布局是 {layout}，颜色是 {colours}。"
                        "{tokens} 个词元中有 {later} 个是重新抽取的。"),
        ),
        right=-1,
        result="彼此的相似度（1 为相同，0 为无关）。布局：保留 {keep} 张时 {layout}，什么都不保留时 {layout_none}。"
        "颜色：{colours} 与 {colours_none}。纹理：{texture} 与 {texture_none}。同一类别的图像本来就相似，"
        "多出来的部分才来自保留的词元图。保留的词元图中有 {kept_differ} % 的词元不同，最后一张中有 {last_differ} %。",
        act="在“分枝”里自己画",
        curious=(
            "什么都不保留的那一组，类别、种子和设置与展示的相同。在“分枝”里可以保留任意张数。",
            "保留的词元是强制指定的，不依赖于重复随机数。",
        ),
    ),
    StepWords(
        title="引导：向类别拉近",
        text="网络既能带着类别预测，也能不带类别预测。引导取两者之差，再朝这个方向多走一些。这里用同一个种子把同一类别画两次，"
        "引导分别为 0 和 4。",
        question="两张图从哪个尺度开始不同？",
        choices=(
            ChoiceWords("从尺度 1 的第一个词元开始", "两张图的首词元相同，引导在那里还没有开始。"),
            ChoiceWords("从尺度 2 或更后面开始", "引导随尺度增长，在尺度 1 为 0，所以同一个种子抽出同一个首词元。"),
            ChoiceWords("只在最后，把图片锐化的时候", "引导作用于预测，而不是图片：抽出的词元不同，之后的一切都建立在它们之上。"),  # noqa: E501
        ),
        right=1,
        result="{apart}",
        act="在“对比”里并排来看",
        curious=(
            "得分 = (1 + t) × 有类别 − t × 无类别，其中 t = 引导 × (尺度 − 1) / {steps_between}，"
            "在尺度 {scales} 达到全值。",
            "一旦有词元不同，和也就不同，所以之后的差别不只是那个尺度的引导造成的。而且两种预测都要计算，运算量加倍。",
        ),
    ),
    StepWords(
        title="有把握与没把握",
        text="对每一格，网络把概率分给 {codebook} 个码字，{cut}在尺度 {scale} 的词元图里，"
        "有一个词元的概率是 {low}。",
        question="这个词元是错误吗？",
        choices=(
            ChoiceWords("是，更好的模型会有把握", "概率低只说明那里可以放许多码字，并不说明这个错了。草地或云里，多数码字看上去都对。"),  # noqa: E501
            ChoiceWords("不能因此就说是：那里也许许多码字都行", "许多码字都行的地方，每个的概率就小，而总得抽出一个。"
                        "把握不大不等于出错。"),
            ChoiceWords("是，如果邻居们都有把握", "每一格从自己的概率中抽取；变化多的地方完全可能挨着平淡的地方。"),
        ),
        right=1,
        result="图上画的是熵，即概率分得有多散，单位是奈特：0 表示只押一个，{most} 表示所有码字机会均等；尺度 {scale} 平均 "  # noqa: E501
        "{mean}。那个词元所在的格子（有框）是 {low_entropy}，相当于 {spread} 个码字机会均等，每个 {typical}。"
        "这张词元图里有 {unlikely} % 的词元不是最可能的那个。看看画面：难道有 {unlikely} % 的地方是错的吗？",
        act="在“探查”里固定这个词元",
        curious=(
            "这些数字属于抽取的那一刻：在引导和温度之后，在 top-k 与 top-p 去掉不大可能的码字之前。",
            "可以在上面换别的尺度：粗的词元图格子少，那里每个选择的影响都很大。",
        ),
    ),
    StepWords(
        title="逐尺度还是逐行？",
        text="另一些模型像写文字那样画图，一个词元接一个词元：一张 {last}×{last} 的词元图要计算 {raster} 次。逐尺度只要 "  # noqa: E501
        "{scales} 次，却有 {tokens} 个词元。两者都保留已经算过的内容。",
        question="哪一种的运算量更大？",
        choices=(
            ChoiceWords("逐行：{raster} 次对 {scales} 次", "次数不等于运算量。算一个词元的一次很小，算 {raster} 个的一次很大；"  # noqa: E501
                        "要看所有词元加在一起。"),
            ChoiceWords("逐尺度", "它要算 {tokens} 个词元，而不是 {raster} 个。省下的是等待：前后相接的计算只有 {scales} 次，"  # noqa: E501
                        "而不是 {raster} 次。"),
            ChoiceWords("一样多：最后一张词元图都是 {raster} 个词元",
                        "较粗的词元图是额外的，共 {extra} 个词元，每一个都要计算。"),
        ),
        right=1,
        result="逐尺度的运算量是逐行的 {ratio} 倍（{model}）。它并不更省，而是等待的次数更少，每次计算又足够宽，能让快的机器不闲着。",  # noqa: E501
        act="在“对比”里赛一场",
        curious=(
            "论文里 n⁴ 对 n⁶ 的比较，是让逐行的一方每次都把一切重算一遍。若像实际那样两边都用缓存，运算量的高下就反过来了。",  # noqa: E501
            "逐行是模拟的：运算量按同一个 Transformer 计算，并没有训练这样的模型。",
        ),
    ),
    StepWords(
        title="你自己的图片",
        text="分词器也能反过来用：把任何图片变成由粗到细的 {scales} 张词元图，每一张记录较粗的那些还没表达的部分。"
        "{image}×{image} 像素的颜色占 {pixel_bytes} 字节。一个词元是 {codebook} 个编号中的一个，占 {bits} 比特；8 比特为 1 字节。",  # noqa: E501
        question="{tokens} 个词元占多少空间？",
        choices=(
            ChoiceWords("和像素差不多", "一个词元只是 {codebook} 以内的编号，词元的个数又远少于像素。"),
            ChoiceWords("大约十分之一，像不错的 JPEG",
                        "还要少得多：{token_bytes} 字节，是像素 {pixel_bytes} 字节的 {share} %。"),
            ChoiceWords("大约百分之一，或更少", "所以必须舍弃很多，由解码器按学到的经验补上。"),
        ),
        right=2,
        result="{tokens} 个词元 × {bits} 比特 = {token_bytes} 字节，是像素的 {share} %。{about_model}",
        act="在“你的图片”里重建一张",
        curious=(
            "工作由两个网络分担：分词器把图片变成词元图，再变回来；Transformer 抽取词元图。“你的图片”只展示前者，"
            "所以那里丢失的东西怪不到后者头上。",
        ),
    ),
)  # fmt: skip
WORDS: dict[Language, StoryWords] = {
    "en": StoryWords(
        heading="Story: how this picture came about",
        lede="Eight short steps with a picture that this model drew. Guess first, then look. Nothing needs to be known "
        "beforehand, and every button works a real control of this page.",
        keys="Keys: ← and → change the step, ↑ and ↓ choose, Enter reveals.",
        waiting="The first picture is on its way.",
        nothing="no class",
        contents="Steps of the story",
        step_of="Step {step} of {all}",
        step_name="Step {step}: {title}",
        step_done="seen",
        progress="{done} of {all} seen",
        quiz_name="Quiz",
        previous="Back",
        next="Next: {title}",
        to_quiz="To the quiz",
        reveal="Reveal",
        reveal_without="Show me",
        right="Right.",
        wrong="Not so.",
        answer="The answer:",
        stop=". ",
        curious="For the curious",
        back_to_story="Back to the story, step {step}",
        opened="{act}: done. The Escape key leads back to the story.",
        not_found="{act}: opened, but not ready yet. The Escape key leads back to the story.",
        again="Do it again: {act}",
        draw_here="Draw them now",
        drawing="Drawing: scale {scale} of {all}.",
        queued="Waiting: {ahead} ahead.",
        failed="This did not work; try again.",
        smooth="This picture was drawn with “Smooth”: it was built from blends of codes, which its tokens do not give, "
        "so it cannot be taken apart. This step needs a picture drawn without.",
        smooth_act="Generate one without Smooth",
        smooth_room="This picture was drawn with “Smooth”, so its tokens do not give it, and the room that this step "
        "leads to could not take it apart.",
        none_measured="not measured",
        cut_none="then one is drawn by lot.",
        cut_some="the {top_k} likeliest stay, and one of them is drawn by lot.",
        cut_tail="the unlikely ones are cut off (top-k, top-p), and one of the rest is drawn by lot.",
        scales="Scale",
        finished_picture="finished",
        frame_title="After scale {scale}",
        average="average colour {colour}",
        average_alt="Swatch of the average colour, {colour}",
        map_unknown="still to be drawn",
        maps=("sum so far", "tokens", "their contribution", "new sum", "decoded", "next input"),
        signs=("read, averaged to {side}×{side}", "drawn", "stretch, φ", "add", "look", "average"),
        sign_first="read: the class alone",
        map_alt="{name}, {side} by {side} cells, in colour",
        maps_note="The true numbers of this picture. Colours are three main directions of the codebook; mid grey is "
        "zero. The decoded picture is for us alone.",
        last_of_all="none: it was the last map",
        sum_next="That sum, averaged to {next}×{next}, and not the tokens just drawn, is the next input.",
        sum_last="This was the last map: the decoder turns the sum into the picture.",
        sibling="Sibling {index}, seed {seed}",
        original="Original",
        prepared="Drawn beforehand.",
        prepared_elsewhere="Drawn beforehand from another picture ({subject}).",
        without="Guidance 0",
        with_it="Guidance 4",
        equal_title="Equal tokens, in percent",
        equal_item="Scale {scale}, {side}×{side}: {percent} % of the tokens are equal",
        first_apart="Scale 1 is equal, as it must be; the first tokens differ at scale {scale}. From there on each "
        "picture builds on its own sum.",
        never_apart="All tokens are equal: here guidance changed nothing.",
        map_title="Entropy at scale {scale}",
        map_of="Entropy at scale {scale}: from {low} to {high} nats, {mean} on average",
        nats="nats",
        no_statistics="For this picture no probabilities were recorded. Draw one in Generate.",
        columns=("order", "passes", "tokens", "GFLOP"),
        lane_next="Scale by scale",
        lane_raster="Row by row (simulated)",
        cost_note="GFLOP: billions of multiplications and additions in the transformer’s blocks for one branch, with "
        "a cache on both sides.",
        bytes_pixels="Pixels: {bytes} bytes",
        bytes_tokens="Tokens: {bytes} bytes",
        of_mini="mini, the model that comes with this page, has seen only pictures drawn by code. A photograph comes "
        "back simplified; models of the published size were trained on photographs.",
        of_another="How well yours comes back depends on what {model} was trained with.",
        quiz_title="Five questions",
        quiz_lede="All answers were in the story.",
        check="Check my answers",
        others="Other questions",
        score="{right} of {all} right.",
        unanswered="Not answered yet.",
        seen_in="See step {step}",
        steps=ENGLISH_STEPS,
        questions=ENGLISH_QUIZ,
    ),
    "zh": StoryWords(
        heading="故事：这张图是怎么来的",
        lede="八个短短的步骤，讲的就是这个模型画的一张图。先猜，再看。不需要任何预备知识，每个按钮操作的都是本页真正的控件。",
        keys="按键：← 和 → 换步骤，↑ 和 ↓ 选答案，回车揭晓。",
        waiting="第一张图片马上就到。",
        nothing="无类别",
        contents="故事的步骤",
        step_of="第 {step} / {all} 步",
        step_name="第 {step} 步：{title}",
        step_done="已看",
        progress="已看 {done} / {all}",
        quiz_name="测验",
        previous="上一步",
        next="下一步：{title}",
        to_quiz="去做测验",
        reveal="揭晓",
        reveal_without="直接看",
        right="对。",
        wrong="不是这样。",
        answer="答案：",
        stop="。",
        curious="想多知道一点",
        back_to_story="回到故事第 {step} 步",
        opened="{act}：完成。按 Esc 键回到故事。",
        not_found="{act}：已打开，但尚未就绪。按 Esc 键回到故事。",
        again="再做一次：{act}",
        draw_here="现在就画",
        drawing="正在画：第 {scale} / {all} 个尺度。",
        queued="等待中：前面还有 {ahead} 个请求。",
        failed="这次没有成功，请再试一次。",
        smooth="这张图是打开“平滑”画的：它由码字的混合构成，词元给不出这些混合，所以无法拆开。这一步需要不用“平滑”画的图。",
        smooth_act="不用“平滑”生成一张",
        smooth_room="这张图是打开“平滑”画的，词元给不出它，这一步要去的房间无法把它拆开。",
        none_measured="未测",
        cut_none="然后随机抽取一个。",
        cut_some="留下最可能的 {top_k} 个，再从中随机抽取一个。",
        cut_tail="去掉不大可能的（top-k、top-p），再从其余的里随机抽取一个。",
        scales="尺度",
        finished_picture="完成",
        frame_title="尺度 {scale} 之后",
        average="平均颜色 {colour}",
        average_alt="平均颜色的色块，{colour}",
        map_unknown="尚待抽取",
        maps=("目前之和", "词元", "它们的贡献", "新的和", "解码", "下一个输入"),
        signs=("读取，平均到 {side}×{side}", "抽取", "拉伸与 φ", "相加", "看一眼", "平均"),
        sign_first="读取：只有类别",
        map_alt="{name}，{side}×{side} 格，以颜色表示",
        maps_note="这张图的真实数值。颜色取自码本的三个主方向，中灰为零。解码出的画面只给我们看。",
        last_of_all="没有：这是最后一张词元图",
        sum_next="下一个输入就是这个和，平均到 {next}×{next}，而不是刚抽出的词元。",
        sum_last="这是最后一张词元图：解码器把和变成图片。",
        sibling="同源图 {index}，种子 {seed}",
        original="原图",
        prepared="这是事先画好的。",
        prepared_elsewhere="这是事先用另一张图（{subject}）画好的。",
        without="引导 0",
        with_it="引导 4",
        equal_title="相同的词元（%）",
        equal_item="尺度 {scale}，{side}×{side}：{percent} % 的词元相同",
        first_apart="尺度 1 相同，这是必然的；从尺度 {scale} 起才有词元不同。从那里开始，两张图各自建立在自己的和上。",
        never_apart="所有词元都相同：引导在这里什么也没有改变。",
        map_title="尺度 {scale} 的熵",
        map_of="尺度 {scale} 的熵：{low} 到 {high} 奈特，平均 {mean}",
        nats="奈特",
        no_statistics="这张图没有记录概率。请到“生成”里画一张。",
        columns=("顺序", "计算次数", "词元数", "GFLOP"),
        lane_next="逐尺度",
        lane_raster="逐行（模拟）",
        cost_note="GFLOP：Transformer 各层的十亿次乘法与加法，只计一个分支，两边都用缓存。",
        bytes_pixels="像素：{bytes} 字节",
        bytes_tokens="词元：{bytes} 字节",
        of_mini="mini 是本页自带的模型，只见过用代码画的图片；照片回来时会被简化。论文中那种规模的模型是用照片训练的。",
        of_another="你的图片能还原到什么程度，取决于 {model} 是用什么训练的。",
        quiz_title="五个问题",
        quiz_lede="答案都在故事里。",
        check="检查我的回答",
        others="换几个问题",
        score="答对 {right} / {all}。",
        unanswered="尚未回答。",
        seen_in="见第 {step} 步",
        steps=CHINESE_STEPS,
        questions=CHINESE_QUIZ,
    ),
}
