"""What the story says of where a picture's tokens came from: not all were drawn, and not every token is its vector."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginWords:
    """See ``static/lab/story_origin.js``: ``given_…`` ends the text of step 1, the others make up that of step 2."""

    given_cells: str
    given_maps: str
    given_smooth: str
    token_drawn: str
    token_cells: str
    token_maps: str
    vector_own: str
    vector_blend: str
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
        vector_own="The vector it stands for is spread over the whole {last}×{last} grid of the picture’s inner "
        "description.",
        vector_blend="With “Smooth”, a blend of vectors is spread over the whole {last}×{last} grid of the picture’s "
        "inner description, not the one this token stands for.",
        play_here="Play it here",
    ),
    "zh": OriginWords(
        given_cells="这张图并非全部由模型抽取：{tokens} 个词元中有 {count} 个是从给定的图片读出的。",
        given_maps="这张图并非全部由模型抽取：{scales} 张词元图中有 {count} 张逐个词元地取自另一张图。",
        given_smooth="这里打开了“平滑”：每一格用的是若干向量的混合，单凭词元给不出这个混合。",
        token_drawn="抽取这个词元（{codebook} 个编号中的第 {id} 号）时，只知道类别。",
        token_cells="这个词元（{codebook} 个编号中的第 {id} 号）不是抽取的，而是从给定的图片读出的。",
        token_maps="这个词元（{codebook} 个编号中的第 {id} 号）不是抽取的，而是从另一张图保留下来的。",
        vector_own="它所代表的向量铺满整个 {last}×{last} 的网格，也就是画面的内部描述。",
        vector_blend="由于“平滑”，铺满整个 {last}×{last} 网格（也就是画面的内部描述）的是若干向量的混合，"
        "而不是它所代表的那个向量。",
        play_here="就在这里播放",
    ),
}
