"""The steps of the story in English."""

from __future__ import annotations

from app.lessons.story_quiz import ChoiceWords
from app.lessons.story_steps import StepWords

ENGLISH_STEPS = (
    StepWords(
        title="One picture, described {scales} times",
        text="This picture was not made from top to bottom. The model, a program that learned from many pictures, "
        "described the whole of it {scales} times, on finer and finer grids: first 1×1, at last {last}×{last} cells. "
        "Each grid is a scale. In each cell stands a token, the number of one of {codebook} codes. They make up the "
        "codebook, a learned palette; each code is a vector, a row of numbers. A grid filled with tokens is called a "
        "map. Given were only the class, the kind of thing to show ({subject}), and the seed, the number that fixes "
        "every random draw ({seed}).{given}",
        question="What is there first?",
        choices=(
            ChoiceWords("The upper left corner, finished", "That would be reading order; step 7 is about it. Here "
                        "every map covers the whole picture."),
            ChoiceWords("Sharp outlines, to be coloured in later", "Outlines are fine detail. A grid of 1×1 or 2×2 "
                        "cells has no room for them."),
            ChoiceWords("The broad tone of everything, blurred", "Coarse maps have few cells, so they can only say "
                        "broad things. Fine maps add the detail."),
        ),
        right=2,
        result="Here it is, scale by scale. Each frame shows the sum so far: the vectors of all maps up to there, "
        "added up and made visible by the decoder, the part of the model that turns vectors into pixels. Drag the "
        "slider, or use the arrow keys on it.",
        act="Play it in Generate",
        curious=(
            "Generation itself never looks at these frames: it adds up the maps and decodes once, at the very end.",
            "Together the {scales} maps hold {tokens} tokens, and {last_count} of them belong to the last.",
        ),
    ),
    StepWords(
        title="The first map",
        text="The first map has one cell. {first_token} {first_vector}",
        question="What can this one token settle?",
        choices=(
            ChoiceWords("Where things are", "With one cell it says the same of every place, so it cannot put anything "
                        "anywhere."),
            ChoiceWords("How light it is and of what colour, roughly, everywhere alike", "One vector for all places "
                        "can only say what is true of all places."),
            ChoiceWords("What the picture shows, its class", "The class is given, not drawn: the model is told it at "
                        "the start and again at every scale."),
        ),
        right=1,
        result="Average colour after scale 1: {first_colour}; of the finished picture: {last_colour} (red, green "
        "and blue, each from 0 to 255). They need not agree: each later map is a correction and may take back what "
        "came before. And the left picture is only what the decoder makes of an unfinished sum. Drawing goes on "
        "without looking at it; shapes in it are the decoder’s own.",
        act="Take scale 1 apart in One step",
        curious=(
            "Was the decoder taught to show unfinished sums? Those published with the paper on this method "
            "never met one in training. That of mini was also taught to show one as the picture out of focus. "
            "Either way, only the last frame is a picture of the model’s; the earlier ones are what "
            "the decoder makes of the sum so far.",
        ),
    ),
    StepWords(
        title="From one map to the next",
        text="Scale {scale} is a grid of {side}×{side} cells. Which tokens fit is predicted by the network, another "
        "part of the model. Before any of them is drawn, it has the class and the sum of all coarser maps, and with "
        "that something to go by for every one of these cells. A pass is one run of the network from what it reads "
        "to its predictions.",
        question="How many of the {count} tokens does one pass through the network give?",
        choices=(
            ChoiceWords("One; the next pass gives the next", "That is reading order, {count} passes for this map "
                        "alone. Here no cell has to wait for its neighbour."),
            ChoiceWords("One row: {side}", "Nothing makes a row special: all cells are equally ready."),
            ChoiceWords("All {count}", "All that this pass reads, the class and the coarser maps, is known before it "
                        "begins. No cell waits for another; they agree because they read the same sum."),
        ),
        right=2,
        result="Each token is looked up in the codebook, and the map of vectors is stretched to {last}×{last}. "
        "φ (phi), a small learned filter, makes up for some of what stretching loses. The outcome is added to the "
        "sum. {after}",
        act="Play scale {scale} in One step",
        curious=(
            "Why not feed the tokens just drawn? They hold only the newest correction. The sum holds all that has "
            "been settled, and averaged to the next grid it gives exactly one value for each token to come.",
            "Tokens of one map are drawn independently, given the coarser maps. If two neighbours do not fit, only a "
            "later map can mend it.",
        ),
    ),
    StepWords(
        title="Siblings of a picture",
        text="An experiment: four new pictures, siblings of this one, keep its first {keep} maps token by token, "
        "{kept} of {tokens} tokens. The other {later} are drawn again, for each sibling with a seed of its own.",
        question="What will the siblings have in common?",
        choices=(
            ChoiceWords("Nothing much: four new pictures", "Measured, 1 being the same and 0 unrelated, they are "
                        "alike to {layout} in layout and {colours} in colours."),
            ChoiceWords("Broad layout and colours, more than the detail", "Layout {layout} and colours {colours}, "
                        "against {texture} for texture, the fine detail. All finer maps were drawn anew."),
            ChoiceWords("Nearly everything, the detail as much as the layout", "Texture, the fine detail, is alike to "
                        "{texture}, layout to {layout}, colours to {colours}. {later} of {tokens} tokens were drawn "
                        "anew."),
        ),
        right=-1,
        result="Likeness to each other (1 the same, 0 unrelated). Layout: {layout} with {keep} maps kept, "
        "{layout_none} with none kept. Colours: {colours} and {colours_none}. Texture: {texture} and {texture_none}. "
        "Pictures of one class are alike anyway; only what is more than that comes from the kept maps. Of the "
        "tokens in the kept maps {kept_differ} % differ, in the last map {last_differ} %.",
        act="Draw them yourself in Branch",
        curious=(
            "The siblings that keep none have the same class, seeds and settings as those shown. In Branch any number "
            "of maps can be kept.",
            "The kept tokens are forced, so nothing depends on repeating random numbers.",
        ),
    ),
    StepWords(
        title="Guidance: a pull towards the class",
        text="The network can predict with the class and without it. Guidance takes the difference of the two and "
        "goes further in that direction. Here the same class is drawn twice with the same seed, at guidance 0, "
        "which is none, and at guidance 4.{drawn_as}",
        question="At which scale do the two pictures first differ?",
        choices=(
            ChoiceWords("At scale 1, with the first token", "The first token is the same in both; guidance has "
                        "not begun there."),
            ChoiceWords("At scale 2 or later", "Guidance grows with the scale and is 0 at scale 1, so the same seed "
                        "draws the same first token."),
            ChoiceWords("Only at the end, when the picture is sharpened", "Guidance works on predictions, not on "
                        "pictures: other tokens are drawn, and all that follows builds on them."),
        ),
        right=1,
        result="{apart}",
        act="Lay them side by side in Compare",
        curious=(
            "Each code gets a score, and from the scores follow the probabilities: score = (1 + t) × with class − t × "
            "without, and t = guidance × (scale − 1) / {steps_between}, which is full at scale {scales}.",
            "Once one token differs, the sums differ too. So later differences are not the work of guidance at that "
            "scale alone. And both predictions have to be computed, which doubles the arithmetic.",
        ),
    ),
    StepWords(
        title="Sure and unsure",
        text="For each cell the network gives every one of the {codebook} codes a probability, like bets spread over "
        "them; {cut} In the map of scale {scale} there is a token whose probability was {low}.",
        question="Is that token a mistake?",
        choices=(
            ChoiceWords("Yes, a better model would have been sure", "A low probability says that many codes could "
                        "stand there, not that this one is wrong. In grass or clouds, most would look right."),
            ChoiceWords("Not for that reason: many codes may do there", "Where many codes would do, each has a small "
                        "probability, and one of them has to be drawn. Low confidence is not an error."),
            ChoiceWords("Yes, if its neighbours were sure", "Each cell is drawn from its own probabilities, and a "
                        "varied place may well lie beside a plain one."),
        ),
        right=1,
        result="The colours show entropy, how evenly the bets are spread. Its unit is the nat: 0 is one sure bet, "
        "{most} are equal bets on all codes; the average at scale {scale} is {mean}. In the outlined cell of that "
        "token it is {low_entropy}, as much as equal bets on {spread} codes, each with {typical}. {unlikely} % of the "
        "map’s tokens were not the likeliest choice. Look at the picture: is it wrong in {unlikely} % of its places?",
        act="Hold that token in Inspect",
        curious=(
            "The numbers are those of the draw: after guidance and temperature (a setting that makes bets more or "
            "less even), before top-k and top-p cut off the unlikely codes.",
            "Choose other scales above: coarse maps have few cells, so each choice there carries far.",
        ),
    ),
    StepWords(
        title="Scale by scale or row by row?",
        text="Other models write a picture like text, row by row, one token after the other: {raster} passes for a "
        "{last}×{last} map. Scale by scale takes {scales} passes, but {tokens} tokens. Both keep what they have "
        "computed for later passes; that store is called a cache.",
        question="Which does more arithmetic?",
        choices=(
            ChoiceWords("Row by row: {raster} passes against {scales}", "Passes are not arithmetic. A pass over one "
                        "token is small, a pass over {raster} is large; what counts is all tokens together."),
            ChoiceWords("Scale by scale", "It computes {tokens} tokens instead of {raster}. What it saves is waiting: "
                        "{scales} passes after each other instead of {raster}."),
            ChoiceWords("Both the same: the last map has {raster} tokens either way",
                        "The coarser maps are extra tokens, {extra} of them, "
                        "and each is computed."),
        ),
        right=1,
        result="Scale by scale does {ratio} times the arithmetic ({model}). It is not cheaper; it waits less often, "
        "and its passes are wide enough to keep a fast machine busy.",
        act="Run the race in Compare",
        curious=(
            "The paper on this method compares n⁴ with n⁶ for a grid of n×n cells: it lets row by row compute "
            "everything anew at each pass. With a cache on both sides, as it is done, the order of the two turns "
            "round.",
            "Row by row is simulated: its arithmetic is counted for the same network; no such model was trained.",
        ),
    ),
    StepWords(
        title="Your own picture",
        text="The decoder has a partner that works the other way, the encoder; together they are the tokenizer. It "
        "turns any picture into {scales} maps, coarse to fine, each holding what the coarser ones left. "
        "{image}×{image} pixels are {pixel_bytes} bytes of colour. A token is one number out of "
        "{codebook}, which takes {bits} bits; 8 bits are a byte.",
        question="How much room do the {tokens} tokens take?",
        choices=(
            ChoiceWords("About as much as the pixels", "A token is only a number up to {codebook}, and there are far "
                        "fewer tokens than pixels."),
            ChoiceWords("About a tenth, like a good JPEG", "Less by far: {token_bytes} bytes are {share} % of "
                        "the pixels’ {pixel_bytes}."),
            ChoiceWords("About a hundredth, or less", "So much must be left out; the decoder fills in what it has "
                        "learned to expect."),
        ),
        right=2,
        result="{tokens} tokens × {bits} bits = {token_bytes} bytes, {share} % of the pixels. {about_model}",
        act="Rebuild a picture in Your picture",
        curious=(
            "Two networks share the work. The tokenizer turns pictures into maps and back; the other, a "
            "transformer, is what these steps call the network: it predicts the maps. Your picture shows the first "
            "alone, so what is lost there is not the fault of the second.",
        ),
    ),
)  # fmt: skip
