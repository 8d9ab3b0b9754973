"""Whether a process is there, by its number. Source: kill(2), Microsoft's WaitForSingleObject."""

import os
import sys


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number, whoever's it is; True where the system does not say."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        kernel, query, timeout, denied = ctypes.WinDLL("kernel32", use_last_error=True), 0x1000, 0x102, 5
        process = kernel.OpenProcess(query | 0x100000, False, pid)
        if not process:
            return ctypes.get_last_error() == denied
        running = kernel.WaitForSingleObject(process, 0) == timeout
        kernel.CloseHandle(process)
        return bool(running)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
