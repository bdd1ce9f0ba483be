"""What the view ``picture`` says in English."""

from __future__ import annotations

from app.lessons.picture_words import PictureWords

ENGLISH = PictureWords(
    heading="Your picture",
    lede="Bring a picture. First see what survives being turned into tokens; then paint over a part and have it "
    "drawn again.",
    choose="Choose a picture",
    choose_hint="or drop or paste one here. It is cut to a square, made small in your browser, and kept nowhere.",
    samples="Built-in pictures, held back from the training of mini",
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
)
