"""The system calls that a program in the bubblewrap sandbox is denied, as a BPF program for seccomp.

Denied are those that open new ground in the kernel (namespaces, mounts, BPF, io_uring, keys, performance events), that
reach into other processes, and that hold memory which no limit counts (memfd, System V and POSIX queues). Sockets exist
only as Unix and IP, since some others, such as those to a virtual machine's host, know of no network namespace.
"""

from __future__ import annotations

import errno
import platform
import struct

# number on x86-64, number on arm64: include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls of Linux
_DENIED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
}
_CLONE, _CLONE3, _SOCKETS = (56, 220), (435, 435), ((41, 198), (53, 199))  # the latter: socket, socketpair
_FAMILIES = (1, 2, 10)  # Unix, IPv4, IPv6
_NAMESPACES = 0x7E020000  # every CLONE_NEW... flag that clone takes
_X32 = 0x40000000  # x86-64 has each call twice
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH of the kernel

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def known() -> bool:
    """Whether there is a filter for this machine."""
    return platform.machine() in _MACHINES


def program() -> bytes:
    """The filter, as ``struct sock_filter`` records.

    Raises:
        KeyError: this machine is neither x86-64 nor arm64.
    """
    column, architecture = _MACHINES[platform.machine()]
    code = [_record(_LOAD, _ARCHITECTURE), _record(_EQUAL, architecture, 1, 0), _record(_RETURN, _KILL)]
    code.append(_record(_LOAD, _NUMBER))
    if column == 0:
        code += _if(_AT_LEAST, _X32, _KILL)
    for numbers in _DENIED.values():
        code += _if(_EQUAL, numbers[column], _ERROR | errno.EPERM)
    # Its flags lie in memory, where a filter cannot look; libc falls back to clone when clone3 is not there.
    code += _if(_EQUAL, _CLONE3[column], _ERROR | errno.ENOSYS)
    code += _for_call(_CLONE[column], _if(_ANY_BIT, _NAMESPACES, _ERROR | errno.EPERM))
    families = [record for family in _FAMILIES for record in _if(_EQUAL, family, _ALLOW)]
    for socket in _SOCKETS:
        code += _for_call(socket[column], [*families, _record(_RETURN, _ERROR | errno.EAFNOSUPPORT)])
    return b"".join([*code, _record(_RETURN, _ALLOW)])


def _if(test: int, value: int, answer: int) -> list[bytes]:
    return [_record(test, value, 0, 1), _record(_RETURN, answer)]


def _for_call(number: int, checks: list[bytes]) -> list[bytes]:
    """Checks of the first argument (its lower half, which is all that these calls read), for one system call only."""
    inside = [_record(_LOAD, _FIRST_ARGUMENT), *checks, _record(_RETURN, _ALLOW)]
    return [_record(_EQUAL, number, 0, len(inside)), *inside]


def _record(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
