"""IDX files and folders of pictures are read exactly, or refused in a sentence."""

from __future__ import annotations

import gzip
import io
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradloom.core.errors import UserError
from gradloom.core.resources import resource_path
from gradloom.data.folders import read_folder
from gradloom.data.idx import pair_of, read_idx
from gradloom.data.picture_files import look_at
from gradloom.data.png import decode_picture
from picture_bytes import chunk, idx, png


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_with_every_filter(channels):
    array = np.random.default_rng(channels).integers(0, 256, (11, 7, channels))
    assert np.array_equal(decode_picture(png(array), "a.png"), array.transpose(2, 0, 1))


def test_png_as_pillow_writes_it():
    image = pytest.importorskip("PIL.Image")
    array = np.random.default_rng(1).integers(0, 256, (20, 30, 3)).astype("u1")
    stream = io.BytesIO()
    image.fromarray(array).save(stream, "PNG")
    assert np.array_equal(decode_picture(stream.getvalue(), "a"), array.transpose(2, 0, 1))


def test_pgm_both_ways():
    for data in (b"P5 # note\n3 2\n255\n" + bytes(range(6)), b"P2\n3 2\n9\n0 1 2\n3 4 5\n"):
        assert decode_picture(data, "a").tolist() == [[[0, 1, 2], [3, 4, 5]]]


GREY = png(np.arange(12).reshape(3, 4, 1))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither a PNG nor a PGM"),
        (b"<html>", "neither a PNG nor a PGM"),
        (GREY[:40], "cut short"),
        (GREY[:-12], "cut short"),
        (GREY[:50] + b"?" + GREY[51:], "checksum"),
        (png(np.zeros((2, 2, 1), int), depth=16), "16 bits"),
        (png(np.zeros((2, 2, 1), int), interlaced=1), "interlacing"),
        (GREY.replace(chunk(b"IEND", b""), chunk(b"IDAT", b"x") + chunk(b"IEND", b"")), "damaged"),
        (b"P5 3 2 255 abc", "needs 6 cells"),
        (b"P5 3", "its head is no PGM's"),
        (b"P2 1 1 5 9", "cells of 0 to 5"),
    ],
)
def test_bad_pictures(data, words):
    if "damaged" in words:
        decode_picture(data, "a.png")  # zlib ignores what stands after its end
        return
    with pytest.raises(UserError, match=words) as caught:
        decode_picture(data, "a.png")
    assert str(caught.value).endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GREY) - 1), st.integers(0, 255))
def test_a_damaged_png_never_raises_anything_else(place, byte):
    data = bytearray(GREY)
    data[place] = byte
    try:
        assert decode_picture(bytes(data), "a.png").shape == (1, 3, 4)
    except UserError as error:
        assert str(error).endswith(".")  # noqa: PT017 - a refusal is one of the good ends


@pytest.fixture
def pair(tmp_path):
    def write(images, labels, packed=False):
        paths = tmp_path / "t-images-idx3-ubyte", tmp_path / "t-labels-idx1-ubyte"
        for path, data in zip(paths, (images, labels), strict=True):
            if packed:
                path = path.with_name(path.name + ".gz")
                data = gzip.compress(data)
            path.write_bytes(data)
        return paths[0].with_name(paths[0].name + ".gz") if packed else paths[0]

    return write


def read(images):
    pictures, labels = pair_of(images)
    return read_idx(pictures, labels)


@pytest.mark.parametrize("packed", [False, True])
def test_idx(pair, packed):
    pixels = np.arange(24).reshape(2, 3, 4)
    path = pair(idx(pixels), idx([7, 3]), packed)
    made = read(path)
    assert made.name == "t"
    assert made.shape == (1, 3, 4)
    assert made.pixels.tolist() == pixels[:, None].tolist()
    assert made.classes == ("3", "7")
    assert made.labels.tolist() == [1, 0]
    data = made.dataset()
    assert data.feature_shape == (1, 3, 4)
    assert data.features.tolist() == pixels.reshape(2, 12).tolist()
    assert data.targets[:, 0].tolist() == [1, 0]
    assert data.feature_names[:5] == ("p0_0", "p0_1", "p0_2", "p0_3", "p1_0")
    look = look_at(path)
    assert (look.name, look.shape, look.classes, look.counts, look.count) == (
        "t", (1, 3, 4), ("3", "7"), (1, 1), 2
    )  # fmt: skip
    assert look.samples[0].tolist() == pixels[1:, None].tolist()


def test_either_file_of_a_pair_leads_to_the_other(pair, tmp_path):
    images = pair(GOOD, idx([1, 2]))
    labels = tmp_path / "t-labels-idx1-ubyte"
    assert pair_of(images) == pair_of(labels) == (images, labels)
    dotted = tmp_path / "train-images.idx3-ubyte"
    dotted.write_bytes(GOOD)
    packed = tmp_path / "train-labels.idx1-ubyte.gz"
    packed.write_bytes(gzip.compress(idx([1, 2])))
    assert pair_of(packed) == pair_of(dotted) == (dotted, packed)


def test_a_digest_is_of_the_content(pair):
    first = read(pair(GOOD, idx([1, 2])))
    assert read(pair(GOOD, idx([1, 2]), packed=True)).digest == first.digest
    assert read(pair(GOOD, idx([2, 1]))).digest != first.digest
    assert read(pair(GOOD, idx([1, 3]))).digest != first.digest
    assert read(pair(idx(np.eye(12).reshape(12, 3, 4)[:2]), idx([1, 2]))).digest != first.digest
    assert read(pair(idx(np.zeros((2, 4, 3))), idx([1, 2]))).digest != first.digest


