"""What the view ``branch`` says. Braces are filled by ``static/lab/branch*.js``."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.lessons.morph import MORPH, MorphWords
from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchWords(MorphWords):
    """See ``static/lab/branch.html`` and ``branch*.js``."""

    heading: str
    lede: str
    nothing: str
    tree: str
    root: str
    child: str
    morph_child: str
    keep_title: str
    keep_label: str
    keep_none: str
    keep_one: str
    keep_some: str
    keep_all: str
    guess_title: str
    layout: str
    colours: str
    texture: str
    nothing_shared: str
    guess_note: str
    count: str
    seed: str
    draw: str
    others: str
    stop: str
    result_none: str
    result_one: str
    result_some: str
    result_all: str
    prepared: str
    prepared_elsewhere: str
    original: str
    sibling: str
    go_on: str
    table: str
    table_original: str
    on_table: str
    waiting: str
    working: str
    finished: str
    stopped: str
    failed: str
    bad_seed: str
    smooth: str
    edited: str
    answer_title: str
    answer_so_far: str
    differ: str
    equal: str
    shared_title: str
    shared_note: str
    said_shared: str
    said_other: str
    right: str
    wrong: str
    score: str
    unmeasured: str
    tokens_title: str
    tokens_note: str
    tokens_item: str
    spread_title: str
    spread_note: str
    spread_alt: str
    levels: str
    chart_title: str
    chart_note: str
    chart_measure: str
    rmse: str
    chart_item: str
    chart_missing: str
    measure_all: str
    measure_broken: str


WORDS: dict[Language, BranchWords] = {
    "en": BranchWords(
        **asdict(MORPH["en"]),
        heading="Branch: what does each scale decide?",
        lede=(
            "Keep the first scales of a picture and let the model draw the rest again, several times. Where these "
            "siblings differ, it was still open. Part of what they share comes from the class alone: compare with none "
            "kept."
        ),
        nothing="no class",
        tree="The tree of originals",
        root="{subject}, seed {seed}",
        child="Kept {keep} of {total}, sibling {index}",
        morph_child="Kept {keep} of {total}, then {subject}",
        keep_title="Which scales stay?",
        keep_label="Number of scales kept",
        keep_none="Nothing is kept: all {total} scales are drawn again. Only class and settings are shared.",
        keep_one="Scale 1 is kept; scales 2–{total} are drawn again with other seeds.",
        keep_some="Scales 1–{keep} are kept, token by token; what follows, up to scale {total}, is drawn again with "
        "other seeds.",
        keep_all="All {total} scales are kept: whatever the seeds, each sibling is the picture itself.",
        guess_title="Before you look: what will the siblings share with each other?",
        layout="layout",
        colours="colours",
        texture="texture",
        nothing_shared="nothing",
        guess_note="Choose any, or draw without guessing.",
        count="Siblings",
        seed="First seed",
        draw="Draw {count} siblings",
        others="Draw others",
        stop="Stop",
        result_none="Siblings that keep no scale",
        result_one="Siblings that keep scale 1",
        result_some="Siblings that keep scales 1–{keep}",
        result_all="Siblings that keep all scales",
        prepared="Drawn beforehand, so that there is something to see; guess and draw your own above.",
        prepared_elsewhere="Drawn beforehand from another picture ({subject}), so that there is something to see; "
        "guess and draw your own above.",
        original="Original",
        sibling="Sibling {index}, seed {seed}",
        go_on="Go on from sibling {index}: it becomes the original",
        table="Show these siblings in the other rooms",
        table_original="Show this original in the other rooms",
        on_table="The other rooms now show these siblings.",
        waiting="Waiting: {ahead} ahead.",
        working="Drawing: scale {scale} of {total}.",
        finished="Drawn. Choose a sibling to go on from it.",
        stopped="Stopped after scale {scale} of {total}.",
        failed="This did not work; try again.",
        bad_seed="First seed must be a whole number from 0 to 4294967295, got {received}; enter another or choose "
        "“Draw others”.",
        smooth="This picture was drawn with “Smooth”: it was built from blends of codes, which its tokens do not give, "
        "so it cannot be branched exactly. Draw it again with “Smooth” off.",
        edited="This picture keeps part of another one at the scales you want drawn again, which branching would lose. "
        "Keep more scales, or edit the picture again with another seed.",
        answer_title="How much they differ",
        answer_so_far="How much they differ so far, after scale {scale}",
        differ="{rmse} of 255 levels (root mean square over pixels, mean over {pairs} pairs); PSNR {psnr} dB.",
        equal="Not at all: the siblings are equal, pixel by pixel.",
        shared_title="What they share",
        shared_note="Likeness of the siblings to each other: 1 the same, 0 unrelated; “shared” from 0.5 on. Layout: "
        "light and dark on an 8×8 grid. Colours: tint on that grid. Texture: detail finer than a 16×16 grid. Pictures "
        "of one class are alike anyway: compare with no scale kept.",
        said_shared="you said shared",
        said_other="you said different",
        right="right",
        wrong="wrong",
        score="Your guess: {right} of {all} right.",
        unmeasured="too flat to tell",
        tokens_title="Tokens that differ, by scale",
        tokens_note="In percent of the cells of each scale, mean over pairs. A different token is not always a visible "
        "difference: several codes look alike.",
        tokens_item="Scale {scale}, {side}×{side}: {percent} % of the tokens differ",
        spread_title="Where they differ",
        spread_note="Standard deviation over the siblings, root mean square over RGB, averaged over {pixels}×{pixels} "
        "pixels. One colour scale for all numbers of scales kept, up to the largest difference measured so far.",
        spread_alt="Map of where the siblings differ, from {low} to {high} levels",
        levels="levels",
        chart_title="By number of scales kept",
        chart_note="Fills as you try other numbers. Each bar is measured on a few siblings only, so it wobbles; with "
        "all scales kept the difference is zero by construction.",
        chart_measure="Show",
        rmse="difference in levels of 255",
        chart_item="Kept {keep} of {total}: {value}",
        chart_missing="Kept {keep} of {total}: not measured yet",
        measure_all="Measure all",
        measure_broken="Measuring was interrupted: {missing} of {all} bars are still empty. “Measure all” measures "
        "only those.",
    ),
    "zh": BranchWords(
        **asdict(MORPH["zh"]),
        heading="分枝：每个尺度决定了什么？",
        lede="保留一张图片的前几个尺度，让模型把其余部分重画几遍。这些同源图不同的地方，那时还没有定下来；"
        "它们的共同之处，有一部分仅仅来自类别：可与一个尺度也不保留时比较。",
        nothing="无类别",
        tree="原图的谱系",
        root="{subject}，种子 {seed}",
        child="保留 {keep} / {total}，同源图 {index}",
        morph_child="保留 {keep} / {total}，之后画成{subject}",
        keep_title="保留哪些尺度？",
        keep_label="保留的尺度数",
        keep_none="一个也不保留：{total} 个尺度全部重画，共同的只有类别和设置。",
        keep_one="保留尺度 1；尺度 2–{total} 用别的种子重画。",
        keep_some="尺度 1–{keep} 逐个词元保留；其后直到尺度 {total} 用别的种子重画。",
        keep_all="{total} 个尺度全部保留：无论种子是什么，每张同源图都是原图本身。",
        guess_title="先猜一猜：这些同源图彼此会有哪些共同之处？",
        layout="布局",
        colours="颜色",
        texture="纹理",
        nothing_shared="什么都没有",
        guess_note="可以选几项，也可以不猜直接画。",
        count="张数",
        seed="首个种子",
        draw="画 {count} 张同源图",
        others="换一批",
        stop="停止",
        result_none="不保留任何尺度的同源图",
        result_one="保留尺度 1 的同源图",
        result_some="保留尺度 1–{keep} 的同源图",
        result_all="保留全部尺度的同源图",
        prepared="这是事先画好的，让你先有图可看；请在上面猜一猜，再画出自己的。",
        prepared_elsewhere="这是事先用另一张图片（{subject}）画好的，让你先有图可看；请在上面猜一猜，再画出自己的。",
        original="原图",
        sibling="同源图 {index}，种子 {seed}",
        go_on="以同源图 {index} 继续：它成为新的原图",
        table="在其他各栏显示这些同源图",
        table_original="在其他各栏显示这张原图",
        on_table="其他各栏现在显示的就是这些同源图。",
        waiting="排队中：前面还有 {ahead} 个请求。",
        working="正在画：尺度 {scale}/{total}。",
        finished="画好了。选一张同源图，就可以从它继续。",
        stopped="已在尺度 {scale}/{total} 之后停止。",
        failed="这次没有成功，请再试一次。",
        bad_seed="首个种子必须是 0 到 4294967295 之间的整数，收到的是 {received}；请另填一个，或点“换一批”。",
        smooth="这张图片是打开“平滑”画的：它由码字的混合构成，词元给不出这些混合，所以不能精确分枝。请关闭平滑后重画。",
        edited="在要重画的尺度上，这张图片保留着另一张图片的一部分，分枝会丢掉它。请多保留几个尺度，"
        "或换一个种子重新编辑。",
        answer_title="它们相差多少",
        answer_so_far="到尺度 {scale} 为止相差多少",
        differ="{rmse} 级（满值 255；逐像素均方根，{pairs} 对的平均）；PSNR {psnr} dB。",
        equal="毫无差别：同源图逐像素相同。",
        shared_title="它们有何共同之处",
        shared_note="同源图彼此的相似度：1 为相同，0 为无关；达到 0.5 算“相同”。布局：8×8 网格上的明暗。颜色："
        "同一网格上的色调。纹理：比 16×16 网格更细的细节。同一类别的图片本来就相似：可与一个尺度也不保留时比较。",
        said_shared="你猜相同",
        said_other="你猜不同",
        right="猜对了",
        wrong="猜错了",
        score="你的猜测：{all} 项中猜对 {right} 项。",
        unmeasured="过于平坦，无法判断",
        tokens_title="各尺度不同的词元",
        tokens_note="占该尺度格子数的百分比，按各对取平均。词元不同不一定看得出来：有些码字看上去很像。",
        tokens_item="尺度 {scale}，{side}×{side}：{percent} % 的词元不同",
        spread_title="它们在哪里不同",
        spread_note="同源图之间的标准差，对 RGB 取均方根，按 {pixels}×{pixels} 像素平均。无论保留几个尺度，"
        "色标都相同，其上限是目前测得的最大差异。",
        spread_alt="同源图差异分布图，从 {low} 到 {high} 级",
        levels="级",
        chart_title="随保留的尺度数变化",
        chart_note="每试一个数目就填上一条。每条只由几张同源图测得，会有起伏；全部保留时，差异必然为零。",
        chart_measure="显示",
        rmse="差异（级，满值 255）",
        chart_item="保留 {keep} / {total}：{value}",
        chart_missing="保留 {keep} / {total}：尚未测量",
        measure_all="全部测量",
        measure_broken="测量中断了：{all} 条中还有 {missing} 条是空的。点“全部测量”会只补测这些。",
    ),
}
