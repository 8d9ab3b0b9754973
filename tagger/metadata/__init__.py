"""Words to file: byte-preserving edits of EXIF, XMP and IPTC."""
