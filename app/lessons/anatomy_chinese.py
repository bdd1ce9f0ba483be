"""What the view ``anatomy`` says in Chinese."""

from __future__ import annotations

from app.lessons.anatomy_words import AnatomyWords, StageWords

CHINESE = AnatomyWords(
    heading="拆开一步",
    lede="一张编号图怎样成为画面的一部分，又怎样成为下一尺度的输入：用的都是这个模型生成这张图时的真实数值。"
    "把指针移到格子上，或用方向键在词元图上走动。",
    nothing="无类别的图片",
    waiting="第一张图片马上就到。",
    smooth="这次生成使用了“平滑”：模型读入的是码字的混合，编号推不出这些混合，所以这些步骤无法拆开。"
    "请关闭平滑再生成一张。下面显示各尺度贡献大小的图仍然准确。",
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
    overview_text="编号变成向量，被放大、滤波，再加到已有的累加和上；解码器可以把累加和画出来，下一尺度的输入也是它。"
    "这里没有任何随机性：抽取编号时的随机，在此之前已经完成。",
    stages=(
        StageWords(
            title="整张图一次预测",
            sentence="这张图的 {tokens} 个编号出自同一次前向计算。能这样做，是因为模型为此要读的一切（类别，以及所有"
            "较粗尺度之和）在计算开始之前就已经知道：没有哪个格子要等它的邻居。",
            first="第一张图只有一个编号，由代表类别的起始词元预测出来；此时别的什么都还不知道。",
            equation="p(rₖ | r₁ … rₖ₋₁) = ∏ᵢ p(rₖ⁽ⁱ⁾ | r₁ … rₖ₋₁)        rₖ: {side}×{side}, 0 … {codebook_last}",
            deep="Transformer 同时给出 {tokens} 个分布，每个都覆盖 {codebook} 个码字；每个编号从自己的分布中抽取，互不"
            "影响。注意力在同一尺度的格子之间不受限制，但读到的是彼此的输入，而不是尚未抽出的编号。邻居之所以协调，"
            "是因为它们读的是较粗尺度的同一个累加和。",
            source="VAR §3.2，图 4",
        ),
        StageWords(
            title="编号变成向量",
            sentence="编号只是行号。在码本里查第 {id} 行，就得到 {channels} 个数：下面的条形画的就是所选格子的这些数。",
            equation="hₖ = Z[rₖ]        {channels}×{side}×{side}",
            deep="所有尺度共用一个 {codebook} 行的码本。编号相邻并不代表相似，按编号上色会显出并不存在的相似；"
            "所以这里的颜色取自向量。",
            source="VAR §3.2（各尺度共用码本），算法 2",
        ),
        StageWords(
            title="铺满整个网格",
            sentence="每个尺度描述的都是整幅画，所以它的 {side}×{side} 个向量要拉伸到 {last}×{last} 的网格上，"
            "所有尺度都在这个网格上汇合。",
            last="这张图本来就是 {last}×{last} 的完整大小，原样进入下一部分。",
            equation="h = bicubic(hₖ)        {channels}×{side}×{side} → {channels}×{last}×{last}",
            deep="逐通道的双三次插值，没有可学习的参数。两个格子之间的值是码字的混合，本身并不是码本里的某一行。",
            source="VAR 算法 1、算法 2（interpolate）",
        ),
        StageWords(
            title="φ 做什么",
            sentence="拉伸变不出细节；φ 是一个学到的小滤波器，用来弥补拉伸造成的部分损失。在这里，改动的长度"
            "是拉伸后的图的 {changed} %。",
            last="φ 是一个学到的小滤波器，用来弥补拉伸造成的损失；最后一个尺度没有拉伸，它也照样运行。在这里，"
            "改动的长度是这张图的 {changed} %。",
            equation="φₖ(h) = ½·h + ½·conv₃ₓ₃(h)        {channels}×{last}×{last}",
            deep="一半原样通过，另一半经过一个混合全部 {channels} 个通道的 3×3 卷积。论文中每个尺度各有一个"
            "滤波器；这里与其公开代码一样，{scales} 个尺度共用 {phis} 个，这个尺度用第 {phi} 个。"
            "它们与分词器一同训练，给图片编码时用的也是它们。",
            source="VAR §3.2，算法 1、算法 2（φ）",
        ),
        StageWords(
            title="加到已有的累加和上",
            sentence="这张图是一次修正，不是一幅画：它逐个数加到所有较粗尺度的累加和上。圆点处的通道 {channel}："
            "{contribution} + {before} = {after}。",
            first="此前什么都没有，所以第一张图加到零上。圆点处的通道 {channel}：{contribution} + {before} = {after}。",
            equation="f̂ₖ = f̂ₖ₋₁ + φₖ(h)        {channels}×{last}×{last}",
            deep="两个尺度之间，关于画面所知的一切都在 f̂ 里。分词器给图片编码时，每个尺度编码的是较粗尺度剩下的部分；"
            "所以后来的尺度也可能收回先前尺度放进去的东西。",
            source="VAR 算法 1（残差）、算法 2（求和）",
        ),
        StageWords(
            title="看一眼累加和",
            sentence="这是解码器对当前累加和的解读。它只给我们看：生成过程从不看它，而是带着累加和继续往下走。",
            last="最后一个尺度之后，解码器把完成的累加和变成图片：生成真正需要的只有这一次解码。",
            equation="x̂ₖ = D(f̂ₖ)        {channels}×{last}×{last} → 3×{image}×{image}",
            deep="解码器由卷积构成，在最粗的一级还有注意力，所以画每个像素时都会看整张图。论文作者公开的解码器在训练中"
            "从未遇到未完成的累加和；mini 的解码器则还学过把它画成失焦的样子。无论哪种，早期画面都是解码器对当前累加和"
            "的解读，而不是模型“看到”的东西；只有最后一张才是模型的图片。",
            source="VAR §3.2（VQVAE 解码器）",
        ),
        StageWords(
            title="下一个输入为什么是池化后的累加和",
            sentence="刚得到的编号只含最新的修正，累加和里才有迄今决定的一切。所以下一尺度的输入是累加和，"
            "平均到它自己的 {next}×{next} 网格上：每个待预测的编号，正好有一个输入。",
            last="没有下一个尺度了。{scales} 张图都已在累加和里，累加和交给解码器。",
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
        "之前的和 f̂ₖ₋₁",
        "之后的和 f̂ₖ",
        "解码器对当前累加和的解读",
        "下一个输入 eₖ₊₁",
    ),
    signs=("抽得", "查表", "拉伸", "φ", "+", "=", "解码", "平均"),
    sign_given="给定",
    map_alt="{name}，{side}×{side} 格，以颜色表示",
    picture_alt="尺度 {scale} 之后，解码器对累加和的解读：{subject}",
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
    "但这只反映了 {channels} 维中的三维。",
    channel_note="只看通道 {channel} 的数值；这张图片的每张图、每个尺度用同一范围。",
    cut="之后的和有 {cut} % 超出此范围，被截断；那里的颜色加起来对不上。",
    bars="圆点处的 {channels} 个数",
    bars_note="四行共用同一高度范围（−{range} 到 {range}），超出的被截断。选一根条形，就按它的通道给各图上色。",
    bar="通道 {n}：码字 {code}，贡献 {contribution}，之前 {before}，之后 {after}",
    rows=("码字", "贡献", "之前", "之后"),
    adds_up="通道 {channel}：{contribution} + {before} = {after}",
    change_heading="每个尺度添加了什么",
    change_text="贡献在网格每一格中的长度。所有图共用同一范围，所以更暗的图，添加的确实更少。",
    change_legend="‖φₖ(h)‖，潜空间单位",
    change_map="尺度 {scale}，{side}×{side}：均方根 {strength}",
    change_ask="比较有无尺度 {scale} 的解码",
    change_asking="正在解码……",
    change_pictures=("没有它时的解码", "有它时的解码", "两张图片之差"),
    change_said="两张图片的均方根差为 {rms} 级（满值 255），最大 {largest} 级。第三张图中，灰色表示没有变化，黑色为 "
    "−{span} 级，白色为 +{span} 级；{clipped} % 的值超出此范围。",
    change_note="两张图片之差，不等于差值本身的图片：解码器不是线性的，所以这不是“尺度 {scale} 里有什么”，"
    "只是它加入较粗尺度之后，屏幕上有什么变化。",
    cost_heading="每个尺度的代价",
    cost_text="逐尺度的词元数、运算量、时间与内存：前向计算只有寥寥几次，运算量大多在最后两次。",
    cost_columns=("尺度", "词元", "FLOPs", "时间", "缓存"),
    cost_total="合计",
    cost_decoder="一次解码",
    cost_said="解码一次需要 {decoder} FLOPs，是 Transformer 为整张图片所做运算的 {share} %。"
    "生成只需要解码一次；本页每个尺度之后都解码，是为了给你看。",
    cost_note="FLOPs：一张图片，{branches}，含输出层，按网络大小计算，一次乘加算 2；不含归一化、激活函数和 φ。"
    "“对比”里的赛跑只计一个分支、不含输出层，所以数字更小。"
    "时间：本次生成的实测值，{count}，含每个尺度之后的解码；单独一次解码的时间是刚刚对一张图片测得的。"
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
    spectrum_before="与前一个尺度（尺度 {other}）有 {overlap} % 的频带重叠。",
    spectrum_after="与后一个尺度（尺度 {other}）有 {overlap} % 重叠。",
    spectrum_none="尺度 {scale} 没有可测量的变化。",
    spectrum_note="取自相邻两次解码图片之差（亮度，汉宁窗，按环平均），第一个与纯色画面相比。解码器不是线性的，"
    "会自己加上细节，所以高于词元图边长一半的频率处也可能有能量。重叠 100 % 即同一频带，0 % 即毫无重叠。",
    spectrum_table="以表格查看数值",
    spectrum_columns=("尺度", "10 % 低于", "一半低于", "90 % 低于", "与前一尺度重叠"),
)
