"""``train-tokenizer``: train the multi-scale tokenizer on your pictures or on drawn ones."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from var_core.cli.outputs import Kind
from var_core.cli.progress import progress
from var_core.cli.training_options import add_data_arguments, add_loop_arguments, folder_source, found, loop_values
from var_core.config import TokenizerConfig
from var_core.errors import TrainingError
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.earlier import check_earlier_tokenizer
from var_core.training.order import micro_batch
from var_core.training.perceptual import PerceptualLoss
from var_core.training.processes import only_run, start_accelerator
from var_core.training.recipes import TOKENIZER_RECIPES, TokenizerRecipe, tokenizer_recipe
from var_core.training.schedules import TermSchedule
from var_core.training.settings import TokenizerTraining
from var_core.training.tokenizer_loop import train_tokenizer
from var_core.training.tokenizer_source import going_on, new_tokenizer, read_tokenizer
from var_core.training.training_data import ENDLESS, folder_data, procedural_data
from var_core.validation import real_number, whole_number

SIZES = ("channels", "multipliers", "residual_blocks", "codes", "code_dim", "norm_groups", "sides")
WRITES: dict[str, Kind] = {"out": "folder"}
HELP = "Train the tokenizer on your pictures or on drawn ones; resumes from the folder if it holds a run."
EXAMPLES = """examples:
  python -m var_core train-tokenizer --out runs/tokenizer --steps 8000
  python -m var_core train-tokenizer --out runs/tokenizer --steps 8000 --minutes 50     (and again, to go on)
  python -m var_core train-tokenizer --data my_photos --out runs/photos --perceptual 1 --adversarial 0.5
  python -m var_core train-tokenizer --init-from mini --data my_photos --out runs/mine --learning-rate 1e-3
  accelerate launch --num_processes 4 -m var_core train-tokenizer --preset full --data pictures --out runs/full
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; the preset decides what is not given."""
    parser.add_argument("--preset", default="mini", help=f"{', '.join(TOKENIZER_RECIPES)}; default: mini")
    parser.add_argument("--init-from", metavar="TOKENIZER",
                        help="go on from a trained one: a run, a model, or an official .pth")  # fmt: skip
    parser.add_argument("--decoder-only", action="store_true",
                        help="encoder and codebook stay as they are, and with them all tokens")  # fmt: skip
    add_loop_arguments(parser)
    add_data_arguments(parser)
    sizes = parser.add_argument_group("sizes, if not the preset's")
    sizes.add_argument("--channels", type=int, help="at full resolution")
    sizes.add_argument("--multipliers", type=int, nargs="+", help="per level")
    sizes.add_argument("--residual-blocks", type=int, help="per level")
    sizes.add_argument("--codes", type=int, help="codebook size")
    sizes.add_argument("--code-dim", type=int, help="channels of the latent")
    sizes.add_argument("--norm-groups", type=int)
    sizes.add_argument("--sides", type=int, nargs="+", help="of the token maps, coarse to fine")
    terms = parser.add_argument_group("loss")
    terms.add_argument("--unfinished-share", type=float, default=0.25, help="decoded from an unfinished sum")
    terms.add_argument("--vq-weight", type=float, help="of the VQ loss; default: the preset's")
    terms.add_argument("--warmup-unquantized", type=int, metavar="STEPS", help="default: a twentieth of the run")
    terms.add_argument("--warmup-crop", type=int, metavar="PIXELS", help="crops until then, 0 for none")
    for term, meaning in (
        ("fidelity", "minus a tenth of the PSNR"),
        ("perceptual", "LPIPS; needs `pip install lpips`"),
        ("adversarial", "patch critic"),
    ):
        terms.add_argument(f"--{term}", type=float, metavar="WEIGHT", help=f"{meaning}; 0 is off")
        terms.add_argument(f"--{term}-start", type=int, metavar="STEP")
        terms.add_argument(f"--{term}-ramp", type=int, metavar="STEPS", help="from nothing to the full weight")


def run(options: argparse.Namespace) -> None:
    """Checks, trains."""
    recipe = tokenizer_recipe(options.preset)
    tokenizer = _tokenizer(options, recipe)
    config, side = tokenizer.config, tokenizer.image_side
    shared = loop_values(
        options,
        steps=recipe.steps,
        batch=recipe.batch,
        rate=recipe.learning_rate,
        ema=recipe.ema_decay,
        optimizer=recipe.optimizer,
    )
    source = folder_source(options, one_class=True)
    unquantized = _unquantized(options)
    settings = TokenizerTraining(
        **shared, shuffle=source is not None, warmup_crop=_crop(options, recipe, config, side),
        warmup_unquantized=unquantized, keep_codebook=options.init_from is not None and not unquantized,
        decoder_only=_decoder_only(options),
        unfinished_share=real_number(options.unfinished_share, "--unfinished-share", 0, 1, error=TrainingError),
        vq_weight=_vq_weight(options, recipe),
        fidelity=_term(options, "fidelity", recipe.fidelity),
        perceptual=_term(options, "perceptual", recipe.perceptual),
        adversarial=_term(options, "adversarial", recipe.adversarial),
    )  # fmt: skip
    accelerator = start_accelerator(settings.mixed_precision, cpu=settings.cpu, unused_parameters=True)
    micro_batch(settings.batch, settings.accumulate, accelerator.num_processes)
    check_earlier_tokenizer(tokenizer, settings)
    if settings.perceptual.weight:
        with accelerator.main_process_first():
            PerceptualLoss()  # its package may be missing or its download fail, better now than after reading
    with only_run(settings.out, accelerator), progress(quiet=not accelerator.is_main_process) as shown:
        if source is None:
            data = procedural_data(side=side, count=ENDLESS, held_out=settings.validation_pictures, textures=True)
        else:
            with accelerator.main_process_first():
                data = folder_data(
                    source, side=side, seed=settings.seed, out=settings.out,
                    held_out=settings.validation_pictures, progress=shown.part("reading"),
                )  # fmt: skip
        shown.say(found(data))
        shown.steps(settings.steps, "train-tokenizer")
        train_tokenizer(tokenizer, data.pictures, data.held_out, settings, accelerator, shown.step)
    accelerator.end_training()


def _sizes(options: argparse.Namespace, recipe: TokenizerRecipe) -> tuple[TokenizerConfig, ScaleSchedule]:
    names = {
        "channels": options.channels, "multipliers": options.multipliers and tuple(options.multipliers),
        "num_residual_blocks": options.residual_blocks, "codebook_size": options.codes,
        "code_dim": options.code_dim, "norm_groups": options.norm_groups,
    }  # fmt: skip
    config = replace(recipe.sizes, **{name: value for name, value in names.items() if value is not None})
    return config, recipe.schedule if options.sides is None else ScaleSchedule(tuple(options.sides))


def _tokenizer(options: argparse.Namespace, recipe: TokenizerRecipe) -> Tokenizer:
    """A new one, or the trained one to go on from."""
    config, schedule = _sizes(options, recipe)
    if options.init_from is None:
        return new_tokenizer(config, schedule, whole_number(options.seed, "--seed", 0, 2**31 - 1, error=TrainingError))
    anew = bool(_unquantized(options))  # the codebook starts from the data, so it may have another size
    given = [name for name in SIZES if getattr(options, name) is not None and not (anew and name == "codes")]
    if given:
        flag = f"--{given[0].replace('_', '-')}"
        remedy = " or give --warmup-unquantized, after which a new codebook starts" if given == ["codes"] else ""
        raise TrainingError(f"{flag} cannot be changed with --init-from, whose sizes stand; leave it out{remedy}.")
    trained = read_tokenizer(options.init_from, schedule if Path(options.init_from).is_file() else None)
    return going_on(trained, options.codes)


def _unquantized(options: argparse.Namespace) -> int | None:
    """Steps before the codebook starts from the data; a trained codebook is kept unless some are asked for."""
    asked = options.warmup_unquantized
    if asked is not None:
        return whole_number(asked, "--warmup-unquantized", 0, 10**9, error=TrainingError)
    return None if options.init_from is None else 0


def _decoder_only(options: argparse.Namespace) -> bool:
    """Whether only the decoder learns; it then needs tokens that mean something."""
    if options.decoder_only and (options.init_from is None or _unquantized(options)):
        raise TrainingError(
            "--decoder-only needs a trained encoder and codebook: give --init-from, and no --warmup-unquantized."
        )
    return bool(options.decoder_only)


def _vq_weight(options: argparse.Namespace, recipe: TokenizerRecipe) -> float:
    weight = recipe.vq_weight if options.vq_weight is None else options.vq_weight
    return real_number(weight, "--vq-weight", 0, 1000, low_open=True, error=TrainingError)


def _crop(options: argparse.Namespace, recipe: TokenizerRecipe, config: TokenizerConfig, side: int) -> int | None:
    """Pixels of the warm-up's crops; None for whole pictures."""
    crop = recipe.warmup_crop or 0 if options.warmup_crop is None else options.warmup_crop
    crop = whole_number(crop, "--warmup-crop", 0, 2**14, error=TrainingError)
    if crop % config.downsampling:
        raise TrainingError(f"--warmup-crop must be a multiple of {config.downsampling} pixels, got {crop}.")
    return crop if 0 < crop < side else None


def _term(options: argparse.Namespace, name: str, default: TermSchedule) -> TermSchedule:
    """The schedule of a loss term from its three arguments."""
    given = {part: getattr(options, name + suffix)
             for part, suffix in (("weight", ""), ("start", "_start"), ("ramp", "_ramp"))}  # fmt: skip
    term = replace(default, **{part: value for part, value in given.items() if value is not None})
    real_number(term.weight, f"--{name}", 0, 1000, error=TrainingError)
    whole_number(term.start, f"--{name}-start", 0, 10**9, error=TrainingError)
    whole_number(term.ramp, f"--{name}-ramp", 0, 10**9, error=TrainingError)
    return term
