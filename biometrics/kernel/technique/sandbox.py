"""A sandbox for processes that read hostile files: code that such a file runs can reach nothing else.

Landlock denies files, TCP and signals to other processes. seccomp, by a filter in classic BPF, denies sockets,
programs, the memory of other processes, and system calls by which kernels are attacked. Where the kernel or a container
offers only one of them, or the processor has no list here, the process goes on with what there is.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final, NamedTuple

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2  # of prctl
_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # Landlock; their numbers are the same on all processors
_VERSION_FLAG = 1
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 5: 16}  # by the version of Landlock: how many rights on files it handles
_TCP_RIGHTS, _SCOPES = 0b11, 0b11  # from version 4 to bind and connect, from 6 abstract sockets and signals

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of classic BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER_AT, _PROCESSOR_AT = 0, 4  # of struct seccomp_data
_OTHER_TABLE: Final = 0x40000000  # the calls of x32, which a 64-bit kernel may also take


class _Call(NamedTuple):
    """The number of a system call, None where the processor has no such call."""

    x86_64: int | None
    aarch64: int | None


_REFUSED: Final = {
    "socket": _Call(41, 198),
    "socketpair": _Call(53, 199),
    "execve": _Call(59, 221),
    "execveat": _Call(322, 281),
    "kill": _Call(62, 129),
    "tkill": _Call(200, 130),
    "ptrace": _Call(101, 117),
    "process_vm_readv": _Call(310, 270),
    "process_vm_writev": _Call(311, 271),
    "pidfd_open": _Call(434, 434),
    "pidfd_getfd": _Call(438, 438),
    "io_uring_setup": _Call(425, 425),
    "bpf": _Call(321, 280),
    "perf_event_open": _Call(298, 241),
    "userfaultfd": _Call(323, 282),
    "add_key": _Call(248, 217),
    "request_key": _Call(249, 218),
    "keyctl": _Call(250, 219),
    "unshare": _Call(272, 97),
    "setns": _Call(308, 268),
    "mount": _Call(165, 40),
    "umount2": _Call(166, 39),
    "open_by_handle_at": _Call(304, 265),
    "chmod": _Call(90, None),
    "fchmod": _Call(91, 52),
    "fchmodat": _Call(268, 53),
    "fchmodat2": _Call(452, 452),
    "chown": _Call(92, None),
    "fchown": _Call(93, 55),
    "lchown": _Call(94, None),
    "fchownat": _Call(260, 54),
    "setxattr": _Call(188, 5),
    "lsetxattr": _Call(189, 6),
    "fsetxattr": _Call(190, 7),
    "setxattrat": _Call(463, 463),
    "shmget": _Call(29, 194),
    "shmat": _Call(30, 196),
    "msgget": _Call(68, 186),
    "semget": _Call(64, 190),
    "mq_open": _Call(240, 180),
}
_PROCESSORS: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the kernel names them


def enter_sandbox() -> None:
    """Give up for ever what decoding does not need: this process, and those that it forks.

    Open files stay open, among them standard input and output; no other file can be opened, read or not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return
    _close_files(libc)
    _close_system_calls(libc)


def _close_files(libc: ctypes.CDLL) -> None:
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        return
    files = (1 << max(rights for since, rights in _FILE_RIGHTS.items() if since <= version)) - 1
    handled = struct.pack("=QQQ", files, _TCP_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_CREATE_RULESET, handled, size, 0)
    if ruleset >= 0:
        libc.syscall(_RESTRICT_SELF, ruleset, 0)


def _close_system_calls(libc: ctypes.CDLL) -> None:
    machine = platform.machine()
    if machine not in _PROCESSORS:
        return
    refused = [number for call in _REFUSED.values() if (number := getattr(call, machine)) is not None]
    last = len(refused)
    steps = [
        (_LOAD, 0, 0, _PROCESSOR_AT),
        (_JUMP_EQUAL, 0, last + 3, _PROCESSORS[machine]),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, last + 1, 0, _OTHER_TABLE),
        *((_JUMP_EQUAL, last - at, 0, number) for at, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = struct.pack("@HP", len(steps), ctypes.addressof(program))
    libc.prctl(_SET_SECCOMP, _FILTER_MODE, header, 0, 0)
