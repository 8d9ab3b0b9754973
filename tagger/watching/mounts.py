"""Whether changes below a folder reach us by themselves: the system does not tell of what others do on a network drive.

Source: proc_pid_mountinfo(5). Elsewhere than on Linux this cannot be found out: there the user says ``--poll``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SILENT = re.compile(
    r"nfs\d*|cifs|smb\d*|smbfs|9p|afs|ceph|glusterfs|lustre|ncpfs|ocfs2|gfs2|vboxsf|vmhgfs|prl_fs|drvfs|davfs|beegfs"
    r"|fuse|fuse\..+"
)
_LOCAL = frozenset({"fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.portal"})
_ESCAPE = re.compile(r"\\([0-7]{3})")


def network_type(folder: Path, mountinfo: str | None = None) -> str:
    """The type of a drive that does not tell of changes (``nfs4``), at ``folder``, above or below it; empty: none.

    ``folder`` is absolute, without links.
    """
    if mountinfo is None:
        try:
            mountinfo = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ""
    mounts = dict(_mounts(mountinfo))  # of several on one place the last one counts
    own = max((place for place in mounts if folder.is_relative_to(place)), key=lambda at: len(at.parts), default=None)
    kinds = [kind for place, kind in mounts.items() if place == own or place.is_relative_to(folder)]
    return next((kind for kind in kinds if kind not in _LOCAL and _SILENT.fullmatch(kind)), "")


def _mounts(mountinfo: str) -> Iterator[tuple[Path, str]]:
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        parts, kind = fields.split(" "), rest.partition(" ")[0]
        if len(parts) >= 5 and kind:
            yield Path(_ESCAPE.sub(lambda match: chr(int(match[1], 8)), parts[4])), kind
