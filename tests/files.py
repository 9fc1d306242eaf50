"""Small files to upload: what they hold is what their names say, unless a test says otherwise."""

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image

# A head by which players know an MP4, of ISO's own brand; 1000 bytes in all.
MP4_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41"
MP4 = MP4_HEAD + (bytes(range(250)) * 4)[: 1000 - len(MP4_HEAD)]
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nSink.\n"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def mp4(seconds: float) -> bytes:
    """An MP4 without a picture whose header says how long it lasts."""
    times = int(seconds * 1000)
    header = bytes(4) + bytes(8) + (1000).to_bytes(4, "big") + times.to_bytes(4, "big") + bytes(80)
    inner = (8 + len(header)).to_bytes(4, "big") + b"mvhd" + header
    return MP4_HEAD + (8 + len(inner)).to_bytes(4, "big") + b"moov" + inner


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A picture of one color."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG as a telephone makes it: where it was taken, by what, lying on its side, with a comment and XMP."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Daniela"
    exif[0x0112] = 6  # turn by 90 degrees to show it
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 44.0, 55.0), 3: "W", 4: (84.0, 23.0, 11.0)})
    return picture(exif=exif, comment=b"Client at home", xmp=b"<x:xmpmeta>GPSLatitude 33</x:xmpmeta>")


def packed(**files: bytes) -> bytes:
    """A zip; `__` in a name stands for a slash, `_D_` for a dot."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        for name, data in files.items():
            into.writestr(name.replace("__", "/").replace("_D_", "."), data)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """The least that a Word file has."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        into.writestr("[Content_Types].xml", b"<Types/>")
        into.writestr("word/document.xml", b"<w:document/>")
        for name, data in more.items():
            into.writestr(name.replace("__", "/"), data)
    return out.getvalue()
