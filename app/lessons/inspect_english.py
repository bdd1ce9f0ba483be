"""What the view ``inspect`` says in English."""

from __future__ import annotations

from app.lessons.inspect_words import InspectWords

ENGLISH = InspectWords(
    heading="Inspect one token",
    lede="Point at a cell to see what the model knew there; click, tap or use the arrow keys to hold it. "
    "Every panel below then speaks of that one token.",
    about="{subject}, seed {seed}, model {model}.",
    nothing="no class",
    smooth="“Smooth” was on. An id was drawn at every cell, but what was fed on, and what the picture is made of, "
    "is a blend of codes. Ids, probabilities and ranks below describe the draw, not the picture.",
    pictures="Pictures of this run",
    person="Picture {number}, seed {seed}",
    reel="Token maps of all scales, coarse to fine; arrow keys choose one",
    reel_item="Scale {scale}, {side} by {side} tokens",
    reel_note="Outlined in every map: the cells over the same part of the picture. In coarser maps these are the "
    "parents. The model is not bound to them; what it really reads is further down, under attention.",
    picture="Scale {scale} of {total}: what the decoder makes of the sum so far",
    picture_last="The finished picture",
    picture_note="The outline is the token’s cell. Its effect reaches a little further: upsampling, φ and the "
    "decoder all spread it.",
    picture_alt="{subject}, scale {scale} of {total}; outlined is row {row}, column {column}",
    mosaic="Token map",
    mosaic_keys="Token map, {side} by {side}. Arrow keys move, Home and End go to the ends of the row, Page Up and "
    "Page Down change the scale.",
    mosaic_note="Mid grey is the codebook’s mean. Red, green and blue are three directions, those along which its "
    "codes vary most ({percent} of their variance); each is full at {reach} and empty at −{reach}. Like codes have "
    "like colours. Like colours are like codes only as far as three of {channels} dimensions can tell.",
    mosaic_given="{count} of {all} tokens of this scale were given, not drawn.",
    measure="What the map shows",
    measure_entropy="Entropy, nats",
    measure_probability="Confidence",
    measure_rank="Rank of the drawn id",
    measure_divergence="Effect of the class: KL, nats",
    measure_change="Contribution of the scale",
    note_entropy="How undecided the model was, after guidance and temperature. The top of the range is a choice "
    "among all {size} codes alike.",
    note_probability="Probability of the id that was drawn. Low confidence is not an error: texture has many right "
    "answers.",
    note_rank="Place of the drawn id among all codes, 1 = likeliest. A late rank is a bold draw, not a wrong one. "
    "The range is logarithmic.",
    note_divergence="KL(with class ‖ without), before guidance: how much knowing the class changes the prediction.",
    note_change="‖φ(h)‖, what this scale added to the sum at each of the {side}×{side} places of the latent. It is "
    "a size in the latent, not a difference of pixels.",
    map_alt="{measure}, scale {scale}: {low} to {high}, mean {mean}",
    map_given="Empty cells were given, not drawn.",
    map_none="The run had no guidance, so the model was never asked without the class.",
    map_unrecorded="This run kept no such numbers.",
    overlay="Lay it over the picture",
    fact_place="Place",
    fact_id="Id",
    fact_origin="Origin",
    fact_probability="Probability",
    fact_filtered="After top-k, top-p",
    fact_rank="Rank",
    fact_entropy="Entropy",
    fact_divergence="KL, class",
    place="scale {scale}, row {row}, column {column}",
    rank="{rank} of {size}",
    nats="{value} nats",
    absent="none",
    drawn="drawn",
    given="given",
    facts_drawn="Probability, rank and entropy belong to the distribution after guidance and temperature. KL: how "
    "far apart the predictions with and without the class are, 0 if alike. Tokens of one scale are drawn at once, "
    "without sight of each other.",
    facts_given="This id was given, so it has no draw of its own; what the model thought of it is in the "
    "distribution below.",
    spoken="Row {row}, column {column}: id {id}, {origin}, probability {probability}.",
    draw_title="The distribution it was drawn from: scale {scale}, row {row}, column {column}",
    draw_lede="The sliders change this token only. In a run the same settings would also have changed every token "
    "before it, and so this one’s logits: the raw scores, one for each code, that become probabilities.",
    guidance="Guidance, last scale",
    guidance_here="{value} here",
    guidance_first="At scale 1 guidance is always 0, so there is no slider for it.",
    top_k="Top-k",
    top_p="Top-p",
    temperature="Temperature",
    off="off",
    reset="Back to the run’s settings",
    as_run="These are the run’s own settings.",
    changed="Changed from the run’s settings, for this token only.",
    kept="Ids that remain: {count} of {size}, with {mass} of the probability.",
    own_dropped="This id is not among them.",
    bar_before="with the class, before anything",
    bar_after="after guidance and temperature",
    bar_final="after top-k and top-p",
    bars_caption="The 20 likeliest ids, the drawn one and all the rest",
    column_id="id",
    column_bars="probability",
    column_before="before",
    column_after="guided",
    column_final="final",
    tail="{count} others",
    gap="… {count} more …",
    stack="All probability after guidance and temperature: {own} this id, {top} the rest of the top 20, {tail} "
    "other ids that remain, {dropped} dropped",
    stack_own="this id",
    stack_top="rest of the top 20",
    stack_tail="others that remain",
    stack_dropped="dropped",
    smooth_heavy="“Smooth” was on: from scale 2 on the model read blends of codes, which the ids do not give, so "
    "this cannot be worked out again. Scale 1 can, and so can any run without it.",
    attention_title="Where its attention reads: scale {scale}, row {row}, column {column}",
    attention_lede="The model is a stack of blocks, its layers; in each, several heads read side by side, every "
    "one with weights of its own. Weights say where information is read, not why. They are worked out again for "
    "this one token, as the class’s row of the model computes them.",
    block="Block",
    head="Head",
    mean="mean",
    own_scale="its own",
    shares_note="The bars sum to {sum}. The tick is the share if every position were read alike. A position of its "
    "own scale stands for what was fed there, not for the token drawn there: none was known yet.",
    share_of="Scale {scale}, {side} by {side}: {share}; read alike it would be {even}",
    reads_note="The same weights, position by position. Each map has its own range, written under it; compare the "
    "scales by the bars, not by brightness.",
    read_alt="Attention over scale {scale}; the largest weight is {high}, at row {row}, column {column}",
    ramp_title="Guidance, scale by scale",
    ramp_note="Guidance is ramped: 0 at scale 1, {last} at the last. Mean KL says how much the class matters at "
    "each scale, before guidance. At scale 1 the class may matter much, yet guidance does nothing there.",
    ramp_unguided="This run had no guidance: 0 at every scale, and KL was not computed.",
    column_scale="Scale",
    column_guidance="Guidance in force",
    column_divergence="Mean KL, nats",
)
