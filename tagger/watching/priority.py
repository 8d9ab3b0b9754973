"""Work when nobody else wants to: the lowest priority for processor and disk. What cannot be had is left.

Source: setpriority(2), ioprio_set(2), Microsoft's SetPriorityClass.
"""

import ctypes
import os
import platform
import sys
from contextlib import suppress

_NICE = 10
_IOPRIO_SET = {"x86_64": 251, "i686": 289, "aarch64": 30, "riscv64": 30, "armv7l": 314, "ppc64le": 273, "s390x": 282}
_WHO_PROCESS, _CLASS_IDLE, _CLASS_SHIFT = 1, 3, 13
_BELOW_NORMAL = 0x4000


def lower_priority() -> None:
    """Lower that of this process and of all threads that it starts from now on."""
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    with suppress(OSError):
        os.nice(max(0, _NICE - os.nice(0)))
    number = _IOPRIO_SET.get(platform.machine()) if sys.platform.startswith("linux") else None
    if number is not None:
        ctypes.CDLL(None).syscall(number, _WHO_PROCESS, 0, _CLASS_IDLE << _CLASS_SHIFT)
