"""What the view ``anatomy`` says. Braces are filled in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWords:
    """One part of a step.

    Attributes:
        title: over the text.
        sentence: the answer to the usual question; ``first`` and ``last`` replace it at the first and last scale.
        equation: with shapes.
        deep: the second level.
        source: where the paper has it.
    """

    title: str
    sentence: str
    first: str = ""
    last: str = ""
    equation: str
    deep: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnatomyWords:
    """See ``static/lab/anatomy.html`` and ``anatomy*.js``.

    ``figures`` are the captions of the eight maps in their order, ``signs`` what leads to each of them.
    """

    heading: str
    lede: str
    nothing: str
    waiting: str
    smooth: str
    which: str
    scales: str
    pictures: str
    picture: str
    play: str
    pause: str
    back: str
    forward: str
    transport: str
    position: str
    overview: str
    overview_text: str
    stages: tuple[StageWords, ...]
    deeper: str
    figures: tuple[str, ...]
    signs: tuple[str, ...]
    map_alt: str
    picture_alt: str
    grid: str
    cell: str
    chosen: str
    given: str
    no_next: str

    colour_by: str
    contrast: str
    axes: str
    channel: str
    axes_note: str
    channel_note: str
    cut: str
    bars: str
    bars_note: str
    bar: str
    rows: tuple[str, ...]
    adds_up: str

    change_heading: str
    change_text: str
    change_legend: str
    change_map: str
    change_ask: str
    change_asking: str
    change_pictures: tuple[str, ...]
    change_said: str
    change_note: str

    cost_heading: str
    cost_text: str
    cost_columns: tuple[str, ...]
    cost_total: str
    cost_decoder: str
    cost_said: str
    cost_note: str
    branches: tuple[str, str]
    one_picture: str
    many_pictures: str

    spectrum_heading: str
    spectrum_text: str
    spectrum_waiting: str
    spectrum_x: str
    spectrum_y: str
    spectrum_alt: str
    spectrum_said: str
    spectrum_before: str
    spectrum_after: str
    spectrum_none: str
    spectrum_note: str
    spectrum_table: str
    spectrum_columns: tuple[str, ...]


ENGLISH = AnatomyWords(
    heading="One step, taken apart",
    lede="How a map of ids becomes part of the picture and the input of the next scale: with the real numbers of a "
    "picture this model made. Point at a cell, or walk the token map with the arrow keys.",
    nothing="a picture of no class",
    waiting="The first picture is on its way.",
    smooth="This run was made with “more smooth”: it fed on blends of codes, which its ids do not give, so its steps "
    "cannot be taken apart. Generate one without it. The maps of each scale's size below are still true.",
    which="{subject}, seed {seed}",
    scales="Scale",
    pictures="Picture",
    picture="picture {n}",
    play="Play the parts one after the other",
    pause="Pause",
    back="Previous part",
    forward="Next part",
    transport="Parts of the step; left and right arrow keys",
    position="{n} of {of}",
    overview="Scale {scale}, the whole step",
    overview_text="Ids become vectors, are enlarged, filtered and added to what is already there; the decoder can "
    "show the sum, and the next scale is fed the sum. There is no chance in any of this: the draw that chose the ids "
    "came before.",
    stages=(
        StageWords(
            title="A whole map at once",
            sentence="All {tokens} ids of this map came out of one pass. That works because everything the model "
            "reads for them, the class and the sum of all coarser maps, is known before the pass begins: no cell "
            "has to wait for its neighbour.",
            first="The first map is a single id, predicted from the start token, which stands for the class. "
            "Nothing else is known yet.",
            equation="p(rₖ | r₁ … rₖ₋₁) = ∏ᵢ p(rₖ⁽ⁱ⁾ | r₁ … rₖ₋₁)        rₖ: {side}×{side} ids, 0 … {codebook_last}",
            deep="The transformer returns {tokens} distributions over {codebook} codes side by side, and each id is "
            "drawn from its own, independently of the others. Attention runs freely between the cells of a scale, "
            "but what it meets there are inputs, not the ids that have yet to be drawn. Neighbours agree because "
            "they have read the same coarser sum.",
            source="VAR §3.2, Fig. 4",
        ),
        StageWords(
            title="Ids become vectors",
            sentence="An id is only a row number. Look up row {id} of the codebook and you get {channels} numbers: "
            "the bars below show them for the chosen cell.",
            equation="hₖ = Z[rₖ]        {channels}×{side}×{side}",
            deep="One codebook of {codebook} rows serves all scales. Ids that follow one another need not be alike, "
            "so a map coloured by id would show likeness where there is none; here colour comes from the vectors.",
            source="VAR §3.2 (one codebook for all scales), Alg. 2",
        ),
        StageWords(
            title="Stretched over the whole grid",
            sentence="Every scale speaks about the whole picture, so its {side}×{side} vectors are stretched over "
            "the {last}×{last} grid on which all scales meet.",
            last="This map already has the full {last}×{last} size: it goes on as it is.",
            equation="h = bicubic(hₖ)        {channels}×{side}×{side} → {channels}×{last}×{last}",
            deep="Bicubic interpolation in each channel, with nothing learned. What lies between two cells is a "
            "mixture of codes and no row of the codebook itself.",
            source="VAR Alg. 1 and 2 (interpolate)",
        ),
        StageWords(
            title="What φ does",
            sentence="Stretching cannot invent detail; φ, a small learned filter, makes up for some of what it "
            "loses. Here it changes the stretched map by {changed} % of its length.",
            last="φ, a small filter learned to make up for what stretching loses, runs at the last scale too, where "
            "nothing was stretched. Here it changes the map by {changed} % of its length.",
            equation="φₖ(h) = ½·h + ½·conv₃ₓ₃(h)        {channels}×{last}×{last}",
            deep="Half of the map passes unchanged, half goes through a 3×3 convolution that mixes all {channels} "
            "channels. The paper describes one filter a scale; as in its published code, the {scales} scales here "
            "share {phis}, and this one uses number {phi}. They were trained with the tokenizer; the same ones run "
            "when a picture is encoded.",
            source="VAR §3.2, Alg. 1 and 2 (φ)",
        ),
        StageWords(
            title="Added to what is there",
            sentence="The map is a correction, not a picture: number by number it is added to the sum of all coarser "
            "scales. At the dot, in channel {channel}: {contribution} + {before} = {after}.",
            first="Nothing is there yet, so the first map is added to zero. At the dot, in channel {channel}: "
            "{contribution} + {before} = {after}.",
            equation="f̂ₖ = f̂ₖ₋₁ + φₖ(h)        {channels}×{last}×{last}",
            deep="f̂ is all that is known of the picture between two scales. When the tokenizer encodes a picture, "
            "each scale codes what the coarser ones left over, so a later scale may also take back what an earlier "
            "one put there.",
            source="VAR Alg. 1 (residual) and Alg. 2 (sum)",
        ),
        StageWords(
            title="A look at the sum",
            sentence="This is what the decoder makes of the sum so far. It is for our eyes only: generation never "
            "looks at it and goes on with the sum.",
            last="After the last scale the decoder turns the finished sum into the picture: the only decoding that "
            "generation needs.",
            equation="x̂ₖ = D(f̂ₖ)        {channels}×{last}×{last} → 3×{image}×{image}",
            deep="The decoder is a convolutional network that was trained on finished sums. An unfinished one is new "
            "to it, so the blur and the colours of an early frame are the decoder's answer to an odd question and "
            "not what the model “sees”.",
            source="VAR §3.2 (VQVAE decoder)",
        ),
        StageWords(
            title="Why the next input is the pooled sum",
            sentence="The last ids alone hold only the latest correction; the sum holds everything decided so far. "
            "So the next scale is fed the sum, averaged to its own {next}×{next} grid: one input for each id it "
            "has to predict.",
            last="There is no next scale. All {scales} maps are in the sum, and the sum goes to the decoder.",
            equation="eₖ₊₁ = area(f̂ₖ)        {channels}×{last}×{last} → {channels}×{next}×{next}",
            deep="Each of the {next}×{next} cells is the mean of the part of the grid that it covers. A linear layer "
            "widens the {channels} numbers to the transformer's width, and embeddings of place and scale are added: "
            "{next_tokens} inputs, {next_tokens} distributions.",
            source="VAR §3.2, Fig. 4, Alg. 2",
        ),
    ),
    deeper="Equation, shapes, and where the paper has it",
    figures=(
        "token map rₖ",
        "code vectors hₖ",
        "stretched h",
        "contribution φₖ(h)",
        "sum before f̂ₖ₋₁",
        "sum after f̂ₖ",
        "what the decoder makes of the sum so far",
        "next input eₖ₊₁",
    ),
    signs=("drawn", "look up", "stretch", "φ", "+", "=", "decode", "average"),
    map_alt="{name}, {side} by {side} cells, in colour",
    picture_alt="What the decoder makes of the sum after scale {scale}: {subject}",
    grid="Token map of scale {scale}; move with the arrow keys",
    cell="row {row}, column {column}, id {id}",
    chosen="Row {row}, column {column} of {side}×{side}: id {id}.",
    given="{count} of the {tokens} ids of this map were given, not drawn.",
    no_next="none: this was the last scale",
    colour_by="Colour the maps by",
    contrast="Contrast",
    axes="three main directions",
    channel="channel {n}",
    axes_note="Mid grey is the zero vector. Red, green and blue are three directions, those along which the codebook "
    "varies most ({explained} % of its variance); each is full at {reach} and empty at −{reach}, in every map and at "
    "every scale of this picture. Like colours are like vectors, as far as three of {channels} dimensions can tell.",
    channel_note="The numbers of channel {channel} alone; one range for every map and every scale of this picture.",
    cut="{cut} % of the new sum lies beyond this range and is cut off; there the colours do not add up.",
    bars="The {channels} numbers at the dot",
    bars_note="All four rows share one height, −{range} to {range}, beyond which bars are cut. Choose a bar to colour "
    "the maps by its channel.",
    bar="channel {n}: code {code}, contribution {contribution}, before {before}, after {after}",
    rows=("code", "contribution", "before", "after"),
    adds_up="channel {channel}: {contribution} + {before} = {after}",
    change_heading="What each scale adds",
    change_text="The length of the contribution in every cell of the grid. All maps share one range, so that a "
    "darker map really is a smaller addition.",
    change_legend="‖φₖ(h)‖, latent units",
    change_map="Scale {scale}, {side}×{side}: {strength} on average (root mean square)",
    change_ask="Decode with and without scale {scale}",
    change_asking="Decoding …",
    change_pictures=("without it, decoded", "with it, decoded", "difference of the two pictures"),
    change_said="The two pictures differ by {rms} of 255 levels (root mean square), {largest} at most. In the third, "
    "grey is no change; black is −{span} levels, white is +{span}; {clipped} % of its values lie beyond.",
    change_note="A difference of pictures is not the picture of a difference: the decoder is not linear, so this is "
    "not “what scale {scale} contains”, only what changes on the screen when it joins the coarser ones.",
    cost_heading="What each scale costs",
    cost_text="Tokens, arithmetic, time and memory, scale by scale: a handful of passes, and most of the arithmetic in "
    "the last two.",
    cost_columns=("scale", "tokens", "FLOPs", "time", "cache"),
    cost_total="all",
    cost_decoder="one decoding",
    cost_said="Decoding one sum takes {decoder} FLOPs, {share} % of what the transformer does for the whole picture. "
    "Generation needs it once; this page decodes after every scale to show you something.",
    cost_note="FLOPs: of one picture, {branches}, with the output layer, counted from the sizes at 2 a multiply-add; "
    "norms, activations and φ are left out. The race under “Compare” counts one branch and no "
    "output layer, and so shows "
    "less. Time: measured in this run for {count}, decoding after each scale included; the decoding alone "
    "was timed just now for one picture. Cache: keys and values held after the scale, {bytes} bytes a number.",
    branches=("one branch", "two branches because of guidance"),
    one_picture="one picture",
    many_pictures="{count} pictures together",
    spectrum_heading="Which frequencies each scale changes",
    spectrum_text="Coarse scales change broad areas, fine ones also small detail. But scales are not frequency bands: "
    "their spectra overlap, and by how much is measured here on this picture.",
    spectrum_waiting="Decoding the sums and measuring: {done} of {of} scales.",
    spectrum_x="cycles per picture",
    spectrum_y="power of the change, dB",
    spectrum_alt="Line chart: power of each scale's change against frequency, one line a scale; the table below has "
    "the numbers",
    spectrum_said="Scale {scale}, {side}×{side}: 80 % of its change lies between {low} and {high} cycles per picture, "
    "half of it at {median} or below.",
    spectrum_before="It shares {overlap} % of its band with scale {other}, the one before.",
    spectrum_after="It shares {overlap} % with scale {other}, the one after.",
    spectrum_none="Scale {scale} changed nothing that could be measured.",
    spectrum_note="From differences of neighbouring decoded pictures (luma, Hann window, mean over rings), the first "
    "against a flat one. The decoder is not linear and adds detail of its own, so energy above half the map's side is "
    "possible. 100 % shared would be the same band, 0 % none in common.",
    spectrum_table="The numbers as a table",
    spectrum_columns=("scale", "10 % below", "half below", "90 % below", "shared with the one before"),
)
CHINESE = AnatomyWords(
    heading="拆开一步",
    lede="一张编号图怎样成为画面的一部分，又怎样成为下一尺度的输入：用的都是这个模型生成这张图时的真实数值。"
    "把指针移到格子上，或用方向键在词元图上走动。",
    nothing="无类别的图片",
    waiting="第一张图片马上就到。",
    smooth="这次生成使用了“平滑”：模型吃进去的是码字的混合，编号推不出这些混合，所以这些步骤无法拆开。"
    "请关闭平滑再生成一张。下面各尺度大小的图仍然准确。",
    which="{subject}，种子 {seed}",
    scales="尺度",
    pictures="图片",
    picture="第 {n} 张",
    play="依次播放各部分",
    pause="暂停",
    back="上一部分",
    forward="下一部分",
    transport="这一步的各部分；可用左右方向键",
    position="第 {n} / {of} 部分",
    overview="尺度 {scale}：完整的一步",
    overview_text="编号变成向量，被放大、滤波，再加到已有的和上；解码器可以把和画出来，下一尺度吃进去的也是这个和。"
    "这里没有任何随机：抽取编号的那一次随机，在此之前已经完成。",
    stages=(
        StageWords(
            title="整张图一次预测",
            sentence="这张图的 {tokens} 个编号出自同一次前向计算。能这样做，是因为模型为此要读的一切（类别，以及所有"
            "较粗尺度之和）在计算开始之前就已知道：没有哪个格子要等它的邻居。",
            first="第一张图只有一个编号，由代表类别的起始词元预测出来；此时别的什么都还不知道。",
            equation="p(rₖ | r₁ … rₖ₋₁) = ∏ᵢ p(rₖ⁽ⁱ⁾ | r₁ … rₖ₋₁)        rₖ: {side}×{side}, 0 … {codebook_last}",
            deep="Transformer 同时给出 {tokens} 个分布，每个都覆盖 {codebook} 个码字；每个编号从自己的分布中抽取，互不"
            "影响。同一尺度的格子之间可以自由注意，但看到的是彼此的输入，而不是尚未抽出的编号。邻居之所以协调，是因为"
            "它们读的是同一个较粗的和。",
            source="VAR §3.2，图 4",
        ),
        StageWords(
            title="编号变成向量",
            sentence="编号只是行号。在码本里查第 {id} 行，就得到 {channels} 个数：下面的条形画的就是所选格子的这些数。",
            equation="hₖ = Z[rₖ]        {channels}×{side}×{side}",
            deep="所有尺度共用一个 {codebook} 行的码本。相邻的编号并不代表相似，按编号上色会显出并不存在的相似；"
            "所以这里的颜色取自向量。",
            source="VAR §3.2（各尺度共用码本），算法 2",
        ),
        StageWords(
            title="铺满整个网格",
            sentence="每个尺度说的都是整幅画，所以它的 {side}×{side} 个向量要拉伸到 {last}×{last} 的网格上，"
            "所有尺度都在那里相会。",
            last="这张图本来就是 {last}×{last} 的完整大小，原样进入下一部分。",
            equation="h = bicubic(hₖ)        {channels}×{side}×{side} → {channels}×{last}×{last}",
            deep="逐通道的双三次插值，没有可学习的参数。两个格子之间的值是码字的混合，本身并不是码本里的某一行。",
            source="VAR 算法 1、算法 2（interpolate）",
        ),
        StageWords(
            title="φ 做什么",
            sentence="拉伸变不出细节；φ 是一个学到的小滤波器，用来弥补拉伸的部分损失。在这里，它对放大后的图的改动，"
            "长度是原图的 {changed} %。",
            last="φ 是一个学到的小滤波器，用来弥补拉伸的损失；最后一个尺度没有拉伸，它也照样运行。在这里，它的改动"
            "长度是原图的 {changed} %。",
            equation="φₖ(h) = ½·h + ½·conv₃ₓ₃(h)        {channels}×{last}×{last}",
            deep="一半原样通过，另一半经过一个混合全部 {channels} 个通道的 3×3 卷积。论文中每个尺度各有一个"
            "滤波器；这里与其公开代码一样，{scales} 个尺度共用 {phis} 个，这个尺度用第 {phi} 个。"
            "它们与分词器一同训练，给图片编码时用的也是它们。",
            source="VAR §3.2，算法 1、算法 2（φ）",
        ),
        StageWords(
            title="加到已有的和上",
            sentence="这张图是一次修正，不是一幅画：它逐个数地加到所有较粗尺度的和上。圆点处的通道 {channel}："
            "{contribution} + {before} = {after}。",
            first="此前什么都没有，所以第一张图加到零上。圆点处的通道 {channel}：{contribution} + {before} = {after}。",
            equation="f̂ₖ = f̂ₖ₋₁ + φₖ(h)        {channels}×{last}×{last}",
            deep="两个尺度之间，关于画面所知的一切都在 f̂ 里。分词器给图片编码时，每个尺度编码的是较粗尺度剩下的部分；"
            "所以后来的尺度也可能收回先前尺度放进去的东西。",
            source="VAR 算法 1（残差）、算法 2（求和）",
        ),
        StageWords(
            title="看一眼这个和",
            sentence="这是解码器对目前之和的解读。它只给我们看：生成过程从不看它，而是带着和继续往下走。",
            last="最后一个尺度之后，解码器把完成的和变成图片：生成真正需要的只有这一次解码。",
            equation="x̂ₖ = D(f̂ₖ)        {channels}×{last}×{last} → 3×{image}×{image}",
            deep="解码器是卷积网络，训练时只见过完成的和。未完成的和对它来说是陌生的，所以早期画面的模糊和颜色，"
            "是解码器对一个怪问题的回答，而不是模型“看到”的东西。",
            source="VAR §3.2（VQVAE 解码器）",
        ),
        StageWords(
            title="下一个输入为什么是池化后的和",
            sentence="刚得到的编号只含最新的修正，和里才有迄今决定的一切。所以下一尺度吃进去的是和，并平均到它自己的 "
            "{next}×{next} 网格上：每个待预测的编号，正好有一个输入。",
            last="没有下一个尺度了。{scales} 张图都已在和里，和交给解码器。",
            equation="eₖ₊₁ = area(f̂ₖ)        {channels}×{last}×{last} → {channels}×{next}×{next}",
            deep="{next}×{next} 的每个格子，都是它所覆盖那块网格的平均值。接着一个线性层把 {channels} 个数展宽到 "
            "Transformer 的宽度，再加上位置与尺度的嵌入：{next_tokens} 个输入，{next_tokens} 个分布。",
            source="VAR §3.2，图 4，算法 2",
        ),
    ),
    deeper="公式、形状与论文出处",
    figures=(
        "词元图 rₖ",
        "码字向量 hₖ",
        "拉伸后 h",
        "贡献 φₖ(h)",
        "先前之和 f̂ₖ₋₁",
        "此后之和 f̂ₖ",
        "解码器对目前之和的解读",
        "下一个输入 eₖ₊₁",
    ),
    signs=("抽得", "查表", "拉伸", "φ", "+", "=", "解码", "平均"),
    map_alt="{name}，{side}×{side} 格，以颜色表示",
    picture_alt="尺度 {scale} 之后，解码器对和的解读：{subject}",
    grid="尺度 {scale} 的词元图；用方向键移动",
    cell="第 {row} 行第 {column} 列，编号 {id}",
    chosen="{side}×{side} 中第 {row} 行第 {column} 列：编号 {id}。",
    given="这张图的 {tokens} 个编号中有 {count} 个是给定的，不是抽取的。",
    no_next="没有：这是最后一个尺度",
    colour_by="按什么上色",
    contrast="对比度",
    axes="三个主方向",
    channel="通道 {n}",
    axes_note="中灰是零向量。红、绿、蓝是码本变化最大的三个方向（占其方差的 {explained} %）；每一个在 {reach} 处最亮，"
    "在 −{reach} 处最暗，这张图片的每张图、每个尺度都一样。颜色相近即向量相近，"
    "但这只是 {channels} 维中的三维所能告诉的。",
    channel_note="只看通道 {channel} 的数值；这张图片的每张图、每个尺度用同一范围。",
    cut="新的和有 {cut} % 超出此范围而被截断，那里的颜色不再能相加。",
    bars="圆点处的 {channels} 个数",
    bars_note="四行共用同一高度，−{range} 到 {range}，更长的被截断。选一根条形，就按它的通道给各图上色。",
    bar="通道 {n}：码字 {code}，贡献 {contribution}，先前 {before}，此后 {after}",
    rows=("码字", "贡献", "先前", "此后"),
    adds_up="通道 {channel}：{contribution} + {before} = {after}",
    change_heading="每个尺度添加了什么",
    change_text="贡献在网格每一格中的长度。所有图共用同一范围，所以更暗的图，添加的确实更少。",
    change_legend="‖φₖ(h)‖，潜空间单位",
    change_map="尺度 {scale}，{side}×{side}：均方根 {strength}",
    change_ask="比较有无尺度 {scale} 的解码",
    change_asking="正在解码……",
    change_pictures=("没有它时的解码", "有它时的解码", "两张图片之差"),
    change_said="两张图片的均方根差为 {rms} 级（满级 255），最大 {largest} 级。第三张图中，灰色表示没有变化，黑色为 "
    "−{span} 级，白色为 +{span} 级；{clipped} % 的值超出此范围。",
    change_note="图片之差不是差的图片：解码器不是线性的，所以这不是“尺度 {scale} 里有什么”，只是它加入较粗尺度之后，"
    "屏幕上有什么变化。",
    cost_heading="每个尺度的代价",
    cost_text="逐尺度的词元数、运算量、时间与内存：计算只有寥寥几次，运算量大多在最后两次。",
    cost_columns=("尺度", "词元", "FLOPs", "时间", "缓存"),
    cost_total="合计",
    cost_decoder="一次解码",
    cost_said="解码一次需要 {decoder} FLOPs，是 Transformer 为整张图片所做运算的 {share} %。"
    "生成只需要解码一次；本页每个尺度之后都解码，是为了给你看。",
    cost_note="FLOPs：一张图片，{branches}，含输出层，按网络大小计算，一次乘加算 2；不含归一化、激活函数和 φ。"
    "“对比”里的赛跑只计一个分支、不含输出层，所以数字更小。"
    "时间：本次生成的实测值，{count}，含每个尺度之后的解码；单独一次解码是刚刚对一张图片测得的。"
    "缓存：该尺度之后保存的键与值，每个数 {bytes} 字节。",
    branches=("一个分支", "因引导而有两个分支"),
    one_picture="一张图片",
    many_pictures="{count} 张图片一起",
    spectrum_heading="每个尺度改变哪些频率",
    spectrum_text="粗尺度改变大片区域，细尺度还会改变细节。但尺度不是频带：它们的频谱相互重叠，重叠多少，"
    "就在这张图片上实测。",
    spectrum_waiting="正在解码并测量：{of} 个尺度中的第 {done} 个。",
    spectrum_x="每幅图的周期数",
    spectrum_y="变化的功率，dB",
    spectrum_alt="折线图：各尺度变化的功率随频率的分布，一个尺度一条线；数值见下面的表格",
    spectrum_said="尺度 {scale}，{side}×{side}：80 % 的变化在每幅图 {low} 到 {high} 个周期之间，一半不超过 {median}。",
    spectrum_before="与前一个尺度（{other}）共有 {overlap} % 的频带。",
    spectrum_after="与后一个尺度（{other}）共有 {overlap} %。",
    spectrum_none="尺度 {scale} 没有可测量的变化。",
    spectrum_note="取自相邻两次解码图片之差（亮度，汉宁窗，按环平均），第一个与纯色画面相比。解码器不是线性的，"
    "会自己加上细节，所以高于图边长一半的频率处也可能有能量。共有 100 % 即同一频带，0 % 即毫无共同之处。",
    spectrum_table="以表格查看数值",
    spectrum_columns=("尺度", "10 % 低于", "一半低于", "90 % 低于", "与前一尺度共有"),
)
WORDS: dict[Language, AnatomyWords] = {"en": ENGLISH, "zh": CHINESE}
