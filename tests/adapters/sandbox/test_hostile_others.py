"""Programs that try to reach others: the network, signals, privileges, system calls."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from pathlib import Path

import pytest

from tests.adapters.hostile import HERE, Run, said

pytestmark = HERE


def test_no_network(run: Run, tmp_path: Path) -> None:
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        tcp.bind(("127.0.0.1", 0))
        name, hidden = str(tmp_path / "s"), f"\0{secrets.token_hex(8)}"
        named.bind(name)
        abstract.bind(hidden)
        (tmp_path / "s").chmod(0o777)
        for server in (tcp, named, abstract):
            server.listen()
            server.setblocking(False)
        program = f"""
import json
def reach(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as client:
        client.settimeout(3)
        client.connect(address)
        client.send(b"out")
print(json.dumps({{
    "ip": attempt(reach, socket.AF_INET, ("1.1.1.1", 53)),
    "udp": attempt(reach, socket.AF_INET, ("1.1.1.1", 53), socket.SOCK_DGRAM),
    "ip6": attempt(reach, socket.AF_INET6, ("2606:4700:4700::1111", 53)),
    "metadata": attempt(reach, socket.AF_INET, ("169.254.169.254", 80)),
    "localhost": attempt(reach, socket.AF_INET, {tcp.getsockname()!r}),
    "unix": attempt(reach, socket.AF_UNIX, {name!r}),
    "abstract": attempt(reach, socket.AF_UNIX, {hidden!r}),
    "name": attempt(socket.getaddrinfo, "example.org", 80),
    "vsock": attempt(socket.socket, 40, socket.SOCK_STREAM),
    "netlink": attempt(socket.socket, 16, socket.SOCK_RAW),
    "packet": attempt(socket.socket, 17, socket.SOCK_RAW),
    "raw": attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
    "alg": attempt(socket.socket, 38, socket.SOCK_SEQPACKET),
}}))
"""
        answers = said(run(program))
        for server in (tcp, named, abstract):
            with pytest.raises(BlockingIOError):
                server.accept()
    assert {answers[way] for way in ("ip", "udp", "ip6", "metadata")} == {"ENETUNREACH"}
    assert {answers[way] for way in ("localhost", "abstract")} == {"ECONNREFUSED"}
    assert {answers[way] for way in ("vsock", "netlink", "packet", "alg")} == {"EAFNOSUPPORT"}
    assert (answers["unix"], answers["raw"]) == ("ENOENT", "EPERM")
    assert answers["name"] != "done"


def test_its_own_loopback_works(run: Run) -> None:
    program = """
with socket.create_server(("localhost", 0)) as server:
    with socket.create_connection(server.getsockname()) as client:
        server.accept()[0].sendall(b"1")
        print(client.recv(1).decode())
"""
    assert said(run(program)) == 1


def test_signals_reach_nobody_else(run: Run) -> None:
    program = f"""
import json
others = [{os.getpid()}, {os.getppid()}, os.getppid()]
answers = [attempt(os.kill, pid, number) for pid in others[:2] for number in (0, 15, 9)]
for number in range(1, 65): attempt(os.kill, os.getppid(), number)
attempt(os.kill, -1, 9)
for pid in range(3, 40000): attempt(os.kill, pid, 9)
for pid in range(3, 40000, 7): attempt(os.killpg, pid, 9)
time.sleep(0.2)
print(json.dumps(answers))
"""
    assert set(said(run(program))) <= {"ESRCH", "EPERM"}


def test_no_privilege_can_be_had(run: Run) -> None:
    program = """
import json, shutil
state = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
shutil.copy("/bin/sleep", "own")
os.chmod("own", 0o6755)
tools = {tool: subprocess.run([tool, *rest], capture_output=True).returncode if shutil.which(tool) else 1
    for tool, *rest in (["su", "-c", "true"], ["sudo", "-n", "true"], ["mount", "-t", "tmpfs", "none", "/scratch"])}
print(json.dumps({
    "root": attempt(os.setuid, 0), "group": attempt(os.setgid, 0), "groups": attempt(os.setgroups, [0]),
    "chroot": attempt(os.chroot, "/scratch"), "device": attempt(os.mknod, "disk", 0o60666, os.makedev(254, 0)),
    "nice": attempt(os.nice, -10), "name": attempt(socket.sethostname, "x"),
    "tools": 0 in tools.values(), "effective": int(state["CapEff"], 16), "permitted": int(state["CapPrm"], 16),
    "new": state["NoNewPrivs"], "filter": state["Seccomp"], "uid": os.getuid() == 0 or os.geteuid() == 0,
}))
"""
    answers = said(run(program))
    assert {answers[way] for way in ("root", "group", "groups")} <= {"EPERM", "EINVAL"}
    assert {answers[way] for way in ("chroot", "device", "name")} == {"EPERM"}
    assert answers["nice"] in ("EPERM", "EACCES")
    assert not any(answers[way] for way in ("tools", "effective", "permitted", "uid"))
    assert (answers["new"], answers["filter"]) == ("1", "2")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_system_calls_that_open_new_ground(run: Run) -> None:
    program = """
import json
flags = 0x10000000
print(json.dumps({
    "unshare user": syscall(272, flags), "unshare mount": syscall(272, 0x20000), "setns": syscall(308, 0, 0),
    "clone user": syscall(56, flags | 17, 0, 0, 0, 0), "clone3": syscall(435, 0, 0),
    "mount": syscall(165, b"none", b"/scratch", b"tmpfs", 0, 0), "umount": syscall(166, b"/scratch", 0),
    "pivot": syscall(155, b"/scratch", b"/scratch"), "fsopen": syscall(430, b"tmpfs", 0),
    "move": syscall(429, -100, b"/scratch", -100, b"/usr", 0), "tree": syscall(428, -100, b"/", 0),
    "memfd": syscall(319, b"x", 0), "shmget": syscall(29, 0, 1 << 20, 0o1666), "msgget": syscall(68, 0, 0o1666),
    "semget": syscall(64, 0, 10, 0o1666), "mq": syscall(240, b"x", 66, 0o666, 0), "uffd": syscall(323, 0),
    "bpf": syscall(321, 0, 0, 0), "perf": syscall(298, 0, 0, -1, -1, 0), "ring": syscall(425, 8, 0),
    "keys": syscall(250, 0, -3, 1), "add_key": syscall(248, b"user", b"a", b"b", 1, -3),
    "vm_readv": syscall(310, 1, 0, 0, 0, 0, 0), "ptrace": syscall(101, 0, 0, 0, 0), "kcmp": syscall(312, 1, 1, 0, 0, 0),
    "handle": syscall(304, -100, 0, 0), "log": syscall(103, 3, 0, 0), "reboot": syscall(169, 0, 0, 0, 0),
    "module": syscall(175, 0, 0, 0), "swap": syscall(167, b"/scratch/x", 0), "getfd": syscall(438, 0, 0, 0),
}))
"""
    answers = said(run(program))
    assert answers.pop("clone3") == "ENOSYS"
    assert set(answers.values()) == {"EPERM"}, answers


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_the_second_numbering_of_system_calls_is_closed(run: Run) -> None:
    assert run("syscall(0x40000000 | 272, 0x10000000)").signal == signal.SIGSYS
