"""What the view ``picture`` says."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWords:
    """See ``static/lab/picture.html`` and ``picture*.js``; what stands in braces is filled there."""

    heading: str
    lede: str
    choose: str
    choose_hint: str
    samples: str
    sample: str
    too_large: str

    rebuild: str
    rebuild_note: str
    original: str
    busy: str
    rebuilt: str
    left: str
    left_beyond: str
    here: str
    bars: str
    bar: str
    play: str
    pause: str
    verdict: str
    honest_drawings: str
    honest_photographs: str
    honest_unknown: str
    large: str

    edit: str
    edit_note: str
    starts: str
    start_fill: str
    start_border: str
    start_other: str
    tools: str
    brush: str
    eraser: str
    box: str
    clear: str
    invert: str
    mask_label: str
    mask_line: str
    keys: str
    cell_drawn: str
    cell_kept: str
    size: str
    shrink: str
    across: str
    down: str
    border_note: str
    coarse_note: str

    class_label: str
    nothing: str
    guidance: str
    seed: str
    dice: str
    draw: str
    stop: str
    state_working: str
    state_waiting: str
    state_finished: str
    state_stopped: str
    state_failed: str
    steps: str
    result: str
    view: str
    pasted: str
    raw: str
    pasted_note: str
    raw_note: str
    save: str
    onward: str
    table: str
    tabled: str

    spread: str
    change_alt: str
    kept_line: str
    spread_line: str
    spread_near: str
    spread_far: str
    spread_why: str
    spread_beyond: str


WORDS: dict[Language, PictureWords] = {
    "en": PictureWords(
        heading="Your picture",
        lede="Bring a picture. First see what survives being turned into tokens; then paint over a part and have it "
        "drawn again.",
        choose="Choose a picture",
        choose_hint="or drop or paste one here. It is cut to a square, made small in your browser, and kept nowhere.",
        samples="Built-in pictures, none of which the model was trained on",
        sample="Built-in picture {number}",
        too_large="The file has more than 20 MB. Save a smaller copy and try again.",
        rebuild="Rebuilt, scale by scale",
        rebuild_note="This is the tokenizer alone: it writes your picture as ten token maps, coarse to fine, and adds "
        "them up again. No generator and no class take part. Whatever is lost here, no generator could bring back.",
        original="Your picture, as the model gets it",
        busy="Being rebuilt …",
        rebuilt="After scale {scale} of {total}, {side}×{side} tokens: {psnr} dB PSNR",
        left="What is lost: {mean} levels of 255 on average",
        left_beyond="; {beyond} % of the pixels are off by {most} or more, which look alike here",
        here="At {x}, {y}: {level} levels off",
        bars="PSNR after each scale, in decibels",
        bar="{side}×{side} tokens: {psnr} dB",
        play="Play",
        pause="Pause",
        verdict="From {first} dB after a single token over {half} dB at {side}×{side} to {last} dB with all of them. "
        "PSNR says how small the mean squared error of the pixels is: more is closer, and above about 30 dB it takes a "
        "careful look to tell two pictures apart.",
        honest_drawings="The built-in model mini has seen only pictures drawn by code, so photographs come back soft "
        "and their colours drift. Models that have seen photographs are, for example: {large}.",
        honest_photographs="{name} has seen photographs. What is lost here its tokenizer loses, and all published "
        "models share that one: from a picture of the same side, each of them would lose the same.",
        honest_unknown="What {name} was trained on is not known here; a picture unlike that may come back worse. "
        "Models that have seen photographs are, for example: {large}.",
        large="{name}, {side}×{side} pixels, {download} to download, about {memory} of memory in 16 bits",
        edit="Draw a part again",
        edit_note="Tokens outside your mask are forced to be your picture’s at every scale; the others are drawn. One "
        "thing cannot be redrawn: the 1×1 map. It is always your picture’s, and with it the overall tone.",
        starts="Ways to begin",
        start_fill="Fill a hole",
        start_border="Paint outwards",
        start_other="Another class inside",
        tools="Tools",
        brush="Brush",
        eraser="Eraser",
        box="Rectangle",
        clear="Clear",
        invert="Invert",
        mask_label="Mask over your picture. Arrow keys move over the cells, space draws a cell again or keeps it.",
        mask_line="{count} of {all} cells will be drawn again: a cell is kept only if all its pixels are.",
        keys="By keyboard: arrow keys, then space.",
        cell_drawn="Row {row}, column {column}: drawn again",
        cell_kept="Row {row}, column {column}: kept",
        size="Brush",
        shrink="Size of the picture on the canvas, in cells",
        across="From the left",
        down="From the top",
        border_note="The canvas cannot grow, so the picture shrinks into it. Under the border lies a blur of it: the "
        "coarsest tokens are read from the whole canvas.",
        coarse_note="What is drawn again on each of the ten grids. The coarser the grid, the blunter the mask.",
        class_label="As what?",
        nothing="no class",
        guidance="Guidance",
        seed="Seed",
        dice="New seed",
        draw="Draw again",
        stop="Stop",
        state_working="Drawing …",
        state_waiting="In line: {ahead} before you.",
        state_finished="Done.",
        state_stopped="Stopped.",
        state_failed="It could not be finished.",
        steps="Scales of the result",
        result="Scale {scale} of {total}: {redrawn} of {tokens} tokens drawn, the others yours",
        view="What is shown outside the mask",
        pasted="Your pixels outside",
        raw="As the model sees it",
        pasted_note="Your own pixels lie over the result, unchanged from {feather} pixels outside the redrawn cells; "
        "in between the two are blended.",
        raw_note="What the decoder makes of all tokens. Kept parts differ from yours, too: tokens round, and the "
        "decoder looks at the whole picture for every pixel.",
        save="Download PNG",
        onward="Go on from here",
        table="Show this run in the other rooms",
        tabled="The other rooms now show this picture, as the model sees it.",
        spread="How far the change reaches",
        change_alt="Map of the latent: how much each cell changed, relative to a typical cell of the source",
        kept_line="{equal} of {kept} kept tokens are exactly your picture’s; the other {drawn} of {total} were drawn.",
        spread_line="The map shows how much the summed latent changed, relative to a typical cell of your picture: "
        "{inside} on average in redrawn cells.",
        spread_near="Kept cells next to them changed, too, by {near}.",
        spread_far="Four or more cells away it is {far} on average.",
        spread_why="The tokens there are yours; but a redrawn coarse token is spread over many fine cells by bicubic "
        "upsampling, and φ mixes neighbours. {reached} of {outside} kept cells can be touched in this way at all; how "
        "strongly they were is what the map shows.",
        spread_beyond="Out of reach nothing changed by more than {beyond}, which is rounding.",
    ),
    "zh": PictureWords(
        heading="你的图片",
        lede="放入一张图片：先看它变成词元后还剩下什么，再涂抹一块区域，让模型重新画出来。",
        choose="选择图片",
        choose_hint="也可以拖放或粘贴到这里。图片会在浏览器中裁成方形并缩小，不会被保存。",
        samples="内置图片，模型训练时从未见过",
        sample="内置图片 {number}",
        too_large="文件超过 20 MB，请另存一张较小的再试。",
        rebuild="逐尺度重建",
        rebuild_note="这里只有分词器：它把图片写成由粗到细的十张词元图，再逐张相加还原。没有生成器，也没有类别参与。"
        "在这里丢失的东西，任何生成器都无法找回。",
        original="你的图片（模型收到的样子）",
        busy="正在重建……",
        rebuilt="尺度 {scale}/{total} 之后，{side}×{side} 个词元：PSNR {psnr} dB",
        left="丢失的：平均相差 {mean} 级（满值 255）",
        left_beyond="；{beyond} % 的像素相差 {most} 级或更多，图中不再区分",
        here="位置（{x}，{y}）：相差 {level} 级",
        bars="每个尺度之后的 PSNR（分贝）",
        bar="{side}×{side} 个词元：{psnr} dB",
        play="播放",
        pause="暂停",
        verdict="只有一个词元时为 {first} dB，到 {side}×{side} 时为 {half} dB，全部词元时为 {last} dB。"
        "PSNR 表示像素的均方误差有多小，数值越高越接近原图；大约 30 dB 以上，要仔细看才能分辨两张图。",
        honest_drawings="内置模型 mini 只见过由代码绘制的图片，所以照片还原后会发虚、偏色。"
        "见过照片的模型，例如：{large}。",
        honest_photographs="{name} 见过照片。这里丢失的东西，是分词器丢失的；所有公开发布的模型共用这一个分词器，"
        "同样边长的图片，换成其中任何一个，丢失的都一样。",
        honest_unknown="{name} 是用什么图片训练的，这里无从得知；与训练图片差别大的，还原可能更差。"
        "见过照片的模型，例如：{large}。",
        large="{name}，{side}×{side} 像素，需下载 {download}，以 16 位权重运行约占 {memory} 内存",
        edit="重画一部分",
        edit_note="遮罩以外，每个尺度都强制使用你图片的词元，其余的由模型抽取。只有一样不能重画：1×1 的那张词元图。"
        "它始终取自你的图片，整体色调也随之确定。",
        starts="从哪里开始",
        start_fill="填补空洞",
        start_border="向外扩画",
        start_other="换成别的类别",
        tools="工具",
        brush="画笔",
        eraser="橡皮",
        box="矩形",
        clear="清除",
        invert="反选",
        mask_label="图片上的遮罩。方向键在格子间移动，空格键切换重画或保留。",
        mask_line="将重画 {count}/{all} 个格子：只有全部像素都保留的格子才会保留。",
        keys="键盘操作：先按方向键，再按空格键。",
        cell_drawn="第 {row} 行第 {column} 列：重画",
        cell_kept="第 {row} 行第 {column} 列：保留",
        size="画笔大小",
        shrink="图片在画布上的大小（格）",
        across="距左边",
        down="距上边",
        border_note="画布不能变大，所以把图片缩进去。边框下面垫着图片的模糊版本，因为最粗的词元是从整张画布读出的。",
        coarse_note="十张网格上各自重画的部分。网格越粗，遮罩越粗略。",
        class_label="画成什么？",
        nothing="不指定类别",
        guidance="引导强度",
        seed="种子",
        dice="换一个种子",
        draw="重新画",
        stop="停止",
        state_working="正在画……",
        state_waiting="排队中：前面还有 {ahead} 个请求。",
        state_finished="完成。",
        state_stopped="已停止。",
        state_failed="未能完成。",
        steps="结果的各个尺度",
        result="尺度 {scale}/{total}：{tokens} 个词元中抽取了 {redrawn} 个，其余取自你的图片",
        view="遮罩之外显示什么",
        pasted="遮罩外用原图像素",
        raw="模型眼中的样子",
        pasted_note="结果上覆盖着你的原始像素：离重画的格子 {feather} 像素以外完全不变，中间平滑过渡。",
        raw_note="这是解码器由全部词元还原的图片。保留的部分也与原图不同：词元有量化误差，"
        "而且解码器画每个像素时都会看整张图。",
        save="下载 PNG",
        onward="以此为起点继续",
        table="在其他各栏显示这次结果",
        tabled="其他各栏现在显示这张图片（模型眼中的样子）。",
        spread="改动波及多远",
        change_alt="潜变量图：每个格子相对于原图典型格子的改动幅度",
        kept_line="{kept} 个保留的词元中有 {equal} 个与你的图片完全相同；"
        "全部 {total} 个词元中其余 {drawn} 个是抽取的。",
        spread_line="图中显示累加后的潜变量改变了多少（相对于原图典型格子）：重画的格子平均改变 {inside}。",
        spread_near="紧邻它们的保留格子也变了 {near}。",
        spread_far="相隔四格及以上的平均变了 {far}。",
        spread_why="那里的词元仍是你的；但双三次上采样会把一个重画的粗词元铺到许多细格子上，φ 又会混合相邻格子。"
        "{outside} 个保留的格子中有 {reached} 个有可能这样被波及；实际波及多少，请看图。",
        spread_beyond="范围之外的变化不超过 {beyond}，只是舍入误差。",
    ),
}
