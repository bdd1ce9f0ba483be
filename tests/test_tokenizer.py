"""The autoencoder around the quantiser."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from var_core.autoencoder import Downsample, SpatialAttention
from var_core.pipeline import VARPipeline


def test_decoded_pictures_lie_in_0_to_1_whatever_the_latent(pipe: VARPipeline) -> None:
    for size in (0.0, 1.0, 100.0):
        latent = size * torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(0))
        images = pipe.decode(latent)
        assert images.shape == (2, 3, 8, 8)
        assert images.dtype == torch.float32
        assert images.min() >= 0
        assert images.max() <= 1
    assert ((images == 0) | (images == 1)).any(), "nothing was clamped"


def test_decoding_maps_minus_1_to_0_and_1_to_1(pipe: VARPipeline) -> None:
    latent = torch.randn(1, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        signed = pipe.tokenizer.decode_signed(latent)
    assert torch.allclose(pipe.decode(latent), (signed.clamp(-1, 1) + 1) / 2, atol=1e-6)


def test_the_encoder_sees_minus_1_to_1(pipe: VARPipeline, picture: Tensor) -> None:
    tokenizer = pipe.tokenizer
    with torch.no_grad():
        expected = tokenizer.pre_quantizer(tokenizer.encoder(picture * 2 - 1))
        assert torch.equal(tokenizer.features(picture), expected)


def test_encoding_gives_one_map_a_scale_and_is_the_same_in_a_batch(pipe: VARPipeline) -> None:
    images = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(3))
    maps = pipe.encode(images)
    assert [tuple(ids.shape) for ids in maps] == [(4, 1, 1), (4, 2, 2), (4, 4, 4)]
    for row in range(4):
        for together, alone in zip(maps, pipe.encode(images[row : row + 1]), strict=True):
            assert torch.equal(together[row : row + 1], alone)
    assert len(maps[-1].unique()) > 3


def test_reconstruction_ends_in_the_decoded_sum(pipe: VARPipeline, picture: Tensor) -> None:
    maps = pipe.encode(picture)
    images = pipe.reconstruct(maps)
    assert len(images) == 3
    *_, latent = pipe.tokenizer.quantizer.accumulate(maps)
    assert torch.equal(images[-1], pipe.decode(latent))
    assert torch.equal(pipe.reconstruct(maps[:2])[1], images[1])


def test_downsampling_pads_at_the_right_and_bottom_only() -> None:
    module = Downsample(1).requires_grad_(False)
    module.conv.weight.zero_()
    module.conv.bias.zero_()
    module.conv.weight[0, 0, 0, 0] = 1  # reads the window's upper left: pixel (2i, 2j) without padding there
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert torch.equal(module(x)[0, 0], x[0, 0, ::2, ::2])
    module.conv.weight[0, 0, 0, 0] = 0
    module.conv.weight[0, 0, 2, 2] = 1  # and its lower right: beyond the edge there are zeros
    assert torch.equal(module(x)[0, 0], torch.tensor([[10.0, 0.0], [0.0, 0.0]]))


def test_attention_sits_at_the_coarsest_level_only(pipe: VARPipeline) -> None:
    for part in (pipe.tokenizer.encoder, pipe.tokenizer.decoder):
        per_level = [sum(isinstance(m, SpatialAttention) for m in level.modules()) for level in part.levels]
        assert per_level[0] == 0
        assert per_level[-1] == len(part.levels[-1].blocks) > 0


def test_group_norms_use_epsilon_1e_6(pipe: VARPipeline) -> None:
    norms = [module for module in pipe.tokenizer.modules() if isinstance(module, nn.GroupNorm)]
    assert len(norms) > 10
    x = 1e-3 * torch.randn(1, norms[0].num_channels, 4, 4, generator=torch.Generator().manual_seed(0))
    right, foreign = (F.group_norm(x, 4, norms[0].weight, norms[0].bias, eps) for eps in (1e-6, 1e-5))
    assert not torch.allclose(right, foreign, atol=0.1), "the epsilons could not be told apart"
    assert torch.allclose(norms[0](x), right)
    assert {norm.eps for norm in norms} == {1e-6}


def test_spatial_attention_is_softmax_over_positions_with_scale_root_c() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = SpatialAttention(8, 4).requires_grad_(False)
        nn.init.normal_(module.qkv.weight)
        x = torch.randn(2, 8, 3, 3)
    q, k, v = module.qkv(module.norm(x)).flatten(2).split(8, dim=1)  # (B, C, N)
    weights = (q.transpose(1, 2) @ k * 8**-0.5).softmax(-1)  # (B, N, N)
    mixed = (v @ weights.transpose(1, 2)).view_as(x)
    assert torch.allclose(module(x), x + module.proj(mixed), atol=1e-5)
