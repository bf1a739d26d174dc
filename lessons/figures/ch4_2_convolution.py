"""Pictures of lesson 4.2: where windows fit, and windows as columns of a matrix."""

import numpy as np
from matplotlib.patches import Rectangle

from grader.pictures import style
from grader.pictures.tiles import show_image
from solutions.ch4_2_convolution import conv2d

IMAGE = np.array([[1, 0, 2, 3], [4, 1, 0, 1], [2, 3, 1, 0], [1, 2, 0, 4]])
FILTER = np.array([[1, 2], [0, -1]])
WINDOWS = {(0, 0): 1, (1, 2): 3}  # upper left pixel: color
LAYOUTS = [(1, 0), (2, 0), (2, 1)]  # stride, padding


def windows_in_a_row():
    """Eight pixels, a filter of three, and every place where it fits, for three layouts."""
    fig, axes = style.figure("Counting the places where a filter of 3 fits on 8 pixels", columns=3)
    fig.set_size_inches(8, 3.8)
    for ax, (stride, padding) in zip(axes, LAYOUTS, strict=True):
        length = 8 + 2 * padding
        for pixel in range(-padding, 8 + padding):
            inside = 0 <= pixel < 8
            box = {"facecolor": "#d0d0d0" if inside else "white", "edgecolor": style.INK}
            ax.add_patch(Rectangle((pixel, 0), 1, 0.8, linestyle="-" if inside else ":", **box))
            ax.text(pixel + 0.5, 0.4, pixel if inside else 0, ha="center", va="center")
        count = (length - 3) // stride + 1
        for i in range(count):
            start = i * stride - padding
            line = style.look(i % 3) | {"linestyle": "-", "linewidth": 5}
            ax.plot([start + 0.1, start + 2.9], [-0.7 - i] * 2, solid_capstyle="butt", **line)
            ax.text(start + 3.05, -0.7 - i, i, va="center", fontsize=9)
        ax.set(xlim=(-1.3, 9.6), ylim=(-7, 1.2))
        ax.set_axis_off()
        ax.set_title(f"stride {stride}, padding {padding}: {count} places", fontsize=10)
    return fig


def im2col_layout():
    """Two windows of an image become two columns of a matrix; the filter becomes a row."""
    fig = style.canvas("Each window becomes a column, and convolution a matrix product")
    grid = fig.add_gridspec(2, 3, width_ratios=[4, 2, 9], height_ratios=[4, 1.1])
    fig.set_size_inches(8, 3.6)
    image, kernel, columns = (fig.add_subplot(grid[0, k]) for k in range(3))
    answer, row = fig.add_subplot(grid[1, 2]), fig.add_subplot(grid[1, :2])
    matrix = np.array([IMAGE[m : m + 3, n : n + 3].ravel() for m in (0, 1) for n in (0, 1)])
    out = conv2d(IMAGE, FILTER)
    for ax, values, name in [
        (image, IMAGE, "image, 4 x 4"),
        (kernel, FILTER, "filter, 2 x 2"),
        (columns, matrix, "the windows as columns, 4 x 9"),
        (row, FILTER.reshape(1, 4), "the filter as a row, 1 x 4"),
        (answer, out.reshape(1, 9), "row times columns, 1 x 9: the answer, 3 x 3, flattened"),
    ]:
        show_image(ax, np.zeros(values.shape), name)
        for (i, j), value in np.ndenumerate(values):
            ax.text(j, i, f"{value:g}", ha="center", va="center", fontsize=11)
        height, width = values.shape
        for line in range(1, height):
            ax.axhline(line - 0.5, color="#bbbbbb", linewidth=0.7, linestyle="-")
        for line in range(1, width):
            ax.axvline(line - 0.5, color="#bbbbbb", linewidth=0.7, linestyle="-")
    for (i, j), number in WINDOWS.items():
        frame = {"facecolor": "none", "edgecolor": style.look(number)["color"], "linewidth": 3}
        place = 3 * i + j
        image.add_patch(Rectangle((j - 0.45, i - 0.45), 1.9, 1.9, **frame))
        columns.add_patch(Rectangle((place - 0.45, -0.45), 0.9, 3.9, **frame))
        answer.add_patch(Rectangle((place - 0.45, -0.45), 0.9, 0.9, **frame))
    return fig


def pixel_coverage():
    """How many windows each pixel of a 7 x 7 image lies in."""
    title = "A pixel in the middle is in many windows, a corner in one"
    fig, axes = style.figure(title, columns=3)
    fig.set_size_inches(8, 3.3)
    for ax, (size, stride) in zip(axes, [(2, 1), (3, 1), (3, 2)], strict=True):
        covered = np.zeros((7, 7))
        places = range(0, 7 - size + 1, stride)
        for i in places:
            for j in places:
                covered[i : i + size, j : j + size] += 1
        name = f"filter {size} x {size}, stride {stride}"
        show_image(ax, covered, name, limit=1.6 * covered.max(), numbers=True)
    return fig
