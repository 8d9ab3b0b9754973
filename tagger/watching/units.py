"""The files that make a system start a watcher at login and keep it running: texts only, nothing is installed here.

Source: systemd.service(5) and systemd.syntax(7); launchd.plist(5); Microsoft's Task Scheduler schema 1.2.
"""

import plistlib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from tagger.core.errors import RunError

Platform = Literal["linux", "macos", "windows"]
NAME = "tagger-watch"
_LABEL = "org.tagger.watch"
_EXPANDED = re.compile(r"%[^%]+%|\$\(")  # what the Task Scheduler replaces, and nothing can stop it


@dataclass(frozen=True, slots=True)
class Unit:
    """A service for one platform: its ``file`` with this ``content``, and commands that start, stop and show it."""

    file: Path
    content: bytes
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]
    show: tuple[str, ...]
    after_removal: tuple[tuple[str, ...], ...] = ()


def make_unit(platform: Platform, command: Sequence[str], *, home: Path, config: Path, user: int = 0) -> Unit:
    """The unit that runs ``command`` (program and arguments); ``config`` is where the user's settings files are.

    Raises RunError for what no quoting can carry to that platform's service.
    """
    for word in command:
        if any(ord(letter) < 32 or letter == "\x7f" or 0xD800 <= ord(letter) <= 0xDFFF for letter in word):
            raise RunError(f"{word!r} cannot be in a service", "rename it: line breaks and broken letters cannot pass")
    if platform == "linux":
        return _systemd(command, config)
    return _launchd(command, home, user) if platform == "macos" else _task(command, config)


def _systemd(command: Sequence[str], config: Path) -> Unit:
    program, *rest = command
    words = [_quoted(program.replace("%", "%%")), *(_quoted(_literal(word)) for word in rest)]
    content = f"""\
[Unit]
Description=tagger: caption photos as they arrive
Documentation=man:systemd.service(5)

[Service]
ExecStart={" ".join(words)}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=30
TimeoutStopSec=120

[Install]
WantedBy=default.target
"""
    control = ("systemctl", "--user")
    name = f"{NAME}.service"
    return Unit(
        config / "systemd" / "user" / name,
        content.encode(),
        ((*control, "daemon-reload"), (*control, "enable", name), (*control, "restart", name)),
        ((*control, "disable", "--now", name),),
        (*control, "--no-pager", "--lines=0", "status", name),
        ((*control, "daemon-reload"),),
    )


def _literal(word: str) -> str:
    return word.replace("%", "%%").replace("$", "$$")


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _launchd(command: Sequence[str], home: Path, user: int) -> Unit:
    file = home / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
    content = plistlib.dumps(
        {
            "Label": _LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "ExitTimeOut": 120,
        },
        sort_keys=False,
    )
    domain = f"gui/{user}"
    return Unit(
        file,
        content,
        (("launchctl", "bootstrap", domain, str(file)),),
        (("launchctl", "bootout", f"{domain}/{_LABEL}"),),
        ("launchctl", "print", f"{domain}/{_LABEL}"),
    )


def _task(command: Sequence[str], config: Path) -> Unit:
    for word in command:
        if _EXPANDED.search(word):
            raise RunError(f"{word} cannot be in a Windows task", "rename it: %...% and $( would be replaced there")
    program, *rest = command
    file = config / "tagger" / f"{NAME}.xml"
    content = f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>tagger: caption photos as they arrive</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>8</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(rest))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""
    return Unit(
        file,
        content.replace("\n", "\r\n").encode("utf-16"),
        (("schtasks", "/Create", "/F", "/TN", NAME, "/XML", str(file)), ("schtasks", "/Run", "/TN", NAME)),
        (("schtasks", "/End", "/TN", NAME), ("schtasks", "/Delete", "/F", "/TN", NAME)),
        ("schtasks", "/Query", "/TN", NAME),
    )
