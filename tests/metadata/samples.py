"""A variety of photos, by name: what cameras and programs write."""

import struct

import jpegs
from jpegs import (
    alt,
    bag,
    camera_tiff,
    exif_segment,
    foreign_packet,
    iim,
    iptc_segment,
    picture,
    with_segments,
    xmp_segment,
)


def _sony_preview() -> bytes:
    """A maker note that points to a preview behind the picture's end, counted from the TIFF header."""
    jpeg = picture((20, 10))
    preview = bytes(32) + jpeg[:2] + jpeg[20:]  # Sony puts 32 bytes before it, and no JFIF into it

    def build(offset: int) -> bytes:
        tiff = camera_tiff("<", note=False)
        tiff.ifd0[0] = (0x010F, 2, b"SONY\0")
        tiff.maker_note = jpegs.MakerNote(b"SONY DSC \0\0\0", ((0xB020, 2, b"Standard\0"),), (offset, len(preview)))
        return with_segments(picture(), exif_segment(tiff.build()))

    draft = build(0)
    return build(len(draft) - draft.index(b"Exif\0\0") - 6) + preview


def _extended() -> bytes:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    body = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    part = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(body), 0) + body
    main = foreign_packet(
        '<xmpNote:HasExtendedXMP xmlns:xmpNote="http://ns.adobe.com/xmp/note/">'
        + guid.decode()
        + "</xmpNote:HasExtendedXMP>"
    )
    return with_segments(picture(), xmp_segment(main), jpegs.segment(0xE1, part))


def samples() -> dict[str, bytes]:
    camera = {
        f"camera {name}": camera_tiff(order).build() for name, order in (("little endian", "<"), ("big endian", ">"))
    }
    mixed = (
        exif_segment(camera_tiff(">", description=b"").build()),
        xmp_segment(foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea", ("de", "Das Meer")))),
        iptc_segment(iim(b"sea", b"sand", caption=b"The sea")),
    )
    icc = jpegs.segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(200))
    return {
        "bare": picture(),
        "progressive": picture((64, 64), progressive=True),
        "grey": picture(mode="L"),
        "cmyk": picture(mode="CMYK"),
        "restart markers": picture((64, 64), restart_marker_blocks=1),
        "comment and profile": with_segments(picture(), icc, jpegs.segment(0xFE, b"made by hand")),
        **{name: with_segments(picture(), exif_segment(block)) for name, block in camera.items()},
        "person's caption": with_segments(
            picture(), exif_segment(camera_tiff(description=b"Aunt Mary, 1990\0").build())
        ),
        "foreign xmp": with_segments(picture(), xmp_segment(foreign_packet())),
        "attributes": with_segments(
            picture(), xmp_segment(jpegs.packet('<rdf:Description rdf:about="" xmp:Rating="3"/>'))
        ),
        "hierarchy": with_segments(
            picture(),
            xmp_segment(
                foreign_packet(
                    bag("lr:hierarchicalSubject", "place|sea") + bag("digiKam:TagsList", "place/sea", kind="Seq")
                )
            ),
        ),
        "iptc": with_segments(picture(), iptc_segment(iim(b"sea", caption=b"The sea"))),
        "iptc utf-8": with_segments(picture(), iptc_segment(iim("größe".encode(), utf8=True))),
        "all three": with_segments(picture(), *mixed),
        "mpf": jpegs.mpf_file()[0],
        "mpf before exif and xmp": jpegs.mpf_file(
            after=(exif_segment(camera["camera big endian"]), xmp_segment(foreign_packet()))
        )[0],
        "sony preview": _sony_preview(),
        "extended xmp": _extended(),
        "trailer": picture() + b"SomeTrailer" * 20,
    }
