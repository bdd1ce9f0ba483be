"""What the race in the view ``compare`` says: raster order against next-scale."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceWords:
    """See the second half of ``static/lab/compare.html`` and ``compare_race.js``."""

    race_heading: str
    race_lede: str
    clock: str
    clock_passes: str
    clock_flops: str
    clock_measured: str
    told_passes: str
    told_flops: str
    told_measured: str
    told_measuring: str
    told_unmeasured: str
    size: str
    next_order: str
    raster_order: str
    lane_alt: str
    passes: str
    tokens: str
    flops: str
    time: str
    time_estimated: str
    estimated: str
    order: str
    play: str
    pause: str
    step: str
    to_end: str
    race_scrub: str
    race_at: str
    not_measured: str
    race_lesson: str
    race_lesson_time: str
    faster: str
    slower: str
    race_note: str


WORDS: dict[Language, RaceWords] = {
    "en": RaceWords(
        race_heading="Race: row by row against scale by scale",
        race_lede=(
            "One transformer, two orders: whole map after whole map, or token after token in reading order. The first "
            "drew the picture; the second is simulated, and only uncovers the finished one. Both keep what they have "
            "read in a cache. Who is ahead depends on what takes time: choose the clock."
        ),
        clock="Clock",
        clock_passes="Every pass takes as long",
        clock_flops="Every multiplication takes as long",
        clock_measured="As measured here",
        told_passes=(
            "A machine that is never busy: a pass over {raster} tokens takes as long as a pass over one. Passes wait "
            "for each other, so {passes} beat {raster}."
        ),
        told_flops=(
            "A machine that is always busy: only the arithmetic counts. Row by row wins, because it computes fewer "
            "tokens."
        ),
        told_measured=(
            "This server, measured once for this page: {single} ms for a pass over one token, and {all} ms for the "
            "{passes} passes together. Real machines lie between the other two clocks."
        ),
        told_measuring="Measuring …",
        told_unmeasured="“As measured here” cannot be chosen for {size}: only {model} was run here.",
        size="Model size",
        next_order="Scale by scale",
        raster_order="Row by row (simulated)",
        lane_alt="{name}: {passes} of {all} passes done",
        passes="Passes",
        tokens="Tokens",
        flops="GFLOP, one branch",
        time="Time, ms",
        time_estimated="Time, ms (estimated)",
        estimated="≈ {time}",
        order="Order",
        play="Play",
        pause="Pause",
        step="Next pass",
        to_end="To the end",
        race_scrub="Time in the race",
        race_at="Scale by scale {next} of {next_all} passes, row by row {raster} of {raster_all}",
        not_measured="not measured",
        race_lesson=(
            "With caches on both sides, scale by scale does {ratio} times the arithmetic, in {passes} passes instead "
            "of {raster}. It is not cheaper; it waits less often, and its passes are wide enough to keep a machine "
            "busy."
        ),
        race_lesson_time=(
            "Scale by scale took {next} ms, measured here. Row by row is estimated: {passes} times a measured "
            "one-token pass of {single} ms makes {raster} ms. Scale by scale is {speed}."
        ),
        faster="{factor} times faster",
        slower="{factor} times slower",
        race_note=(
            "Row by row is simulated: no such model was trained here. Its arithmetic is counted for the same "
            "transformer over the last token map alone. Its time is the number of passes times the measured median "
            "of a one-token pass without a past; reading the cache would only add to it. The picture it uncovers is "
            "the finished one from the table; a model of that kind would have drawn another. GFLOP: billions of "
            "multiplications and additions (2 a multiply-add) of the transformer blocks, without the output layer, one "
            "branch; guidance doubles both sides. The room “One step” counts all branches and the output layer, and so "
            "shows more. Measured times include both branches and the output layer. Decoding is left out. "
            "The paper's n⁴ against n⁶ compares without caches."
        ),
    ),
    "zh": RaceWords(
        race_heading="赛跑：逐行生成对逐尺度生成",
        race_lede=(
            "同一个 Transformer，两种顺序：一张接一张地画完整的词元图，或按阅读顺序一个接一个地画词元。"
            "图是按前一种画的；后一种是模拟的，只是把画好的图逐行揭开。两边都用缓存保留已读的内容。"
            "谁领先，取决于什么最花时间：请选择时钟。"
        ),
        clock="时钟",
        clock_passes="每次前向用时相同",
        clock_flops="每次乘法用时相同",
        clock_measured="按这里的实测",
        told_passes=(
            "一台永远空闲的机器：一次算 {raster} 个词元与算 1 个一样快。每次前向都要等前一次完成，"
            "所以 {passes} 次胜过 {raster} 次。"
        ),
        told_flops="一台永远忙碌的机器：只有运算量算数。逐行胜出，因为它要算的词元更少。",
        told_measured=(
            "在这台服务器上，为本页测过一次：只算一个词元的前向要 {single} 毫秒，{passes} 次前向合计 {all} 毫秒。"
            "真实的机器介于前两个时钟之间。"
        ),
        told_measuring="正在测量……",
        told_unmeasured="{size} 不能选“按这里的实测”：这里只运行过 {model}。",
        size="模型大小",
        next_order="逐尺度",
        raster_order="逐行（模拟）",
        lane_alt="{name}：{all} 次前向已完成 {passes} 次",
        passes="前向次数",
        tokens="词元数",
        flops="GFLOP（一个分支）",
        time="时间（毫秒）",
        time_estimated="时间（毫秒，估算）",
        estimated="约 {time}",
        order="顺序",
        play="播放",
        pause="暂停",
        step="下一次前向",
        to_end="到终点",
        race_scrub="赛跑的时间",
        race_at="逐尺度 {next_all} 次前向完成 {next} 次，逐行 {raster_all} 次完成 {raster} 次",
        not_measured="未测量",
        race_lesson=(
            "两边都用缓存时，逐尺度的运算量是逐行的 {ratio} 倍，但只有 {passes} 次前向，而不是 {raster} 次。"
            "它并不省运算；它等待的次数少，而且每次前向足够宽，能让机器忙起来。"
        ),
        race_lesson_time=(
            "逐尺度在这里实测用了 {next} 毫秒。逐行是估算的：{passes} 次，每次按实测的单词元前向 {single} 毫秒计，"
            "共 {raster} 毫秒。逐尺度{speed}。"
        ),
        faster="的速度是逐行的 {factor} 倍",
        slower="的用时是逐行的 {factor} 倍",
        race_note=(
            "逐行顺序是模拟的：这里没有训练过那样的模型。"
            "它的运算量，是让同一个 Transformer 只算最后一张词元图数出来的；"
            "它的时间，是前向次数乘以实测的、没有前文、只算一个词元的前向的中位数，读缓存只会更慢。"
            "它逐行揭开的就是当前这张已完成的图；真正的逐行模型会画出另一张。GFLOP 指 Transformer 各层（不含输出层）"
            "一个分支的乘加次数（一次乘加算 2），单位十亿；"
            "引导使两边都加倍。“一步之内”一栏计入全部分支和输出层，所以数字更大。"
            "实测时间含两个分支和输出层，不含解码。论文里的 n⁴ 对 n⁶ "
            "是不用缓存时的比较。"
        ),
    ),
}
