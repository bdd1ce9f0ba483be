"""Pictures survive the way in and out, and what is no picture is refused before it can do harm."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from var_core.errors import EditingError
from var_core.images import contact_sheet, read_picture, read_rgb, read_settings, save_animation, save_png, to_pixels


def as_bytes(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def gradient(side: int = 32) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return np.stack([x * 8, y * 8, (x + y) * 4], 2).clip(0, 255).astype(np.uint8)


def test_pixels_round_to_the_nearest_level() -> None:
    levels = torch.tensor([0.0, 0.499 / 255, 0.501 / 255, 1.0]).view(1, 1, 2, 2).expand(1, 3, 2, 2)
    assert to_pixels(levels)[0, :, :, 0].tolist() == [[0, 0], [1, 255]]


def test_a_sheet_holds_every_picture_in_reading_order() -> None:
    pixels = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 3), np.uint8)
    sheet = contact_sheet(pixels)
    assert sheet.shape == (4, 9, 3)
    assert sheet[::2, ::3, 0].tolist() == [[0, 1, 2], [3, 4, 0]]
    assert contact_sheet(pixels, columns=5).shape == (2, 15, 3)


def test_settings_travel_in_a_png_without_touching_its_pixels(tmp_path: Path) -> None:
    settings = {"class": "火山 <b>", "seeds": [0, 2**32 - 1], "top_p": None}
    save_png(tmp_path / "a.png", gradient(), settings)
    assert read_settings(tmp_path / "a.png") == settings
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), gradient())


def test_a_png_without_settings_says_so(tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", gradient())
    with pytest.raises(EditingError, match="holds no settings"):
        read_settings(tmp_path / "a.png")


def test_an_animation_holds_every_frame(tmp_path: Path) -> None:
    frames = [np.full((8, 8, 3), value, np.uint8) for value in (0, 90, 200)]
    save_animation(tmp_path / "a.webp", frames)
    with Image.open(tmp_path / "a.webp") as animation:
        assert animation.n_frames == 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "GIF", "JPEG"])
def test_common_kinds_are_read(kind: str) -> None:
    picture = read_picture(as_bytes(Image.fromarray(gradient()), kind), 32)
    assert picture.shape == (3, 32, 32)
    assert float((picture * 255 - torch.from_numpy(gradient()).permute(2, 0, 1)).abs().mean()) < 8


def test_modes_keep_their_meaning() -> None:
    red = Image.new("RGB", (16, 16), (255, 0, 0))
    expected = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1).expand(3, 16, 16)
    for data in (
        as_bytes(red, "PNG"),
        as_bytes(red.convert("CMYK"), "JPEG", quality=100),
        as_bytes(red.convert("P"), "PNG"),
        as_bytes(red.convert("RGBA"), "PNG"),
    ):
        torch.testing.assert_close(read_picture(data, 16), expected, atol=0.02, rtol=0)
    clear = as_bytes(Image.new("RGBA", (16, 16), (0, 0, 0, 0)), "PNG")
    assert read_picture(clear, 16).min() == 1
    deep = as_bytes(Image.fromarray(np.full((16, 16), 32768, np.uint16)), "PNG")
    torch.testing.assert_close(read_picture(deep, 16), torch.full((3, 16, 16), 0.5), atol=0.01, rtol=0)


def test_orientation_is_taken_from_exif() -> None:
    half = np.zeros((16, 16, 3), np.uint8)
    half[:8] = 255  # white above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise: white on the right
    turned = read_picture(as_bytes(Image.fromarray(half), "PNG", exif=exif.tobytes()), 16)
    assert turned[:, :, 12:].min() == 1
    assert turned[:, :, :4].max() == 0


def broken_exif() -> bytes:
    """EXIF that says "a quarter clockwise" and a width that cannot be written down again."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0100] = 7
    data = bytearray(exif.tobytes())
    at = data.index(b"\x01\x00", 8)
    data[at + 2 : at + 4] = b"\x00\x05"  # a whole number becomes a fraction
    return bytes(data)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("exif", [b"Exif\0\0MM\0*", b"Exif\0\0nonsense", broken_exif()])
def test_bad_exif_does_not_keep_a_picture_from_being_read(kind: str, exif: bytes) -> None:
    data = as_bytes(Image.fromarray(gradient()), kind, exif=exif)
    assert read_picture(data, 32).shape == (3, 32, 32)


def test_any_error_of_the_reader_becomes_a_clear_one(monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_bytes(Image.fromarray(gradient()), "TIFF")
    for error in (struct.error("unpack"), TypeError("a text"), KeyError(7), IndexError(), OverflowError()):
        monkeypatch.setattr(Image.Image, "load", _raiser(error))
        monkeypatch.setattr(TiffImageFile, "load", _raiser(error))
        with pytest.raises(EditingError, match=f"damaged or unreadable .{type(error).__name__}"):
            read_rgb(data)


def _raiser(error: Exception) -> Callable[[object], None]:
    def load(_picture: object) -> None:
        raise error

    return load


def test_a_tiff_whose_strips_lie_in_words_is_refused() -> None:
    data = bytearray(as_bytes(Image.fromarray(gradient()), "TIFF"))
    at = data.index((273).to_bytes(2, "little"), 8)  # where the pixels lie …
    data[at + 2 : at + 4] = (2).to_bytes(2, "little")  # … becomes a text
    with pytest.raises(EditingError, match="damaged"):
        read_rgb(bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_dark_picture_of_16_bits_stays_dark(kind: str) -> None:
    dark = Image.fromarray(np.arange(0, 256, 4, dtype=np.uint16).reshape(8, 8))
    assert np.asarray(read_rgb(as_bytes(dark, kind))).max() == 1


@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "WEBP"])
def test_an_orientation_is_heeded_once(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_rgb(as_bytes(Image.new("RGB", (30, 10)), kind, exif=exif)).size == (10, 30)


@pytest.mark.parametrize("name", ["a.mp4", "a.jpg", "a"])
def test_an_animation_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(EditingError, match=r"must end in \.webp, \.gif, \.png"):
        save_animation(tmp_path / name, [gradient()])


def test_an_animation_larger_than_its_kind_can_hold_is_refused(tmp_path: Path) -> None:
    frames = [np.full((1, 16384, 3), value, np.uint8) for value in (0, 9)]
    with pytest.raises(EditingError, match="16384×1 pixels, only up to 16383"):
        save_animation(tmp_path / "a.webp", frames)
    save_animation(tmp_path / "a.png", frames)


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    data = as_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(data, 8)[0].min() > 0.9


def test_an_oblong_picture_keeps_its_centre() -> None:
    wide = np.zeros((1, 20000, 3), np.uint8)
    wide[:, 9990:10010] = 255
    assert read_picture(as_bytes(Image.fromarray(wide), "PNG"), 16).min() == 1


def bomb() -> bytes:
    """A PNG that claims 50000 × 50000 pixels in a few bytes."""
    header = (50000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no picture of a known kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture of a known kind"),
        (b"<!doctype html><script>alert(1)</script>", "no picture of a known kind"),
        (as_bytes(Image.fromarray(gradient(64)), "PNG")[:200], "damaged"),
        (bomb(), "more than 16 million pixels"),
        (as_bytes(Image.new("L", (5000, 4000)), "PNG"), "5000×4000 pixels; at most 16 million"),
    ],
)
def test_what_is_no_fit_picture_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(EditingError, match=words):
        read_picture(data, 16)
