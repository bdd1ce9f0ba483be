"""The tokenizer: picture ↔ K token maps ↔ latent.

picture → encoder → 3×3 → residual quantiser → f̂ → 3×3 → decoder → picture           (VAR §3.2, Fig. 4)
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from var_core.autoencoder import Decoder, Encoder
from var_core.config import TokenizerConfig
from var_core.quantizer import MultiScaleQuantizer
from var_core.scales import ScaleSchedule


class Tokenizer(nn.Module):
    """Multi-scale residual VQ autoencoder. Its pictures are in [0, 1]; its networks see [−1, 1]."""

    def __init__(self, config: TokenizerConfig, schedule: ScaleSchedule) -> None:
        super().__init__()
        self.config = config
        self.schedule = schedule
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quantizer = MultiScaleQuantizer(config, schedule)
        self.pre_quantizer = nn.Conv2d(config.code_dim, config.code_dim, 3, padding=1)
        self.post_quantizer = nn.Conv2d(config.code_dim, config.code_dim, 3, padding=1)

    @property
    def image_side(self) -> int:
        """Pixels of a picture, each way."""
        return self.schedule.last_side * self.config.downsampling

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] → continuous features (B, C, H/f, W/f) before quantisation."""
        weight = self.pre_quantizer.weight
        signed = (images * 2 - 1).to(weight.dtype)  # [−1, 1]
        x: Tensor = self.pre_quantizer(self.encoder(signed))
        return x

    def encode(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in [0, 1] → K token maps (B, s_k, s_k) int64, coarse to fine."""
        return [step.token_ids for step in self.quantizer.quantize(self.features(images).float())]

    def decode_signed(self, latent: Tensor) -> Tensor:
        """(B, C, h, w) float32 → (B, 3, f·h, f·w), nominally [−1, 1], not clamped: what training needs."""
        # Looked-up codes arrive channels-last by accident of indexing; the weights decide the layout, not they.
        latent = latent.contiguous().to(self.post_quantizer.weight.dtype)
        x: Tensor = self.decoder(self.post_quantizer(latent))
        return x

    def decode(self, latent: Tensor) -> Tensor:
        """(B, C, h, w) float32 → pictures (B, 3, f·h, f·w) float32 in [0, 1]."""
        return self.decode_signed(latent).float().clamp(-1, 1).add(1).mul(0.5)

    def reconstruct(self, token_maps: Sequence[Tensor]) -> list[Tensor]:
        """1 … K token maps → the decoded picture after each of them, every one in [0, 1]."""
        return [self.decode(latent) for latent in self.quantizer.accumulate(token_maps)]
