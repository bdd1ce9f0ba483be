"""What the view ``story`` says: eight steps and the quiz. Braces are filled by ``static/lab/story*.js``.

The numbers in the sentences come from the record on the table and from the library, none from here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.lessons.story_chinese import CHINESE_STEPS
from app.lessons.story_english import ENGLISH_STEPS
from app.lessons.story_origin import ORIGIN, OriginWords
from app.lessons.story_quiz import CHINESE_QUIZ, ENGLISH_QUIZ, QuestionWords
from app.lessons.story_steps import StepWords
from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords(OriginWords):
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


WORDS: dict[Language, StoryWords] = {
    "en": StoryWords(
        **asdict(ORIGIN["en"]),
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
        **asdict(ORIGIN["zh"]),
        heading="故事：这张图是怎么来的",
        lede="八个短短的步骤，讲的就是这个模型画的一张图。先猜，再看。不需要任何预备知识，"
        "每个按钮操作的都是本页真正的控件。",
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
        drawing="正在画：尺度 {scale}/{all}。",
        queued="排队中：前面还有 {ahead} 个请求。",
        failed="这次没有成功，请再试一次。",
        smooth="这张图是打开“平滑”画的：它由码字的混合构成，词元给不出这些混合，所以无法拆开。"
        "这一步需要不用“平滑”画的图。",
        smooth_act="不用“平滑”生成一张",
        smooth_room="这张图是打开“平滑”画的，词元给不出它，这一步要打开的那一栏无法把它拆开。",
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
        maps=("当前累加和", "词元", "它们的贡献", "新的累加和", "解码", "下一个输入"),
        signs=("读取，平均到 {side}×{side}", "抽取", "拉伸与 φ", "相加", "看一眼", "平均"),
        sign_first="读取：只有类别",
        map_alt="{name}，{side}×{side} 格，以颜色表示",
        maps_note="这张图的真实数值。颜色取自码本的三个主方向，中灰为零。解码出的画面只给我们看。",
        last_of_all="没有：这是最后一张词元图",
        sum_next="下一个输入就是这个累加和，平均到 {next}×{next}，而不是刚抽出的词元。",
        sum_last="这是最后一张词元图：解码器把累加和变成图片。",
        sibling="同源图 {index}，种子 {seed}",
        original="原图",
        prepared="这是事先画好的。",
        prepared_elsewhere="这是事先用另一张图（{subject}）画好的。",
        without="引导 0",
        with_it="引导 4",
        equal_title="相同的词元（%）",
        equal_item="尺度 {scale}，{side}×{side}：{percent} % 的词元相同",
        first_apart="尺度 1 相同，这是必然的；从尺度 {scale} 起才有词元不同。从那里开始，"
        "两张图各自建立在自己的累加和上。",
        never_apart="所有词元都相同：引导在这里什么也没有改变。",
        map_title="尺度 {scale} 的熵",
        map_of="尺度 {scale} 的熵：{low} 到 {high} 奈特，平均 {mean}",
        nats="奈特",
        no_statistics="这张图没有记录概率。请到“生成”里画一张。",
        columns=("顺序", "前向次数", "词元数", "GFLOP"),
        lane_next="逐尺度",
        lane_raster="逐行（模拟）",
        cost_note="GFLOP：Transformer 各层的乘法与加法次数，单位十亿；只计一个分支，两边都用缓存。",
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
