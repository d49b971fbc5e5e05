"""A network namespace without a route: the kernel counts what is tried in it, by whatever process, child or library.

There is only a loopback in it. An address anywhere else, over TCP or UDP, has no route, and the lookup of a name has
none either or is a datagram to a resolver on loopback; the kernel counts both. Where ``strace`` is, it lists the
addresses as well, so that it is known who was meant.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path

_SET_FLAGS, _UP = 0x8914, 0x41  # SIOCSIFFLAGS; IFF_UP and IFF_RUNNING
_TRACER = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
_INET = re.compile(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)')
_INET6 = re.compile(r'sin6_port=htons\((\d+)\), [^}]*inet_pton\(AF_INET6, "([^"]+)"')
_UNIX = re.compile(r'sun_path=(@?"[^"]*")')


@dataclass(frozen=True)
class Count:
    """What has been tried so far.

    Attributes:
        outside: attempts at addresses without a route, and datagrams, such as those that look up a name.
        opened: TCP connections that were begun on loopback.
        accepted: those of them that somebody listened to.
    """

    outside: int
    opened: int
    accepted: int

    @classmethod
    def now(cls) -> Count:
        """What the kernel has counted in this namespace."""
        lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
        found = dict(line.split() for line in Path("/proc/net/snmp6").read_text(encoding="ascii").splitlines())
        for names, values in zip(lines[::2], lines[1::2], strict=True):
            layer, *keys = names.split()
            found |= {layer.rstrip(":") + key: value for key, value in zip(keys, values.split()[1:], strict=True)}
        unreached = ("IpOutNoRoutes", "Ip6OutNoRoutes", "UdpOutDatagrams", "Udp6OutDatagrams")
        outside = sum(int(found.get(name, 0)) for name in unreached)
        return cls(outside, int(found["TcpActiveOpens"]), int(found["TcpPassiveOpens"]))

    def since(self, before: Count) -> Count:
        return Count(self.outside - before.outside, self.opened - before.opened, self.accepted - before.accepted)


@cache
def why_not_here() -> str:
    """Why this machine cannot run it; empty if it can."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return "only Linux has network namespaces, and unshare makes one"
    done = subprocess.run([*_alone(), "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "this machine makes no network namespaces"


def beginning(trace: Path) -> list[str]:
    """What begins a command that runs in a namespace of its own, and writes what was traced to a file."""
    return [*_alone(), *([*_TRACER, "-o", str(trace)] if has_tracer() else [])]


@cache
def has_tracer() -> bool:
    """Whether system calls can be traced here."""
    if not shutil.which("strace"):
        return False
    return subprocess.run([*_TRACER, "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


def traced(trace: Path) -> list[str]:
    """Whom the traced processes meant: ``address port``, or the path of a socket."""
    found = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines() if trace.is_file() else []:
        found += [f"{address} {port}" for port, address in (*_INET.findall(line), *_INET6.findall(line))]
        found += _UNIX.findall(line)
    return found


def is_loopback(who: str) -> bool:
    """Whether it is an address of this machine."""
    try:
        return ip_address(who.split()[0]).is_loopback
    except ValueError:
        return False


def loopback_up() -> None:
    """Lets processes of this namespace speak to one another."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def tried_on_purpose() -> dict[str, int]:
    """What the kernel counts of attempts that must count, each made by a process of its own."""
    attempts = {
        "TCP": "socket.create_connection(('192.0.2.1', 443), 5)",
        "TCP over IPv6": "socket.create_connection(('2001:db8::1', 443), 5)",
        "UDP": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "UDP that only connects": "socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 53))",
        "a resolver on loopback": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
        "a name": "socket.getaddrinfo('example.com', 443)",
    }
    counted = {}
    for name, attempt in attempts.items():
        before = Count.now()
        subprocess.run([sys.executable, "-c", f"import socket\n{attempt}"], capture_output=True, check=False)
        counted[name] = Count.now().since(before).outside
    return counted


def _alone() -> list[str]:
    return ["unshare", "--net", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
