"""Which names programs give to files that they have not finished. Looks at names only.

Source: browsers (.part, .crdownload, .download, .opdownload), rsync(1) (".name.XXXXXX"), Syncthing, Dropbox, OneDrive,
Nextcloud, macOS ("._name"), office programs and editors ("~name", "name~").
"""

import re

_TEMPORARY = re.compile(
    r"""
    \..*                                    # rsync, Syncthing, macOS, Nextcloud's databases, Synology
    | ~.*                                   # OneDrive (~RF...), office programs, Syncthing on Windows (~syncthing~...)
    | .*~                                   # editors, Nextcloud (.~1234)
    | .*\.(?:part|partial|crdownload|download|opdownload|filepart|tmp|temp|swp|lock|aria2|\!ut|\!sync|bts)
    | .*\.tagger-tmp
    | .*_exiftool_tmp
    | .*\.~tmp~
    | .*\.(?:part|tmp|temp)\.[^.]+          # name.tmp.jpg
    | .*\.sb-[0-9a-f]{8}-[A-Za-z0-9]{6}     # macOS programs that save safely
    | .*\.[A-Za-z0-9]{6}\.(?:tmp|partial)
    | goutputstream-.*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_TEMPORARY_FOLDERS = frozenset({"@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"})


def is_temporary(name: str) -> bool:
    """Whether a file or folder of this name is being made by a program, or is one that programs keep for themselves."""
    return name in _TEMPORARY_FOLDERS or _TEMPORARY.fullmatch(name) is not None
