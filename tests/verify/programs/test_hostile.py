"""Hostile programs in every language that the machine has: none gets out, outlives its run, or uses up the machine."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters import sandbox_outside as outside
from tests.adapters.hostile import FOLDERS
from tests.verify.programs.languages import HERE, LANGUAGES, ran, toolchain, written

pytestmark = HERE

_INCLUDES = """
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
"""
_C = _INCLUDES + "int main(void) {{ {} }}"
_JAVA = "public class Main {{ public static void main(String[] arguments) throws Exception {{ {} }} }}"
_GO = """package main
import ("fmt"; "net"; "os"; "os/exec")
var _, _, _, _ = fmt.Sprint, net.Dial, os.Exit, exec.Command
func main() {{ {} }}
"""
FRAMES = {"c": _C, "cpp": _C, "java": _JAVA, "go": _GO, "rust": "fn main() {{ {} }}"}

LOOPS = {
    "javascript": "while (true);",
    "java": "while (true);",
    "go": "for {}",
    "rust": "loop {}",
    "c": "while (1);",
}
# Each starts processes until it cannot, and goes on trying.
FORKS = {
    "javascript": """
const { spawn } = require("node:child_process")
setInterval(() => {
  for (let n = 0; n < 50; n++)
    try { spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).on("error", () => {}) } catch {}
}, 10)""",
    "java": 'while (true) try { new ProcessBuilder("/usr/bin/sleep", "60").start(); } catch (java.io.IOException e) {}',
    "go": 'for { exec.Command("/usr/bin/sleep", "60").Start() }',
    "rust": 'loop { let _ = std::process::Command::new("/usr/bin/sleep").arg("60").spawn(); }',
    "c": "while (1) fork();",
}
# Each wants two gigabytes, and touches them; "GOT" would say that it has them.
MEMORY = {
    "javascript": """
const held = []
for (let n = 0; n < 40; n++) held.push(Buffer.alloc(50 << 20, 1))
console.log("GOT", held.length)""",
    "java": """
java.util.List<byte[]> held = new java.util.ArrayList<>();
for (int n = 0; n < 40; n++) { byte[] one = new byte[50 << 20]; java.util.Arrays.fill(one, (byte) 1); held.add(one); }
System.out.println("GOT " + held.size());""",
    "go": """
held := [][]byte{}
for n := 0; n < 40; n++ { one := make([]byte, 50<<20); for i := range one { one[i] = 1 }; held = append(held, one) }
fmt.Println("GOT", len(held))""",
    "rust": 'let held: Vec<_> = (0..40).map(|_| vec![1u8; 50 << 20]).collect(); println!("GOT {}", held.len());',
    "c": """
for (int n = 0; n < 40; n++) { char *one = (char *)malloc(50 << 20); if (!one) return 1; memset(one, 1, 50 << 20); }
puts("GOT");""",
}
# Each tries to write @PATH@, and says WROTE when it could.
WRITES = {
    "javascript": """
try { require("node:fs").writeFileSync("@PATH@", "x"); console.log("WROTE") } catch { console.log("no") }""",
    "java": """
try { java.nio.file.Files.writeString(java.nio.file.Path.of("@PATH@"), "x"); System.out.println("WROTE"); }
catch (java.io.IOException e) { System.out.println("no"); }""",
    "go": 'if os.WriteFile("@PATH@", []byte("x"), 0644) == nil { fmt.Println("WROTE") } else { fmt.Println("no") }',
    "rust": 'println!("{}", if std::fs::write("@PATH@", "x").is_ok() { "WROTE" } else { "no" });',
    "c": 'puts(fopen("@PATH@", "w") ? "WROTE" : "no");',
}
# Each tries to reach a machine, and says CONNECTED when it could.
NETWORK = {
    "javascript": """
require("node:net").connect(80, "1.1.1.1")
  .on("connect", () => { console.log("CONNECTED"); process.exit() }).on("error", () => console.log("no"))""",
    "java": """
try { new java.net.Socket("1.1.1.1", 80); System.out.println("CONNECTED"); }
catch (java.io.IOException e) { System.out.println("no"); }""",
    "go": """
if _, err := net.Dial("tcp", "1.1.1.1:80"); err == nil { fmt.Println("CONNECTED") } else { fmt.Println("no") }""",
    "rust": 'println!("{}", if std::net::TcpStream::connect("1.1.1.1:80").is_ok() { "CONNECTED" } else { "no" });',
    "c": """
struct sockaddr_in to; memset(&to, 0, sizeof to);
to.sin_family = AF_INET; to.sin_port = htons(80); to.sin_addr.s_addr = 0x01010101;
puts(connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof to) == 0 ? "CONNECTED" : "no");""",
}


@pytest.fixture
def mark() -> str:
    return f"hostile{secrets.token_hex(4)}"


@pytest.fixture(autouse=True)
def nothing_is_left(mark: str) -> Iterator[None]:
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    yield
    left = outside.marked(mark)
    files = [str(path) for folder in FOLDERS for path in Path(folder).glob(f"*{mark}*")]
    alive = bystander.poll() is None
    bystander.kill()
    bystander.wait()
    assert (left, files, alive) == ([], [], True)


def program(of: dict[str, str], language: str) -> str:
    text = of.get({"typescript": "javascript", "cpp": "c"}.get(language, language), "")
    if language == "typescript":
        text = f"declare const require: any, process: any, Buffer: any\nconst typed: number = 1\n{text}"
    return FRAMES.get(language, "{}").replace("{{", "{").replace("}}", "}").replace("{}", text, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_endless_loop(language: str, mark: str) -> None:
    ended = ran(language, program(LOOPS, language), mark, cpu=1.0)
    assert ended.compile_error == ""
    assert ended.why is not None
    assert ended.why.code in ("program-too-much-time", "program-too-long")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fork_bomb(language: str, mark: str) -> None:
    ended = ran(language, program(FORKS, language), mark)
    assert (ended.compile_error, ended.done.limit) == ("", "processes")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_gigabytes_of_memory(language: str, mark: str) -> None:
    ended = ran(language, program(MEMORY, language), mark, cpu=20.0)
    assert ended.compile_error == ""
    assert written(ended) == []
    assert ended.done.limit == "memory" or "memory" in ended.done.stderr.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_writing_outside(language: str, mark: str) -> None:
    places = ["/usr/lib", "/etc", "/", str(Path.home())]
    shown = [path for path in toolchain(language).shown if Path(path).is_dir()]
    for folder in [*places, *shown][:: 3 if language in ("java", "go", "rust", "cpp") else 1]:
        ended = ran(language, program(WRITES, language).replace("@PATH@", f"{folder}/{mark}"), mark)
        assert (ended.compile_error, written(ended)) == ("", ["no"]), folder
        assert not (Path(folder) / mark).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_writing_into_the_scratch_folder_works(language: str, mark: str) -> None:
    """So the test above fails for want of leave, and not because it tries in a wrong way."""
    ended = ran(language, program(WRITES, language).replace("@PATH@", "here"), mark)
    assert (ended.compile_error, written(ended)) == ("", ["WROTE"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_network(language: str, mark: str) -> None:
    ended = ran(language, program(NETWORK, language), mark)
    assert (ended.compile_error, written(ended)) == ("", ["no"])


def test_a_compiler_that_would_read_what_is_not_shown(mark: str) -> None:
    """An ``#include`` reads files while it compiles; the compiler sees no more than the program does."""
    ended = ran("c", f'#include "{Path(__file__).resolve()}"\nint main(void) {{ return 0; }}', mark)
    assert "No such file or directory" in ended.compile_error
