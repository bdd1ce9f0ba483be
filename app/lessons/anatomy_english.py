"""What the view ``anatomy`` says in English."""

from __future__ import annotations

from app.lessons.anatomy_words import AnatomyWords, StageWords

ENGLISH = AnatomyWords(
    heading="One step, taken apart",
    lede="How a map of ids becomes part of the picture and the input of the next scale: with the real numbers of a "
    "picture this model made. Point at a cell, or walk the token map with the arrow keys.",
    nothing="a picture of no class",
    waiting="The first picture is on its way.",
    smooth="This run was made with “Smooth”: it fed on blends of codes, which its ids do not give, so its steps "
    "cannot be taken apart. Generate one without it. The maps of each scale's size below are still true.",
    which="{subject}, seed {seed}",
    scales="Scale",
    pictures="Picture",
    picture="picture {n}",
    play="Play the parts one after the other",
    pause="Pause",
    back="Previous part",
    forward="Next part",
    transport="Parts of the step; left and right arrow keys",
    position="{n} of {of}",
    overview="Scale {scale}, the whole step",
    overview_text="Ids become vectors, are enlarged, filtered and added to what is already there; the decoder can "
    "show the sum, and the next scale is fed the sum. There is no chance in any of this: the draw that chose the ids "
    "came before.",
    stages=(
        StageWords(
            title="A whole map at once",
            sentence="All {tokens} ids of this map came out of one pass. That works because everything the model "
            "reads for them, the class and the sum of all coarser maps, is known before the pass begins: no cell "
            "has to wait for its neighbour.",
            first="The first map is a single id, predicted from the start token, which stands for the class. "
            "Nothing else is known yet.",
            equation="p(rₖ | r₁ … rₖ₋₁) = ∏ᵢ p(rₖ⁽ⁱ⁾ | r₁ … rₖ₋₁)        rₖ: {side}×{side} ids, 0 … {codebook_last}",
            deep="The transformer returns {tokens} distributions over {codebook} codes side by side, and each id is "
            "drawn from its own, independently of the others. Attention runs freely between the cells of a scale, "
            "but what it meets there are inputs, not the ids that have yet to be drawn. Neighbours agree because "
            "they have read the same coarser sum.",
            source="VAR §3.2, Fig. 4",
        ),
        StageWords(
            title="Ids become vectors",
            sentence="An id is only a row number. Look up row {id} of the codebook and you get {channels} numbers: "
            "the bars below show them for the chosen cell.",
            equation="hₖ = Z[rₖ]        {channels}×{side}×{side}",
            deep="One codebook of {codebook} rows serves all scales. Ids that follow one another need not be alike, "
            "so a map coloured by id would show likeness where there is none; here colour comes from the vectors.",
            source="VAR §3.2 (one codebook for all scales), Alg. 2",
        ),
        StageWords(
            title="Stretched over the whole grid",
            sentence="Every scale speaks about the whole picture, so its {side}×{side} vectors are stretched over "
            "the {last}×{last} grid on which all scales meet.",
            last="This map already has the full {last}×{last} size: it goes on as it is.",
            equation="h = bicubic(hₖ)        {channels}×{side}×{side} → {channels}×{last}×{last}",
            deep="Bicubic interpolation in each channel, with nothing learned. What lies between two cells is a "
            "mixture of codes and no row of the codebook itself.",
            source="VAR Alg. 1 and 2 (interpolate)",
        ),
        StageWords(
            title="What φ does",
            sentence="Stretching cannot invent detail; φ, a small learned filter, makes up for some of what it "
            "loses. Here it changes the stretched map by {changed} % of its length.",
            last="φ, a small filter learned to make up for what stretching loses, runs at the last scale too, where "
            "nothing was stretched. Here it changes the map by {changed} % of its length.",
            equation="φₖ(h) = ½·h + ½·conv₃ₓ₃(h)        {channels}×{last}×{last}",
            deep="Half of the map passes unchanged, half goes through a 3×3 convolution that mixes all {channels} "
            "channels. The paper describes one filter a scale; as in its published code, the {scales} scales here "
            "share {phis}, and this one uses number {phi}. They were trained with the tokenizer; the same ones run "
            "when a picture is encoded.",
            source="VAR §3.2, Alg. 1 and 2 (φ)",
        ),
        StageWords(
            title="Added to what is there",
            sentence="The map is a correction, not a picture: number by number it is added to the sum of all coarser "
            "scales. At the dot, in channel {channel}: {contribution} + {before} = {after}.",
            first="Nothing is there yet, so the first map is added to zero. At the dot, in channel {channel}: "
            "{contribution} + {before} = {after}.",
            equation="f̂ₖ = f̂ₖ₋₁ + φₖ(h)        {channels}×{last}×{last}",
            deep="f̂ is all that is known of the picture between two scales. When the tokenizer encodes a picture, "
            "each scale codes what the coarser ones left over, so a later scale may also take back what an earlier "
            "one put there.",
            source="VAR Alg. 1 (residual) and Alg. 2 (sum)",
        ),
        StageWords(
            title="A look at the sum",
            sentence="This is what the decoder makes of the sum so far. It is for our eyes only: generation never "
            "looks at it and goes on with the sum.",
            last="After the last scale the decoder turns the finished sum into the picture: the only decoding that "
            "generation needs.",
            equation="x̂ₖ = D(f̂ₖ)        {channels}×{last}×{last} → 3×{image}×{image}",
            deep="The decoder is made of convolutions and, at its coarsest level, attention: it looks at the whole "
            "picture for every pixel. The published decoders never met an unfinished sum in training; mini's was also "
            "taught to show one as the picture out of focus. Either way, an early frame is what the decoder makes of "
            "the sum so far and not what the model “sees”; only the last one is a picture of the model's.",
            source="VAR §3.2 (VQVAE decoder)",
        ),
        StageWords(
            title="Why the next input is the pooled sum",
            sentence="The last ids alone hold only the latest correction; the sum holds everything decided so far. "
            "So the next scale is fed the sum, averaged to its own {next}×{next} grid: one input for each id it "
            "has to predict.",
            last="There is no next scale. All {scales} maps are in the sum, and the sum goes to the decoder.",
            equation="eₖ₊₁ = area(f̂ₖ)        {channels}×{last}×{last} → {channels}×{next}×{next}",
            deep="Each of the {next}×{next} cells is the mean of the part of the grid that it covers. A linear layer "
            "widens the {channels} numbers to the transformer's width, and embeddings of place and scale are added: "
            "{next_tokens} inputs, {next_tokens} distributions.",
            source="VAR §3.2, Fig. 4, Alg. 2",
        ),
    ),
    deeper="Equation, shapes, and where the paper has it",
    figures=(
        "token map rₖ",
        "code vectors hₖ",
        "stretched h",
        "contribution φₖ(h)",
        "sum before f̂ₖ₋₁",
        "sum after f̂ₖ",
        "what the decoder makes of the sum so far",
        "next input eₖ₊₁",
    ),
    signs=("drawn", "look up", "stretch", "φ", "+", "=", "decode", "average"),
    sign_given="given",
    map_alt="{name}, {side} by {side} cells, in colour",
    picture_alt="What the decoder makes of the sum after scale {scale}: {subject}",
    grid="Token map of scale {scale}; move with the arrow keys",
    cell="row {row}, column {column}, id {id}",
    chosen="Row {row}, column {column} of {side}×{side}: id {id}.",
    given="{count} of the {tokens} ids of this map were given, not drawn.",
    no_next="none: this was the last scale",
    colour_by="Colour the maps by",
    contrast="Contrast",
    axes="three main directions",
    channel="channel {n}",
    axes_note="Mid grey is the zero vector. Red, green and blue are three directions, those along which the codebook "
    "varies most ({explained} % of its variance); each is full at {reach} and empty at −{reach}, in every map and at "
    "every scale of this picture. Like colours are like vectors, as far as three of {channels} dimensions can tell.",
    channel_note="The numbers of channel {channel} alone; one range for every map and every scale of this picture.",
    cut="{cut} % of the new sum lies beyond this range and is cut off; there the colours do not add up.",
    bars="The {channels} numbers at the dot",
    bars_note="All four rows share one height, −{range} to {range}, beyond which bars are cut. Choose a bar to colour "
    "the maps by its channel.",
    bar="channel {n}: code {code}, contribution {contribution}, before {before}, after {after}",
    rows=("code", "contribution", "before", "after"),
    adds_up="channel {channel}: {contribution} + {before} = {after}",
    change_heading="What each scale adds",
    change_text="The length of the contribution in every cell of the grid. All maps share one range, so that a "
    "darker map really is a smaller addition.",
    change_legend="‖φₖ(h)‖, latent units",
    change_map="Scale {scale}, {side}×{side}: {strength} on average (root mean square)",
    change_ask="Decode with and without scale {scale}",
    change_asking="Decoding …",
    change_pictures=("without it, decoded", "with it, decoded", "difference of the two pictures"),
    change_said="The two pictures differ by {rms} of 255 levels (root mean square), {largest} at most. In the third, "
    "grey is no change; black is −{span} levels, white is +{span}; {clipped} % of its values lie beyond.",
    change_note="A difference of pictures is not the picture of a difference: the decoder is not linear, so this is "
    "not “what scale {scale} contains”, only what changes on the screen when it joins the coarser ones.",
    cost_heading="What each scale costs",
    cost_text="Tokens, arithmetic, time and memory, scale by scale: a handful of passes, and most of the arithmetic in "
    "the last two.",
    cost_columns=("scale", "tokens", "FLOPs", "time", "cache"),
    cost_total="all",
    cost_decoder="one decoding",
    cost_said="Decoding one sum takes {decoder} FLOPs, {share} % of what the transformer does for the whole picture. "
    "Generation needs it once; this page decodes after every scale to show you something.",
    cost_note="FLOPs: of one picture, {branches}, with the output layer, counted from the sizes at 2 a multiply-add; "
    "norms, activations and φ are left out. The race under “Compare” counts one branch and no "
    "output layer, and so shows "
    "less. Time: measured in this run for {count}, decoding after each scale included; the decoding alone "
    "was timed just now for one picture. Cache: keys and values held after the scale, {bytes} bytes a number.",
    branches=("one branch", "two branches because of guidance"),
    one_picture="one picture",
    many_pictures="{count} pictures together",
    spectrum_heading="Which frequencies each scale changes",
    spectrum_text="Coarse scales change broad areas, fine ones also small detail. But scales are not frequency bands: "
    "their spectra overlap, and by how much is measured here on this picture.",
    spectrum_waiting="Decoding the sums and measuring: {done} of {of} scales.",
    spectrum_x="cycles per picture",
    spectrum_y="power of the change, dB",
    spectrum_alt="Line chart: power of each scale's change against frequency, one line a scale; the table below has "
    "the numbers",
    spectrum_said="Scale {scale}, {side}×{side}: 80 % of its change lies between {low} and {high} cycles per picture, "
    "half of it at {median} or below.",
    spectrum_before="It shares {overlap} % of its band with scale {other}, the one before.",
    spectrum_after="It shares {overlap} % with scale {other}, the one after.",
    spectrum_none="Scale {scale} changed nothing that could be measured.",
    spectrum_note="From differences of neighbouring decoded pictures (luma, Hann window, mean over rings), the first "
    "against a flat one. The decoder is not linear and adds detail of its own, so energy above half the map's side is "
    "possible. 100 % shared would be the same band, 0 % none in common.",
    spectrum_table="The numbers as a table",
    spectrum_columns=("scale", "10 % below", "half below", "90 % below", "shared with the one before"),
)
