"""What the view ``inspect`` says."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectWords:
    """See ``static/lab/inspect.html`` and ``inspect*.js``, which fill the braces."""

    heading: str
    lede: str
    about: str
    nothing: str
    smooth: str
    pictures: str
    person: str

    reel: str
    reel_item: str
    reel_note: str
    picture: str
    picture_last: str
    picture_note: str
    picture_alt: str
    mosaic: str
    mosaic_keys: str
    mosaic_note: str
    mosaic_given: str

    measure: str
    measure_entropy: str
    measure_probability: str
    measure_rank: str
    measure_divergence: str
    measure_change: str
    note_entropy: str
    note_probability: str
    note_rank: str
    note_divergence: str
    note_change: str
    map_alt: str
    map_given: str
    map_none: str
    map_unrecorded: str
    overlay: str

    fact_place: str
    fact_id: str
    fact_origin: str
    fact_probability: str
    fact_filtered: str
    fact_rank: str
    fact_entropy: str
    fact_divergence: str
    place: str
    rank: str
    nats: str
    absent: str
    drawn: str
    given: str
    facts_drawn: str
    facts_given: str
    spoken: str

    draw_title: str
    draw_lede: str
    guidance: str
    guidance_here: str
    guidance_first: str
    top_k: str
    top_p: str
    temperature: str
    off: str
    reset: str
    as_run: str
    changed: str
    kept: str
    own_dropped: str
    bar_before: str
    bar_after: str
    bar_final: str
    bars_caption: str
    column_id: str
    column_bars: str
    column_before: str
    column_after: str
    column_final: str
    tail: str
    gap: str
    stack: str
    stack_own: str
    stack_top: str
    stack_tail: str
    stack_dropped: str
    smooth_heavy: str

    attention_title: str
    attention_lede: str
    block: str
    head: str
    mean: str
    own_scale: str
    shares_note: str
    share_of: str
    reads_note: str
    read_alt: str

    ramp_title: str
    ramp_note: str
    ramp_unguided: str
    column_scale: str
    column_guidance: str
    column_divergence: str


WORDS: dict[Language, InspectWords] = {
    "en": InspectWords(
        heading="Inspect one token",
        lede="Point at a cell to see what the model knew there; click, tap or use the arrow keys to hold it. "
        "Every panel below then speaks of that one token.",
        about="{subject}, seed {seed}, model {model}.",
        nothing="no class",
        smooth="“Smooth” was on. An id was drawn at every cell, but what was fed on, and what the picture is made of, "
        "is a blend of codes. Ids, probabilities and ranks below describe the draw, not the picture.",
        pictures="Pictures of this run",
        person="Picture {number}, seed {seed}",
        reel="Token maps of all scales, coarse to fine; arrow keys choose one",
        reel_item="Scale {scale}, {side} by {side} tokens",
        reel_note="Outlined in every map: the cells over the same part of the picture. In coarser maps these are the "
        "parents. The model is not bound to them; what it really reads is further down, under attention.",
        picture="Scale {scale} of {total}: what the decoder makes of the sum so far",
        picture_last="The finished picture",
        picture_note="The outline is the token’s cell. Its effect reaches a little further: upsampling, φ and the "
        "decoder all spread it.",
        picture_alt="{subject}, scale {scale} of {total}; outlined is row {row}, column {column}",
        mosaic="Token map",
        mosaic_keys="Token map, {side} by {side}. Arrow keys move, Home and End go to the ends of the row, Page Up and "
        "Page Down change the scale.",
        mosaic_note="A colour is the code’s place along the codebook’s three main axes ({percent} of its variance): "
        "similar colours are similar codes.",
        mosaic_given="{count} of {all} tokens of this scale were given, not drawn.",
        measure="What the map shows",
        measure_entropy="Entropy, nats",
        measure_probability="Confidence",
        measure_rank="Rank of the drawn id",
        measure_divergence="Effect of the class: KL, nats",
        measure_change="Contribution of the scale",
        note_entropy="How undecided the model was, after guidance and temperature. The top of the range is a choice "
        "among all {size} codes alike.",
        note_probability="Probability of the id that was drawn. Low confidence is not an error: texture has many right "
        "answers.",
        note_rank="How many codes were likelier than the one drawn. A late rank is a bold draw, not a "
        "wrong one. The range is logarithmic.",
        note_divergence="KL(with class ‖ without), before guidance: how much knowing the class changes the prediction.",
        note_change="‖φ(h)‖, what this scale added to the sum at each of the {side}×{side} places of the latent. It is "
        "a size in the latent, not a difference of pixels.",
        map_alt="{measure}, scale {scale}: {low} to {high}, mean {mean}",
        map_given="Empty cells were given, not drawn.",
        map_none="The run had no guidance, so the model was never asked without the class.",
        map_unrecorded="This run kept no such numbers.",
        overlay="Lay it over the picture",
        fact_place="Place",
        fact_id="Id",
        fact_origin="Origin",
        fact_probability="Probability",
        fact_filtered="After top-k, top-p",
        fact_rank="Rank",
        fact_entropy="Entropy",
        fact_divergence="KL, class",
        place="scale {scale}, row {row}, column {column}",
        rank="{rank} of {size}",
        nats="{value} nats",
        absent="none",
        drawn="drawn",
        given="given",
        facts_drawn="Probability, rank and entropy belong to the distribution after guidance and temperature. KL: how "
        "far apart the predictions with and without the class are, 0 if alike. Tokens of one scale are drawn at once, "
        "without sight of each other.",
        facts_given="This id was given, so it has no draw of its own; what the model thought of it is in the "
        "distribution below.",
        spoken="Row {row}, column {column}: id {id}, {origin}, probability {probability}.",
        draw_title="The distribution it was drawn from: scale {scale}, row {row}, column {column}",
        draw_lede="The sliders change this token only. In a run the same settings would also have changed every token "
        "before it, and so this one’s logits: the raw scores, one for each code, that become probabilities.",
        guidance="Guidance, last scale",
        guidance_here="{value} here",
        guidance_first="At scale 1 guidance is always 0, so there is no slider for it.",
        top_k="Top-k",
        top_p="Top-p",
        temperature="Temperature",
        off="off",
        reset="Back to the run’s settings",
        as_run="These are the run’s own settings.",
        changed="Changed from the run’s settings, for this token only.",
        kept="Ids that remain: {count} of {size}, with {mass} of the probability.",
        own_dropped="This id is not among them.",
        bar_before="with the class, before anything",
        bar_after="after guidance and temperature",
        bar_final="after top-k and top-p",
        bars_caption="The 20 likeliest ids, the drawn one and all the rest",
        column_id="id",
        column_bars="probability",
        column_before="before",
        column_after="guided",
        column_final="final",
        tail="{count} others",
        gap="… {count} more …",
        stack="All probability after guidance and temperature: {own} this id, {top} the rest of the top 20, {tail} "
        "other ids that remain, {dropped} dropped",
        stack_own="this id",
        stack_top="rest of the top 20",
        stack_tail="others that remain",
        stack_dropped="dropped",
        smooth_heavy="“Smooth” was on: from scale 2 on the model read blends of codes, which the ids do not give, so "
        "this cannot be worked out again. Scale 1 can, and so can any run without it.",
        attention_title="Where its attention reads: scale {scale}, row {row}, column {column}",
        attention_lede="The model is a stack of blocks, its layers; in each, several heads read side by side, every "
        "one with weights of its own. Weights say where information is read, not why. They are worked out again for "
        "this one token, as the class’s row of the model computes them.",
        block="Block",
        head="Head",
        mean="mean",
        own_scale="its own",
        shares_note="The bars sum to {sum}. The tick is the share if every position were read alike. A position of its "
        "own scale stands for what was fed there, not for the token drawn there: none was known yet.",
        share_of="Scale {scale}, {side} by {side}: {share}; read alike it would be {even}",
        reads_note="The same weights, position by position. Each map has its own range, written under it; compare the "
        "scales by the bars, not by brightness.",
        read_alt="Attention over scale {scale}; the largest weight is {high}, at row {row}, column {column}",
        ramp_title="Guidance, scale by scale",
        ramp_note="Guidance is ramped: 0 at scale 1, {last} at the last. Mean KL says how much the class matters at "
        "each scale, before guidance. At scale 1 the class may matter much, yet guidance does nothing there.",
        ramp_unguided="This run had no guidance: 0 at every scale, and KL was not computed.",
        column_scale="Scale",
        column_guidance="Guidance in force",
        column_divergence="Mean KL, nats",
    ),
    "zh": InspectWords(
        heading="探查一个词元",
        lede="把指针移到某一格，看模型在那里知道什么；点击、轻触或用方向键可以固定它，"
        "下面的所有面板随即围绕这一个词元展开。",
        about="{subject}，种子 {seed}，模型 {model}。",
        nothing="无类别",
        smooth="这次运行开启了“平滑”。每一格都抽取了编号，但传给后续尺度并构成画面的是码字的混合。"
        "下面的编号、概率和名次描述的是抽取，而不是画面本身。",
        pictures="本次运行的图片",
        person="第 {number} 幅，种子 {seed}",
        reel="各尺度的词元图，由粗到细；用方向键选择",
        reel_item="尺度 {scale}，{side}×{side} 个词元",
        reel_note="每张图中框出的，是位于画面同一处的格子；在更粗的图里，它们就是“上级”。"
        "模型并不限于读取这些格子，它真正读取了哪里，请看下方的注意力。",
        picture="尺度 {scale}/{total}：解码器对目前累加结果的解读",
        picture_last="完成的图片",
        picture_note="方框是词元所占的格子。它的影响会稍微超出方框：上采样、φ 和解码器都会使其扩散。",
        picture_alt="{subject}，尺度 {scale}/{total}；框出的是第 {row} 行第 {column} 列",
        mosaic="词元图",
        mosaic_keys="{side}×{side} 词元图。方向键移动，Home 和 End 到行首与行尾，Page Up 和 Page Down 切换尺度。",
        mosaic_note="颜色表示码字在码本三个主轴上的位置（占方差的 {percent}）：颜色相近，码字就相近。",
        mosaic_given="这一尺度的 {all} 个词元中有 {count} 个是给定的，不是抽取的。",
        measure="热图显示什么",
        measure_entropy="熵（奈特）",
        measure_probability="置信度",
        measure_rank="所抽编号的名次",
        measure_divergence="类别的作用：KL（奈特）",
        measure_change="本尺度的贡献",
        note_entropy="引导和温度之后，模型有多犹豫。色标上限相当于在全部 {size} 个码字中等概率选择。",
        note_probability="所抽编号的概率。置信度低不等于出错：纹理有许多正确答案。",
        note_rank="有多少码字比抽中的更可能。名次靠后说明抽得大胆，并不是抽错了。色标为对数刻度。",
        note_divergence="KL(有类别 ‖ 无类别)，引导之前：知道类别使预测改变了多少。",
        note_change="‖φ(h)‖：本尺度在潜变量 {side}×{side} 个位置上各加了多少。这是潜空间中的大小，不是像素差。",
        map_alt="{measure}，尺度 {scale}：{low} 到 {high}，平均 {mean}",
        map_given="空白的格子是给定的，不是抽取的。",
        map_none="这次运行没有引导，模型从未在无类别的条件下被询问。",
        map_unrecorded="这次运行没有留下这些数字。",
        overlay="叠加在图片上",
        fact_place="位置",
        fact_id="编号",
        fact_origin="来源",
        fact_probability="概率",
        fact_filtered="top-k、top-p 之后",
        fact_rank="名次",
        fact_entropy="熵",
        fact_divergence="类别 KL",
        place="尺度 {scale}，第 {row} 行，第 {column} 列",
        rank="{rank} / {size}",
        nats="{value} 奈特",
        absent="无",
        drawn="抽取",
        given="给定",
        facts_drawn="概率、名次和熵属于引导和温度之后的分布。KL 表示有类别与无类别的两个预测相距多远，"
        "相同则为 0。同一尺度的词元一次全部抽出，彼此看不见。",
        facts_given="这个编号是给定的，没有自己的抽取；模型对它的看法见下方的分布。",
        spoken="第 {row} 行第 {column} 列：编号 {id}，{origin}，概率 {probability}。",
        draw_title="它从怎样的分布中抽出：尺度 {scale}，第 {row} 行，第 {column} 列",
        draw_lede="滑块只改变这一个词元。在真实的运行中，同样的设置也会改变它之前的所有词元，从而改变它的 logits，"
        "也就是每个码字一个、尚未变成概率的原始分数。",
        guidance="末尺度的引导强度",
        guidance_here="此处 {value}",
        guidance_first="尺度 1 的引导恒为 0，所以这里没有引导滑块。",
        top_k="Top-k",
        top_p="Top-p",
        temperature="温度",
        off="关闭",
        reset="恢复本次运行的设置",
        as_run="这是本次运行自己的设置。",
        changed="已偏离本次运行的设置，只针对这一个词元。",
        kept="{size} 个编号中剩下 {count} 个，它们原有 {mass} 的概率。",
        own_dropped="此编号不在其中。",
        bar_before="有类别，未经任何处理",
        bar_after="引导和温度之后",
        bar_final="top-k 和 top-p 之后",
        bars_caption="最可能的 20 个编号、抽中的编号以及其余全部",
        column_id="编号",
        column_bars="概率",
        column_before="之前",
        column_after="引导后",
        column_final="最终",
        tail="其余 {count} 个",
        gap="… 中间 {count} 个 …",
        stack="引导和温度之后的全部概率：此编号 {own}，前 20 名的其余 {top}，其他保留的编号 {tail}，被舍去的 {dropped}",
        stack_own="此编号",
        stack_top="前 20 名的其余",
        stack_tail="其他保留的",
        stack_dropped="被舍去的",
        smooth_heavy="这次运行开启了“平滑”：从尺度 2 起，模型读取的是码字的混合，仅凭编号无法还原，"
        "因此这里无法重新计算。尺度 1 可以，未开启平滑的运行也都可以。",
        attention_title="它的注意力读取哪里：尺度 {scale}，第 {row} 行，第 {column} 列",
        attention_lede="模型由若干层（block）叠成，每一层里有几个头（head）并排读取，各有各的权重。"
        "权重说明从哪里读取信息，而不说明为什么。它们是为这一个词元重新计算的，取模型中带类别的那一路。",
        block="层",
        head="头",
        mean="平均",
        own_scale="自身尺度",
        shares_note="各条之和为 {sum}。短竖线是所有位置被同等读取时的份额。"
        "自身尺度的位置代表输入到那里的内容，而不是在那里抽出的词元：当时还一个都不知道。",
        share_of="尺度 {scale}，{side}×{side}：{share}；若同等读取则为 {even}",
        reads_note="同样的权重，逐个位置显示。每张图有自己的色标，写在图下；比较各尺度请看上面的条形，不要看亮度。",
        read_alt="对尺度 {scale} 的注意力；最大权重 {high}，在第 {row} 行第 {column} 列",
        ramp_title="逐尺度的引导",
        ramp_note="引导逐步增强：尺度 1 为 0，末尺度为 {last}。平均 KL 说明引导之前类别在各尺度有多重要。"
        "在尺度 1，类别也许很重要，引导却不起作用。",
        ramp_unguided="这次运行没有引导：所有尺度均为 0，也没有计算 KL。",
        column_scale="尺度",
        column_guidance="生效的引导",
        column_divergence="平均 KL（奈特）",
    ),
}
