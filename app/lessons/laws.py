"""What the scaling laws in the view ``papers`` say."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class LawWords:
    """See the charts of the laws in ``static/lab/papers.js``."""

    laws: str
    laws_lede: str
    loss_title: str
    error_title: str
    laws_x: str
    loss_y: str
    error_y: str
    law_last: str
    law_all: str
    law_alt: str
    law_point: str
    laws_note: str
    formula: str
    size: str
    law_table: str


WORDS: dict[Language, LawWords] = {
    "en": LawWords(
        laws="Scaling laws",
        laws_lede=(
            "Twelve VAR models from 18 M to 2.0 B weights: the larger, the better, along a straight line when both "
            "axes are logarithmic. These are the published laws, not the measured points (those were only drawn)."
        ),
        loss_title="Reducible test loss against weights",
        error_title="Token error against weights",
        laws_x="Weights, billions (logarithmic)",
        loss_y="Reducible loss, nats (logarithmic)",
        error_y="Tokens guessed wrong, % (logarithmic)",
        law_last="last scale, 16×16",
        law_all="mean over all scales",
        law_alt="{title}: the published power laws; the table below holds the same figures",
        law_point="{size} weights: {value} ({name})",
        laws_note=(
            "The loss is what could still be learnt: cross-entropy less what no model can know (4.5 nats at the last "
            "scale, 5 on the mean), as the first author explained. N is counted in billions here; our sources do not "
            "name the unit, but no other gives errors near the known token accuracies of a few per cent. An error of "
            "90 % is no failure: texture has many right answers. The law for the error over all scales and those for "
            "compute are left out for want of a source for every number or unit. Correlation of the published lines: "
            "near {correlation}."
        ),
        formula="Law",
        size="Weights",
        law_table="Values of the laws",
    ),
    "zh": LawWords(
        laws="缩放定律",
        laws_lede=(
            "从 1800 万到 20 亿参数的十二个 VAR 模型：越大越好，两轴都取对数时沿一条直线。这里画的是公布的定律，"
            "不是测得的点（那些点只画在图里，没有给出数值）。"
        ),
        loss_title="可降低的测试损失与参数量",
        error_title="词元错误率与参数量",
        laws_x="参数量，十亿（对数）",
        loss_y="可约损失，奈特（对数）",
        error_y="猜错的词元，%（对数）",
        law_last="最后一个尺度，16×16",
        law_all="所有尺度的平均",
        law_alt="{title}：公布的幂律；下面的表格给出同样的数字",
        law_point="参数量 {size}：{value}（{name}）",
        laws_note=(
            "这里的损失是还可以学到的部分：交叉熵减去任何模型都无法知道的部分（最后一个尺度 4.5 奈特，平均 5 奈特），"
            "依第一作者的解释。N 在这里以十亿计；我们的出处没有写明单位，"
            "但只有这个单位算出的错误率与已知的百分之几的词元准确率相符。90 % 的错误率并不是失败："
            "纹理有许多正确答案。所有尺度的错误率定律，以及与算力有关的定律，因为并非每个数字或单位都有出处，"
            "没有列出。公布的直线的相关系数约为 {correlation}。"
        ),
        formula="定律",
        size="参数量",
        law_table="各定律的数值",
    ),
}
