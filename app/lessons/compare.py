"""What the view ``compare`` says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.lessons.race import WORDS as RACE
from app.lessons.race import RaceWords
from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWords(RaceWords):
    """See ``static/lab/compare.html`` and ``compare*.js``."""

    heading: str
    lede: str
    nothing: str
    waiting_for_record: str
    quick: str
    quick_off: str
    quick_on: str
    quick_row: str
    quick_seed: str
    quick_class: str
    quick_model: str
    told_off: str
    told_on: str
    told_row: str
    told_seed: str
    told_class: str
    told_model: str
    told_own: str
    told_heavy: str
    afresh: str
    smooth_told: str
    side: str
    class_name: str
    seed: str
    guidance: str
    top_k: str
    top_p: str
    temperature: str
    smooth: str
    model: str
    off: str
    same: str
    compare_with: str
    settings: str
    draw: str
    stop: str
    drawing: str
    queued: str
    failed: str
    difference: str
    difference_alt: str
    difference_note: str
    of_255: str
    verdict: str
    verdict_one: str
    verdict_single: str
    verdict_equal: str
    verdict_codes: str
    scale: str
    equal: str
    rmse: str
    other_codes: str
    measured_alt: str
    measured_note: str


WORDS: dict[Language, CompareWords] = {
    "en": CompareWords(
        **asdict(RACE["en"]),
        heading="Compare",
        lede=(
            "Pictures side by side on one scrubber, all at the same scale. They differ only in what you change, and "
            "the figures are measured on exactly these pictures."
        ),
        nothing="no class",
        waiting_for_record="Waiting for a picture on the table.",
        quick="What should differ",
        quick_off="Guidance off",
        quick_on="Guidance 4",
        quick_row="Guidance 0, 1.5, 4, 8",
        quick_seed="Another seed",
        quick_class="Another class",
        quick_model="Model {name}",
        told_off=(
            "Same seed, same class; B is drawn without guidance. Guidance is nothing at scale 1 and grows to its "
            "full strength at the last, so the first token is equal by construction. From there on tokens differ, so "
            "the sums differ, and the pooled sum is what the next scale is fed."
        ),
        told_on=(
            "Same seed, same class; B is drawn with guidance 4. Guidance is nothing at scale 1 and grows to its full "
            "strength at the last, so the first token is equal by construction."
        ),
        told_row=(
            "One seed at four strengths of guidance, each measured against none. More guidance pulls towards what "
            "tells the class apart: cleaner, and less varied. Choose the picture to measure."
        ),
        told_seed="Same class and settings, another seed: only the random draws differ, from the first token on.",
        told_class="Same seed and settings, another class: the random numbers are the same, what is likely is not.",
        told_model=(
            "Same class, seed and settings, another model. If it has another codebook, tokens cannot be compared, "
            "only pictures."
        ),
        told_own="Your own settings.",
        told_heavy="This model takes a while here: choose what should differ, and B will be drawn.",
        afresh=(
            "The picture on the table was given tokens, or changed its class on the way; it is not used here, and its "
            "settings are drawn afresh."
        ),
        smooth_told="“Smooth” feeds blends of codes: the tokens of that picture do not say exactly what was drawn.",
        side="Picture {name}",
        class_name="Class",
        seed="Seed",
        guidance="Guidance",
        top_k="Top-k (0: off)",
        top_p="Top-p (0: off)",
        temperature="Temperature",
        smooth="Smooth",
        model="Model",
        off="off",
        same="same settings",
        compare_with="Measure {name} against A",
        settings="Set both pictures yourself",
        draw="Draw both",
        stop="Stop",
        drawing="Drawing {name} …",
        queued="{ahead} requests come first …",
        failed="{name} could not be drawn. Try again in a moment, or with other settings.",
        difference="Difference, A and {name}",
        difference_alt="Map of the difference between A and {name} at scale {scale}, from 0 to at most {high} of 255",
        difference_note=(
            "Per pixel, root mean square over the three colours; one colour scale for all scales. The decoder is not "
            "linear: this is the difference of two pictures, not the picture of a difference."
        ),
        of_255="of 255",
        verdict=(
            "Scale {scale}, {side}×{side}: {equal} of {tokens} tokens are equal ({share}); the pictures differ by "
            "{rmse} of 255."
        ),
        verdict_one=(
            "Scale {scale}, {side}×{side}: 1 of {tokens} tokens is equal ({share}); the pictures differ by {rmse} of "
            "255."
        ),
        verdict_single="Scale {scale}, {side}×{side}: the only token is equal, and so are the pictures.",
        verdict_equal="Scale {scale}, {side}×{side}: all {tokens} tokens are equal, and so are the pictures.",
        verdict_codes="Scale {scale}: the models speak in other codes; the pictures differ by {rmse} of 255.",
        scale="Scale",
        equal="Equal tokens",
        rmse="RMSE of the pictures, of 255",
        other_codes="other codes",
        measured_alt="A and {name}, scale by scale",
        measured_note=(
            "Equal tokens: the share of places with the same code in both. Different codes may still look alike. RMSE: "
            "over all pixels and colours of the previews shown here. They are compressed, which takes away some of "
            "the finest noise; with the embedded model that is less than one level."
        ),
    ),
    "zh": CompareWords(
        **asdict(RACE["zh"]),
        heading="对比",
        lede="几张图并排，共用一个滑块，始终处于同一尺度。它们只在你改动的地方不同，数字就是在这几张图上测得的。",
        nothing="无类别",
        waiting_for_record="正在等待一张图片。",
        quick="让哪一项不同",
        quick_off="关闭引导",
        quick_on="引导 4",
        quick_row="引导 0、1.5、4、8",
        quick_seed="换一个种子",
        quick_class="换一个类别",
        quick_model="模型 {name}",
        told_off=(
            "种子与类别都相同，B 不用引导。引导在尺度 1 为 0，到最后一个尺度才达到全部强度，所以第一个词元"
            "必然相同。此后词元有了不同，累加和也就不同，而下一尺度的输入正是池化后的累加和。"
        ),
        told_on=(
            "种子与类别都相同，B 的引导为 4。引导在尺度 1 为 0，到最后一个尺度才达到全部强度，所以第一个词元必然相同。"
        ),
        told_row=(
            "同一个种子，四种引导强度，都与不用引导的那张比较。引导越强，越靠近这个类别的显著特征：更干净，也更单一。"
            "点选要测量的图。"
        ),
        told_seed="类别与设置相同，只换种子：从第一个词元起，只有随机抽取不同。",
        told_class="种子与设置相同，换一个类别：随机数一样，但各个词元的概率不同。",
        told_model="类别、种子与设置相同，换一个模型。若码本不同，词元无法比较，只能比较图片。",
        told_own="你自己的设置。",
        told_heavy="这个模型在这里要算一会儿：选好让哪一项不同，就会画出 B。",
        afresh="当前这张图沿用了给定的词元，或中途换了类别，所以这里不用它，而是按它的设置重新画。",
        smooth_told="“平滑”输入的是码字的混合：那张图的词元并不能精确说明画了什么。",
        side="图 {name}",
        class_name="类别",
        seed="种子",
        guidance="引导",
        top_k="Top-k（0 为关闭）",
        top_p="Top-p（0 为关闭）",
        temperature="温度",
        smooth="平滑",
        model="模型",
        off="关闭",
        same="设置相同",
        compare_with="将 {name} 与 A 比较",
        settings="自己设置两张图",
        draw="画两张图",
        stop="停止",
        drawing="正在画 {name}……",
        queued="排队中：前面还有 {ahead} 个请求。",
        failed="{name} 没有画成。请稍后再试，或换别的设置。",
        difference="A 与 {name} 的差异",
        difference_alt="尺度 {scale} 上 A 与 {name} 的差异图，数值从 0 到最多 {high}（满值 255）",
        difference_note=(
            "逐像素计算，对三种颜色取均方根；所有尺度共用一个色标。解码器不是线性的：这是两张图之差，"
            "不等于差值本身的图片。"
        ),
        of_255="（满值 255）",
        verdict=(
            "尺度 {scale}，{side}×{side}：{tokens} 个词元中有 {equal} 个相同（{share}）；两张图相差 "
            "{rmse}（满值 255）。"
        ),
        verdict_one=(
            "尺度 {scale}，{side}×{side}：{tokens} 个词元中只有 1 个相同（{share}）；两张图相差 {rmse}（满值 255）。"
        ),
        verdict_single="尺度 {scale}，{side}×{side}：唯一的词元相同，图片也相同。",
        verdict_equal="尺度 {scale}，{side}×{side}：{tokens} 个词元全部相同，图片也相同。",
        verdict_codes="尺度 {scale}：两个模型的码字不同；两张图相差 {rmse}（满值 255）。",
        scale="尺度",
        equal="相同的词元",
        rmse="图片的 RMSE（满值 255）",
        other_codes="码字不同",
        measured_alt="A 与 {name}，逐个尺度",
        measured_note=(
            "相同的词元：两张图在同一位置用同一个码字的比例；码字不同，看上去也可能相近。RMSE：对这里显示的预览图的"
            "全部像素和颜色计算。预览图经过压缩，会去掉一些最细的噪点；对内置模型，误差不到一级。"
        ),
    ),
}
