"""What the story says of where a picture came from: tokens may be given, be no vectors of their own, change class."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginWords:
    """See ``static/lab/story_origin.js``: ``given_…`` ends the text of step 1, ``token_…`` and ``vector_…`` make
    up that of step 2; ``sign_…`` is the tokens' label in step 3, ``drawn_as`` ends the text of step 5.
    """

    given_cells: str
    given_maps: str
    given_smooth: str
    token_drawn: str
    token_cells: str
    token_maps: str
    vector_own: str
    vector_blend: str
    sign_maps: str
    sign_cells: str
    sign_partly: str
    drawn_as: str
    play_here: str


ORIGIN: dict[Language, OriginWords] = {
    "en": OriginWords(
        given_cells=" Not all of this picture was drawn: {count} of its {tokens} tokens were read from a picture that "
        "was given.",
        given_maps=" Not all of this picture was drawn: of its {scales} maps, {count} came from another picture, token "
        "by token.",
        given_smooth=" “Smooth” was on here: each cell took a blend of vectors, which its token alone does not give.",
        token_drawn="Its token, number {id} of {codebook}, was drawn knowing only the class.",
        token_cells="Its token, number {id} of {codebook}, was not drawn: it was read from the picture that was given.",
        token_maps="Its token, number {id} of {codebook}, was not drawn: it was kept from another picture.",
        vector_own="The vector it stands for is spread over all {last}×{last} cells in which the maps are added up.",
        vector_blend="With “Smooth”, a blend of vectors is spread over all {last}×{last} cells in which the maps are "
        "added up, not the one this token stands for.",
        sign_maps="kept",
        sign_cells="given",
        sign_partly="drawn, {count} given",
        drawn_as=" This picture changed its class on the way; these two are drawn as its first class throughout: "
        "{first}.",
        play_here="Play it here",
    ),
    "zh": OriginWords(
        given_cells="这张图并非全部由模型抽取：{tokens} 个词元中有 {count} 个是从给定的图片读出的。",
        given_maps="这张图并非全部由模型抽取：{scales} 张词元图中有 {count} 张逐个词元地取自另一张图。",
        given_smooth="这里打开了“平滑”：每一格用的是若干向量的混合，单凭词元给不出这个混合。",
        token_drawn="抽取这个词元（{codebook} 个编号中的第 {id} 号）时，只知道类别。",
        token_cells="这个词元（{codebook} 个编号中的第 {id} 号）不是抽取的，而是从给定的图片读出的。",
        token_maps="这个词元（{codebook} 个编号中的第 {id} 号）不是抽取的，而是从另一张图保留下来的。",
        vector_own="它所代表的向量铺满累加各张词元图的 {last}×{last} 个格子。",
        vector_blend="由于“平滑”，铺满累加各张词元图的 {last}×{last} 个格子的是若干向量的混合，"
        "而不是它所代表的那个向量。",
        sign_maps="保留",
        sign_cells="给定",
        sign_partly="抽取，其中 {count} 个给定",
        drawn_as="这张图中途换过类别；这里的两张自始至终都按它最初的类别来画：{first}。",
        play_here="就在这里播放",
    ),
}
