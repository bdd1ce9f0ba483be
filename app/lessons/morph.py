"""What the lower half of the view ``branch`` says: another class from a scale on."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class MorphWords:
    """See ``static/lab/branch.html`` and ``branch*.js``."""

    morph_subject: str
    morph_title: str
    morph_lede: str
    morph_class: str
    morph_draw: str
    morph_keep: str
    morph_replay: str
    morph_keep_note: str
    morph_replay_note: str
    morph_noise: str
    morph_range: str
    morph_again: str
    morph_go_on: str
    morph_equal: str
    morph_item: str


MORPH: dict[Language, MorphWords] = {
    "en": MorphWords(
        morph_subject="{subject}, then {switched} from scale {scale} on",
        morph_title="Another class from there on",
        morph_lede="The kept scales stay as they are; everything finer is drawn as another class.",
        morph_class="Go on as",
        morph_draw="Draw both ways",
        morph_keep="Memory kept",
        morph_replay="Prefix read again",
        morph_keep_note="Memory kept: the kept scales stay in the model's cache as the old class read them, and only "
        "the finer scales are told the new class.",
        morph_replay_note="Prefix read again: the same kept tokens are read once more under the new class, so that the "
        "model sees them as if they had always been of it.",
        morph_noise="“Switching the class” can mean either, because the class enters at the start and in every block. "
        "Both use the original's own seed, so that only the class differs.",
        morph_range="Keep at least 1 and at most {most} scales to change the class after them.",
        morph_again="This picture has changed its class before; keep at most {most} scales.",
        morph_go_on="Go on from this one: it becomes the original",
        morph_equal="Tokens equal to the original's, by scale, in percent",
        morph_item="Scale {scale}, {side}×{side}: {percent} % of the tokens equal the original's",
    ),
    "zh": MorphWords(
        morph_subject="{subject}，从尺度 {scale} 起为{switched}",
        morph_title="从那里起换一个类别",
        morph_lede="保留的尺度不变，更细的部分按另一个类别来画。",
        morph_class="接着画成",
        morph_draw="两种方式都画",
        morph_keep="保留记忆",
        morph_replay="重读前缀",
        morph_keep_note="保留记忆：保留的尺度仍以旧类别读入的样子留在模型的缓存里，只有更细的尺度才知道新类别。",
        morph_replay_note="重读前缀：同样的词元在新类别下再读一遍，模型看它们就像一直属于新类别。",
        morph_noise="“换类别”可以指两者中的任何一种，因为类别既在开头输入，也在每一层输入。两者都用原图自己的种子，"
        "因此不同的只有类别。",
        morph_range="要在其后换类别，请保留 1 到 {most} 个尺度。",
        morph_again="这张图片先前已经换过类别；请最多保留 {most} 个尺度。",
        morph_go_on="以这一张继续：它成为新的原图",
        morph_equal="各尺度与原图相同的词元（%）",
        morph_item="尺度 {scale}，{side}×{side}：{percent} % 的词元与原图相同",
    ),
}
