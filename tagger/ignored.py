"""Which photos a file ``.taggerignore`` keeps from us, by gitignore's rules. Reads those files and nothing else.

Source: gitignore(5); patterns are read by pathspec. Such a file holds for its folder and everything below, a deeper
one counts more, and of the lines of one file the last that matches.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

FILE_NAME = ".taggerignore"
_REMEMBERED = 1000  # folders

_Patterns = tuple[tuple[re.Pattern[str], bool], ...]  # and whether what matches is left out, or taken in again
_Rules = tuple[tuple[Path, _Patterns], ...]


class Ignored:
    """What is left out below ``top`` (absolute, without links).

    ``top`` was named by the user: a rule of a folder above that would leave ``top`` itself out does not hold.
    """

    def __init__(self, top: Path) -> None:
        self._top = top
        self._rules: dict[Path, _Rules] = {}

    def covers(self, path: Path, *, folder: bool) -> bool:
        """Whether a rule leaves ``path`` out, whose folder is not left out itself. Raises OSError: a file of rules
        that cannot be read.
        """
        return _matches(self._of(path.parent), path, folder=folder)

    def holds_in(self, folder: Path) -> bool:
        """Whether any rule has a say in what is in ``folder``. Raises like ``covers``."""
        return bool(self._of(folder))

    def covers_any(self, path: Path) -> bool:
        """Whether a rule leaves out the file ``path`` or a folder between ``top`` and it. Raises like ``covers``."""
        between = [part for part in reversed(path.parents) if part != self._top and part.is_relative_to(self._top)]
        return any(self.covers(part, folder=True) for part in between) or self.covers(path, folder=False)

    def _of(self, folder: Path) -> _Rules:
        """The rules that hold in ``folder``, those of the outermost folder first."""
        missing = []
        for at in (folder, *folder.parents):
            if at in self._rules:
                break
            missing.append(at)
            if at == self._top:
                break
        for at in reversed(missing):
            above = self._above() if at == self._top else self._rules[at.parent]
            own = _load(at)
            if len(self._rules) > _REMEMBERED:
                self._rules = {at.parent: above}
            self._rules[at] = (*above, (at, own)) if own else above
        return self._rules[folder]

    def _above(self) -> _Rules:
        rules: _Rules = ()
        for at in reversed(self._top.parents):
            own: _Patterns = ()
            with suppress(PermissionError):  # on some systems nobody may look into the outermost folders
                own = _load(at)
            rules = (*rules, (at, own)) if own else rules
        chain = [part for part in (*reversed(self._top.parents), self._top) if rules and part != rules[0][0]]
        return () if any(_matches(_holding(rules, part), part, folder=True) for part in chain) else rules


def _holding(rules: _Rules, path: Path) -> _Rules:
    """Those of ``rules`` that speak of ``path``."""
    return tuple(rule for rule in rules if rule[0] != path and path.is_relative_to(rule[0]))


def _matches(rules: _Rules, path: Path, *, folder: bool) -> bool:
    for base, patterns in reversed(rules):
        # gitignore tells folders from files by the slash at the end.
        name = path.relative_to(base).as_posix() + ("/" if folder else "")
        for pattern, leaves_out in reversed(patterns):
            if any(_is_meant(match, name) for match in pattern.finditer(name)):
                return leaves_out
    return False


def _is_meant(match: re.Match[str], name: str) -> bool:
    """Whether a pattern means ``name`` itself. What is in a folder that is left out is never asked about."""
    up_to_slash = match.groupdict().get("ps_d")
    if up_to_slash is not None:
        return match.end("ps_d") == len(name)
    return not (name.endswith("/") and match.end() == len(name))  # "a/**" means what is in a


def _load(folder: Path) -> _Patterns:
    try:
        text = (folder / FILE_NAME).read_bytes().decode("utf-8-sig", "surrogateescape")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ()
    lines = text.splitlines()
    try:
        return _read(lines)
    except ValueError:  # as git does: a line that is no pattern matches nothing
        return tuple(pattern for line in lines for pattern in _read_line(line))


def _read(lines: Sequence[str]) -> _Patterns:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    patterns = map(GitIgnoreSpecPattern, lines)
    return tuple((one.regex, one.include) for one in patterns if one.regex is not None and one.include is not None)


def _read_line(line: str) -> _Patterns:
    try:
        return _read([line])
    except ValueError:
        return ()
