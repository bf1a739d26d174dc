"""Makes the dark twin of an SVG from its colors.

Neutral colors swap light for dark, so that ink turns light and a white ground dark. Saturated
colors keep their hue and only become light enough to be seen on a dark page. Images inside the
SVG follow the same rule where they are grey; a colored image stays as it is, because there the
color is the value.
"""

import base64
import io
import re

import numpy as np

HEX = re.compile(r"#([0-9a-fA-F]{6})\b")
IMAGE = re.compile(r"(data:image/png;base64,)([A-Za-z0-9+/=\s]+)")
DARKEST, LIGHTEST = 0.22, 0.93  # lightness, in OKLab, of what was white and black
COLORED = 0.05  # OKLab chroma from which a color is hardly neutral any more
LIGHT_ENOUGH = 0.72  # lightness that a saturated color has at least, on the dark page

TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def dark_twin(svg):
    """Return the SVG for dark pages."""
    svg = IMAGE.sub(lambda found: found[1] + _dark_image(found[2]), svg)
    svg = HEX.sub(lambda found: _dark_hex(found[1]), svg)
    # Matplotlib leaves black fills out, since they are SVG's default.
    return svg.replace("<svg ", f'<svg fill="{_dark_hex("000000")}" ', 1)


def dark(rgb):
    """Return the dark page's version of sRGB colors in [0, 1], shape (..., 3)."""
    lab = _to_oklab(np.asarray(rgb, dtype=float))
    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    swapped = DARKEST + (LIGHTEST - DARKEST) * np.clip(1 - lightness, 0, 1) ** 0.75
    lifted = np.maximum(lightness, LIGHT_ENOUGH)
    # A pale tint is a ground and swaps; a strong or dark color is a line and is lifted.
    color = np.clip((chroma - COLORED / 2) / COLORED, 0, 1)
    target = np.where(lightness < 0.5, np.maximum(swapped, LIGHT_ENOUGH), swapped)
    lab = lab.copy()
    lab[..., 0] = (1 - color) * target + color * lifted
    neutral = chroma < COLORED / 2
    lab[..., 0] = np.where(neutral, swapped, lab[..., 0])
    return np.clip(_from_oklab(lab), 0, 1)


def _dark_hex(digits):
    rgb = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return "#" + "".join(f"{round(255 * value):02x}" for value in dark(rgb))


def _dark_image(encoded):
    """Return a PNG in base64 with dark for light, if the image is grey; else the same one."""
    from PIL import Image

    raw = base64.b64decode("".join(encoded.split()))
    pixels = np.asarray(Image.open(io.BytesIO(raw)).convert("RGBA"))
    rgb = pixels[..., :3].astype(int)
    if np.ptp(rgb, axis=-1).max(initial=0) > 12:
        return encoded
    twin = np.concatenate([np.round(255 * dark(rgb / 255)), pixels[..., 3:]], axis=-1)
    file = io.BytesIO()
    Image.fromarray(twin.astype(np.uint8)).save(file, format="PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _to_oklab(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ TO_CONES.T) @ TO_LAB.T


def _from_oklab(lab):
    linear = (lab @ np.linalg.inv(TO_LAB).T) ** 3 @ np.linalg.inv(TO_CONES).T
    linear = np.clip(linear, 0, None)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