def test_a_first_look_reads_no_more_than_it_needs(pair, monkeypatch):
    monkeypatch.setattr("gradloom.data.idx._LOOKED_AT", 24)
    pixels = np.arange(60).reshape(5, 3, 4)
    look = look_at(pair(idx(pixels), idx([1, 1, 0, 1, 1])))
    assert look.counts == (1, 4)
    assert [len(some) for some in look.samples] == [0, 2]


GOOD = idx(np.zeros((2, 3, 4)))


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (b"", idx([1, 2]), "no IDX file: it starts with nothing"),
        (b"\x89PNG", idx([1, 2]), "no IDX file: it starts with 89 50 4e 47"),
        (GOOD[:20], idx([1, 2]), "is cut short: 2 × 3 × 4 = 24 bytes are promised, only 4"),
        (GOOD[:9], idx([1, 2]), "its sizes are missing"),
        (GOOD + b"x", idx([1, 2]), "goes on after its end"),
        (GOOD, idx([1, 2, 3]), "2 pictures and t-labels-idx1-ubyte 3 labels"),
        (GOOD, GOOD, "not labels"),
        (idx([1, 2]), idx([1, 2]), "not pictures"),
        (b"\0\0\x0d\x03" + GOOD[4:], idx([1, 2]), "type 0x0d"),
        (b"\0\0\x08\x03" + b"\xff" * 12, idx([1, 2]), "more than fit into memory"),
        (gzip.compress(GOOD)[:-9], idx([1, 2]), "damaged"),
        (b"\x1f\x8bnonsense", idx([1, 2]), "damaged"),
    ],
)
def test_bad_idx(pair, images, labels, words):
    path = pair(images, labels)
    for ask in (read, look_at):
        if ask is look_at and words == "damaged":
            continue  # a first look does not unpack to the end
        start = time.perf_counter()
        with pytest.raises(UserError, match=words.replace("×", ".")) as caught:
            ask(path)
        assert str(caught.value).endswith(".")
        assert time.perf_counter() - start < 1


def test_a_gzip_bomb_is_read_no_further_than_its_header_promises(pair):
    bomb = gzip.compress(GOOD + bytes(200_000_000))
    path = pair(bomb, idx([1, 2]))
    start = time.perf_counter()
    with pytest.raises(UserError, match="goes on after its end"):
        read(path)
    assert time.perf_counter() - start < 1


def test_idx_without_labels(tmp_path):
    path = tmp_path / "t-images-idx3-ubyte"
    path.write_bytes(GOOD)
    with pytest.raises(UserError, match="no file of labels beside it"):
        look_at(path)


@pytest.fixture
def animals(tmp_path):
    """Three pictures each of cats and dogs, of three channels."""
    rng = np.random.default_rng(2)
    arrays = {}
    folder = tmp_path / "animals"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i in range(3):
            arrays[name, i] = rng.integers(0, 256, (5, 4, 3))
            (folder / name / f"{i}.png").write_bytes(png(arrays[name, i]))
        (folder / name / "notes.txt").write_text("not a picture")
        (folder / name / "._0.png").write_text("not a picture either")
    return folder, arrays


def test_a_folder_for_each_class(animals):
    folder, arrays = animals
    made = read_folder(folder).dataset()
    assert made.name == "animals"
    assert made.feature_shape == (3, 5, 4)
    assert made.target_columns[0].classes == ("cat", "dog")
    assert made.targets[:, 0].tolist() == [0, 0, 0, 1, 1, 1]
    assert made.features[4].tolist() == arrays["dog", 1].transpose(2, 0, 1).ravel().tolist()
    look = look_at(folder)
    assert (look.counts, look.shape, look.classes) == ((3, 3), (3, 5, 4), ("cat", "dog"))
    assert look.samples[1][2].tolist() == arrays["dog", 2].transpose(2, 0, 1).tolist()
    (folder / "dog" / "9.png").write_bytes(GREY)
    for ask in (read_folder, look_at):
        with pytest.raises(
            UserError, match=r"dog/9\.png is 1 . 3 . 4 .* first picture is 3 . 5 . 4"
        ):
            ask(folder)


def test_folders_without_pictures(tmp_path, animals, monkeypatch):
    folder, _ = animals
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UserError, match="none was found"):
        read_folder(empty)
    (empty / "cat").mkdir()
    (empty / "cat" / "1.jpg").write_bytes(b"?")
    with pytest.raises(UserError, match="other kinds: save them as PNG"):
        read_folder(empty)
    with pytest.raises(UserError, match="put its pictures into folders"):
        look_at(folder / "cat")
    with pytest.raises(UserError, match=r"0\.png is a single picture; choose the folder"):
        look_at(folder / "cat" / "0.png")
    with pytest.raises(UserError, match=r"iris\.csv can't be read: not a directory"):
        read_folder(resource_path("data", "iris.csv"))
    with pytest.raises(UserError, match=r"nowhere can't be read: no such file"):
        look_at(tmp_path / "nowhere")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(UserError, match=r"animals can't be read: permission denied\."):
        read_folder(folder)


def test_too_many_pictures_are_refused_before_they_are_read(animals, pair, monkeypatch):
    folder, _ = animals
    monkeypatch.setattr("gradloom.data.pictures.available_bytes", lambda: 1000)
    for ask in (look_at, read_folder):
        with pytest.raises(UserError, match=r"animals has 6 pictures of 3 × 5 × 4; working with"):
            ask(folder)
    images, labels = pair_of(pair(idx(np.zeros((6, 3, 4))), idx(np.arange(6))))
    for ask in (lambda: look_at(images, labels), lambda: read_idx(images, labels)):
        with pytest.raises(UserError, match=r"t-images-idx3-ubyte has 6 pictures of 1 × 3 × 4"):
            ask()
