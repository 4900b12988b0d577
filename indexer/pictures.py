"""Draw the first page of a PDF or an image as a small WebP picture, each file in a limited process of its own.

Run as `python -m indexer.pictures FOLDER`, a process without threads that answers a line for each line it is given:
`{"path": "…", "name": "…"}` in, `{"name": "…", "made": true}` out. A picture becomes FOLDER/<name>.webp; where none can be
made an empty FOLDER/<name>.none stands in its place, so that it is not tried again. Pictures are derived and may be
thrown away. Knows files, not communities.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from indexer.extraction import confined
from indexer.extraction.model import ExtractError, Limits
from indexer.extraction.opening import open_regular

if TYPE_CHECKING:  # loaded late: the web process takes the names of this module alone
    from PIL.Image import Image as Picture

FORMATS = frozenset({"pdf", "image"})
WIDTH_PX = 320
HEIGHT_MAX_PX = 480  # of a long strip the top is shown
PICTURE_MAX_BYTES = 200_000
QUALITY = 72  # of WebP: text of a page stays legible as grey, at 8 to 15 kB
LIMITS = Limits(time_s=8.0, time_s_per_mb=0.05)
PIXELS_MAX = 100_000_000  # of an image file: 300 MB when decoded
NICENESS = 10
WATCH_S = 0.5  # how often the leader looks whether whoever asked still lives
_MADE, _NONE = ".webp", ".none"


def picture_path(folder: Path, name: str) -> Path:
    """Where the picture of this name is once it is made."""
    return folder / name[:2] / (name + _MADE)


def is_hopeless(folder: Path, name: str) -> bool:
    """Whether it was tried and no picture can be made."""
    return picture_path(folder, name).with_suffix(_NONE).exists()


def forget_all_but(folder: Path, names: frozenset[str]) -> None:
    """Take away the pictures of files that are no longer there."""
    for path in folder.glob("??/*"):
        if path.suffix in (_MADE, _NONE) and path.stem not in names:
            path.unlink(missing_ok=True)


def make(path: str, name: str, folder: Path, *, limits: Limits = LIMITS) -> bool:
    """Make the picture of a file by a limited worker; tell whether there is one. This process must hold no threads."""
    target = picture_path(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        data = _by_worker(path, limits)
    except ExtractError:
        target.with_suffix(_NONE).touch()
        return False
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        file.write(data)
    Path(file.name).replace(target)
    return True


def draw(source: BinaryIO) -> bytes:
    """The first page as WebP, `WIDTH_PX` wide. In this process: strangers' files go through `make`."""
    from PIL import Image

    is_pdf = source.read(1024).lstrip().startswith(b"%PDF")
    source.seek(0)
    picture: Picture = _first_page(source) if is_pdf else _image(source)
    if picture.height > HEIGHT_MAX_PX:
        picture = picture.crop((0, 0, picture.width, HEIGHT_MAX_PX))
    if picture.mode != "RGB":
        paper = Image.new("RGB", picture.size, "white")
        alpha = picture.convert("RGBA")
        paper.paste(alpha, mask=alpha.getchannel("A"))
        picture = paper
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=QUALITY, method=4)
    return stream.getvalue()


def _first_page(source: BinaryIO) -> Picture:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(source)
    page = document[0]
    width, height = page.get_size()
    scale = WIDTH_PX / max(width, 1.0)
    # A page of a kilometre is drawn as far as it is shown.
    below = max(0.0, height - HEIGHT_MAX_PX / scale)
    picture: Picture = page.render(scale=scale, crop=(0, below, 0, 0)).to_pil()
    return picture


def _image(source: BinaryIO) -> Picture:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    with Image.open(source) as image:
        if image.width * image.height > PIXELS_MAX:
            raise ExtractError("too-large", "has too many pixels")
        image.draft("RGB", (WIDTH_PX * 2, HEIGHT_MAX_PX * 2))
        upright = ImageOps.exif_transpose(image)
        height = max(1, round(upright.height * WIDTH_PX / upright.width))
        if upright.width < WIDTH_PX:
            return upright.copy()
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB").resize((WIDTH_PX, height))


def _by_worker(path: str, limits: Limits) -> bytes:
    """What a forked worker answers within its limits. Raises ExtractError."""
    with tempfile.TemporaryDirectory(prefix="estafette-", ignore_cleanup_errors=True) as scratch:
        own = Path(scratch) / "1"
        own.mkdir()
        try:
            seconds = limits.seconds_for(os.lstat(path).st_size)
        except OSError as error:
            raise ExtractError("unreadable", "does not exist") from error
        answer_fd, write_fd = os.pipe()
        leader = os.getpid()
        pid = os.fork()
        if not pid:
            _work(path, limits, seconds=seconds, leader=leader, answer_fd=write_fd, scratch=own)
        os.close(write_fd)
        try:
            return _received(answer_fd, time.monotonic() + seconds)
        finally:
            os.close(answer_fd)
            for target in (-pid, pid):  # its group, or itself where it had not got so far as to have one
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(target, signal.SIGKILL)
            os.waitpid(pid, 0)


def _work(path: str, limits: Limits, *, seconds: float, leader: int, answer_fd: int, scratch: Path) -> NoReturn:
    code = confined.FAILED
    try:
        confined.confine(limits, seconds=seconds, leader=leader, answer_fd=answer_fd, scratch=scratch)
        with open_regular(path) as source:
            confined.answer(draw(source))
        code = confined.ANSWERED
    finally:
        os._exit(code)


def _received(answer_fd: int, deadline: float) -> bytes:
    answer, parent = bytearray(), os.getppid()
    while True:
        ready, _, _ = select.select([answer_fd], [], [], WATCH_S)
        if ready:
            data = os.read(answer_fd, 1 << 16)
            if not data:
                break
            answer += data
        if time.monotonic() > deadline or len(answer) > PICTURE_MAX_BYTES or os.getppid() != parent:
            raise ExtractError("too-slow", "takes too long to draw")
    if answer[:4] != b"RIFF" or answer[8:12] != b"WEBP":
        raise ExtractError("damaged", "can't be drawn")
    return bytes(answer)


def main() -> None:
    """Answer requests on standard input until it is closed."""
    folder = Path(sys.argv[1])
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes our input
    # Loaded once, so that each fork costs milliseconds.
    import PIL.Image
    import PIL.WebPImagePlugin
    import pypdfium2  # noqa: F401

    PIL.Image.init()
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            made = make(wanted["path"], wanted["name"], folder)
        except OSError:
            made = False  # a full disk: there is no picture now, perhaps later
        print(json.dumps({"name": wanted["name"], "made": made}), flush=True)


if __name__ == "__main__":
    main()
