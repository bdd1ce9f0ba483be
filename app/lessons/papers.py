"""What the view ``papers`` says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.lessons.laws import WORDS as LAWS
from app.lessons.laws import LawWords
from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersWords(LawWords):
    """See ``static/lab/papers.html`` and ``papers.js``."""

    heading: str
    lede: str
    models: str
    models_note: str
    scroll_hint: str
    model: str
    params: str
    depth: str
    side: str
    fid: str
    fid_paper: str
    fid_readme: str
    inception: str
    precision: str
    recall: str
    passes: str
    time: str
    rejection: str
    validation: str
    cost: str
    cost_note: str
    cost_x: str
    cost_y: str
    cost_alt: str
    cost_point: str
    at_least: str
    by_paper: str
    by_readme: str
    others: str
    which: str
    kind_var: str
    kind_gan: str
    kind_diffusion: str
    kind_masked: str
    kind_raster: str
    validation_line: str
    read_here: str
    as_table: str
    measured: str
    measured_lede: str
    measured_none: str
    command: str
    hardware: str
    figure: str
    no_fid: str
    sources: str
    read_direct: str
    read_quoted: str


WORDS: dict[Language, PapersWords] = {
    "en": PapersWords(
        **asdict(LAWS["en"]),
        heading="Numbers",
        lede=(
            "What its authors published about VAR, each figure with its source, and beside it what this project "
            "measured itself. What has no source is left out."
        ),
        models="The official models",
        models_note=(
            "ImageNet, class-conditional, 50,000 pictures. FID measures how far the generated pictures are from real "
            "ones as a set (lower is better); IS rewards pictures that a classifier is sure of; precision asks how "
            "many look real, recall how much of the real variety is there. Two columns of FID, because paper and "
            "released files differ: those of the files are what the models of this demo should reach."
        ),
        scroll_hint="The table goes on to the right: scroll →",
        model="Model",
        params="Weights",
        depth="Depth",
        side="Pixels",
        fid="FID",
        fid_paper="FID, paper",
        fid_readme="FID, released files",
        inception="IS",
        precision="Precision",
        recall="Recall",
        passes="Passes",
        time="Time (d30 = 1)",
        rejection="with rejection sampling: the worst pictures are thrown away",
        validation="Real pictures (validation set)",
        cost="Quality against cost",
        cost_note=(
            "Time of a picture as the paper gives it, relative to VAR-d30. Both axes are logarithmic: one step is "
            "the same factor everywhere."
        ),
        cost_x="Time per picture, d30 = 1 (logarithmic)",
        cost_y="FID (logarithmic, lower is better)",
        cost_alt="FID against time per picture for {count} models; the table below holds the same figures",
        cost_point="{name}: FID {fid}, time {time}, {params} weights",
        at_least="at least {time}",
        by_paper="Paper",
        by_readme="Released files",
        others="Other models",
        which="Figures of",
        kind_var="VAR, scale by scale",
        kind_gan="one pass (GAN)",
        kind_diffusion="diffusion",
        kind_masked="masked tokens",
        kind_raster="token by token",
        validation_line="real pictures: {fid}",
        read_here="Point at a mark, or reach it with Tab and the arrow keys.",
        as_table="The same as a table",
        measured="Measured by this project",
        measured_lede=(
            "With the command and the machine of each figure. Ratios travel to other machines, milliseconds do not."
        ),
        measured_none="Nothing has been measured yet.",
        command="Command",
        hardware="Machine",
        figure="Figure",
        no_fid=(
            "There is no FID of ours: it takes 50,000 pictures of an official model and a reference that this "
            "project does not carry. FID of mini would say nothing; it draws sixteen classes of drawn pictures."
        ),
        sources="Sources",
        read_direct="read there",
        read_quoted="not read there, but where others quote it; quotations compared where there are several",
    ),
    "zh": PapersWords(
        **asdict(LAWS["zh"]),
        heading="数据",
        lede="VAR 的作者公布的数字，每个都注明出处；旁边是本项目自己测得的数字。没有出处的，不列。",
        models="官方模型",
        models_note=(
            "ImageNet，按类别生成，各 50,000 张。FID 衡量生成的图片作为整体离真实图片有多远（越低越好）；IS "
            "奖励分类器有把握的图片；精确率问有多少看上去真实，召回率问真实的多样性覆盖了多少。FID 有两列，"
            "因为论文与发布的权重不同：本演示里的模型应达到的是发布权重那一列。"
        ),
        scroll_hint="表格右侧还有内容，请横向滚动 →",
        model="模型",
        params="参数量",
        depth="深度",
        side="像素",
        fid="FID",
        fid_paper="FID（论文）",
        fid_readme="FID（发布的权重）",
        inception="IS",
        precision="精确率",
        recall="召回率",
        passes="前向次数",
        time="用时（d30 = 1）",
        rejection="使用拒绝采样：丢弃最差的图片",
        validation="真实图片（验证集）",
        cost="质量与代价",
        cost_note="每张图的用时取自论文，以 VAR-d30 为 1。两轴都取对数：同样的间距，处处是同样的倍数。",
        cost_x="每张图的用时，d30 = 1（对数）",
        cost_y="FID（对数，越低越好）",
        cost_alt="{count} 个模型的 FID 与每张图用时；下面的表格给出同样的数字",
        cost_point="{name}：FID {fid}，用时 {time}，参数量 {params}",
        at_least="至少 {time}",
        by_paper="论文",
        by_readme="发布的权重",
        others="其他模型",
        which="数字来自",
        kind_var="VAR，逐尺度",
        kind_gan="一次前向（GAN）",
        kind_diffusion="扩散",
        kind_masked="掩码词元",
        kind_raster="逐词元",
        validation_line="真实图片：{fid}",
        read_here="把指针移到标记上，或用 Tab 和方向键到达。",
        as_table="以表格查看",
        measured="本项目测得",
        measured_lede="每个数字都附命令和机器。比值可以推广到别的机器，毫秒数不能。",
        measured_none="还没有测量结果。",
        command="命令",
        hardware="机器",
        figure="项目",
        no_fid=(
            "没有我们自己的 FID：它需要某个官方模型的 50,000 张图片，以及本项目没有附带的参考数据。mini 的 FID "
            "没有意义，它只会画十六个类别的绘制图片。"
        ),
        sources="出处",
        read_direct="直接读自原文",
        read_quoted="未直接读到原文，取自他人的引用；有多处引用时已互相核对",
    ),
}
