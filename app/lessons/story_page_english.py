"""What the view ``story`` says in English, around its steps and its quiz."""

from __future__ import annotations

from dataclasses import asdict

from app.lessons.story_english import ENGLISH_STEPS
from app.lessons.story_origin import ORIGIN
from app.lessons.story_quiz import ENGLISH_QUIZ
from app.lessons.story_words import StoryWords

ENGLISH = StoryWords(
    **asdict(ORIGIN["en"]),
    heading="Story: how this picture came about",
    lede="Eight short steps with a picture that this model drew. Guess first, then look. Nothing needs to be known "
    "beforehand, and every button works a real control of this page.",
    keys="Keys: ← and → change the step, ↑ and ↓ choose, Enter reveals and then goes on.",
    waiting="The first picture is on its way.",
    nothing="no class",
    contents="Steps of the story",
    step_of="Step {step} of {all}",
    step_name="Step {step}: {title}",
    step_done="seen",
    progress="{done} of {all} seen",
    quiz_name="Quiz",
    previous="Back",
    next="Next: {title}",
    to_quiz="To the quiz",
    reveal="Reveal",
    reveal_without="Show me",
    right="Right.",
    wrong="Not so.",
    answer="The answer:",
    stop=". ",
    curious="For the curious",
    back_to_story="Back to the story, step {step}",
    opened="{act}: done. The Escape key leads back to the story.",
    not_found="{act}: opened, but not ready yet. The Escape key leads back to the story.",
    again="Do it again: {act}",
    draw_here="Draw them now",
    drawing="Drawing: scale {scale} of {all}.",
    queued="Waiting: {ahead} ahead.",
    failed="This did not work; try again.",
    smooth="This picture was drawn with “Smooth”: it was built from blends of codes, which its tokens do not give, "
    "so it cannot be taken apart. This step needs a picture drawn without.",
    smooth_act="Generate one without Smooth",
    smooth_room="This picture was drawn with “Smooth”, so its tokens do not give it, and the room that this step "
    "leads to could not take it apart.",
    none_measured="not measured",
    cut_none="then one is drawn by lot.",
    cut_some="the {top_k} likeliest stay, and one of them is drawn by lot.",
    cut_tail="the unlikely ones are cut off (the settings top-k and top-p say how many), "
    "and one of the rest is drawn by lot.",
    scales="Scale",
    finished_picture="finished",
    frame_title="After scale {scale}",
    average="average colour {colour}",
    average_alt="Swatch of the average colour, {colour}",
    map_unknown="not revealed yet",
    maps=("sum so far, averaged", "tokens", "their contribution", "new sum", "decoded", "next input"),
    signs=("read", "drawn", "stretch, filter (φ)", "add to the sum", "look", "average"),
    sign_first="read: the class alone",
    map_alt="{name}, {side} by {side} cells, in colour",
    maps_note="The true numbers of this picture. Vectors are shown as colours, like ones alike; mid grey is "
    "zero. The decoded picture is for us alone.",
    last_of_all="none: it was the last map",
    sum_next="That sum, averaged to {next}×{next}, and not the tokens of this map alone, is the next input.",
    sum_last="This was the last map: the decoder turns the sum into the picture.",
    sibling="Sibling {index}, seed {seed}",
    original="Original",
    prepared="Drawn beforehand.",
    prepared_elsewhere="Drawn beforehand from another picture ({subject}).",
    without="Guidance 0",
    with_it="Guidance 4",
    equal_title="Equal tokens, in percent",
    equal_item="Scale {scale}, {side}×{side}: {percent} % of the tokens are equal",
    first_apart="Scale 1 is equal, as it must be; the first tokens differ at scale {scale}. From there on each "
    "picture builds on its own sum.",
    never_apart="All tokens are equal: here guidance changed nothing.",
    map_title="Entropy at scale {scale}",
    map_of="Entropy at scale {scale}: from {low} to {high} nats, {mean} on average",
    nats="nats",
    no_statistics="For this picture no probabilities were recorded. Draw one in Generate.",
    columns=("order", "passes", "tokens", "GFLOP"),
    lane_next="Scale by scale",
    lane_raster="Row by row (simulated)",
    cost_note="GFLOP: billions of multiplications and additions in the network (all but its last layer), without "
    "guidance’s second prediction; both orders keep a cache. d16 is the smallest of the published models.",
    bytes_pixels="Pixels: {bytes} bytes",
    bytes_tokens="Tokens: {bytes} bytes",
    of_mini="mini, the model that comes with this page, has seen only pictures drawn by code. A photograph comes "
    "back simplified; models of the published size were trained on photographs.",
    of_another="How well yours comes back depends on what {model} was trained with.",
    quiz_title="Five questions",
    quiz_lede="All answers were in the story.",
    check="Check my answers",
    others="Other questions",
    score="{right} of {all} right.",
    unanswered="Not answered yet.",
    seen_in="See step {step}",
    steps=ENGLISH_STEPS,
    questions=ENGLISH_QUIZ,
)
