"""The files that a person double-clicks: install.command run with a Python that only notes what it is asked;
install.cmd and sekom-lab.cmd held to what keeps cmd.exe from stumbling over a folder's name."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = "Åsas mapp (OneDrive – Ekeby) & 100 %"
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >>"$STUB_LOG"
case "$*" in
  *"-m venv"*)
    for last; do :; done
    mkdir -p "$last/bin"; cp "$0" "$last/bin/python"; cp "$0" "$last/bin/sekom" ;;
  *documents*) exit "${STUB_DOCUMENTS:-0}" ;;
  *"-m pip"*) exit "${STUB_PIP:-0}" ;;
  "new "*) mkdir "$2" ;;
esac
"""
SHELLS = [shell for shell in ("sh", "bash", "zsh") if shutil.which(shell)]


@pytest.fixture
def mac(tmp_path, root):
    """An unpacked folder, a home with a desktop, and no Python but the stub that a test puts there."""
    folder, home, programs = tmp_path / FOLDER, tmp_path / "Åsa Öman", tmp_path / "bin"
    (home / "Desktop").mkdir(parents=True)
    folder.mkdir()
    programs.mkdir()
    for name in ("install.command", "pyproject.toml", "requirements.txt"):
        shutil.copy(root / name, folder)
    for tool in ("sh", "dirname", "basename", "mkdir", "rm", "cp", "cat", "chmod"):
        (programs / tool).symlink_to(shutil.which(tool))
    return tmp_path


def install(mac: Path, shell: str = "sh", **environment: str) -> subprocess.CompletedProcess[str]:
    names = {"PATH": str(mac / "bin"), "HOME": str(mac / "Åsa Öman"), "STUB_LOG": str(mac / "log")}
    as_sh = ["--emulate", "sh"] if shell == "zsh" else []
    return subprocess.run(
        [shutil.which(shell), *as_sh, mac / FOLDER / "install.command"],
        cwd=mac, env=names | environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip


def stub(mac: Path, name: str = "python3") -> None:
    (mac / "bin" / name).write_text(STUB, encoding="utf-8")
    (mac / "bin" / name).chmod(0o755)


@pytest.mark.posix
@pytest.mark.parametrize("shell", SHELLS)
def test_a_double_click_installs_and_puts_sekom_on_the_desktop(mac, shell):
    stub(mac)
    done = install(mac, shell)
    assert done.returncode == 0, done.stderr
    assert "Klart." in done.stdout
    assert "Done." in done.stdout
    home = mac / "Åsa Öman"
    assert (mac / "log").read_text(encoding="utf-8").splitlines()[1:] == [
        f"python3 -m venv {home}/Sekom/.program",
        "python -m pip install --quiet --constraint requirements.txt .[notebooks,documents]",
        f"sekom new {home}/Sekom/exempel --sample",
    ]
    opened = home / "Desktop" / "Sekom.command"
    names = {"PATH": str(mac / "bin"), "HOME": str(home), "STUB_LOG": str(mac / "log")}
    subprocess.run([opened], env=names, check=True)
    assert (mac / "log").read_text(encoding="utf-8").endswith(f"sekom lab {home}/Sekom\n")
    assert install(mac, shell).returncode == 0  # a second time, over the first


@pytest.mark.posix
def test_without_python_uv_brings_one_and_without_either_it_says_what_to_install(mac):
    said = install(mac).stderr
    assert "Python 3.11 eller nyare saknas." in said
    assert "Python 3.11 or newer is missing." in said
    uv = STUB.replace('"-m venv"', '"venv "').replace('"$0" "$last/bin/', '"$STUB" "$last/bin/')
    stub(mac, "stub")
    (mac / "bin" / "uv").write_text(uv, encoding="utf-8")
    (mac / "bin" / "uv").chmod(0o755)
    assert install(mac, STUB=str(mac / "bin" / "stub")).returncode == 0
    assert "uv venv --quiet --seed --python >=3.11" in (mac / "log").read_text(encoding="utf-8")


@pytest.mark.posix
def test_what_cannot_be_installed_is_said(mac):
    stub(mac)
    some = install(mac, STUB_DOCUMENTS="1")
    assert some.returncode == 0
    assert "Word och PDF kunde inte installeras." in some.stdout
    none = install(mac, STUB_DOCUMENTS="1", STUB_PIP="1")
    assert none.returncode == 1
    assert "Installationen avbröts" in none.stderr
    (mac / FOLDER / "pyproject.toml").unlink()
    assert "Packa upp hela zip-filen först" in install(mac).stderr


@pytest.fixture(params=["install.cmd", "sekom-lab.cmd"])
def batch(root, request) -> list[str]:
    text = (root / request.param).read_bytes().decode("utf-8")
    return [line for line in text.splitlines() if not line.startswith("rem ")]


def test_a_batch_file_keeps_its_line_ends_in_every_checkout(root, tracked):
    if not shutil.which("git"):
        pytest.skip("there is no git here")
    names = [name for name in tracked if name.endswith(".cmd")]
    told = subprocess.run(
        ["git", "check-attr", "eol", *names], cwd=root, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert names == ["install.cmd", "sekom-lab.cmd"]
    assert told.count("eol: crlf") == len(names)


def test_a_path_stands_in_quotes_and_in_no_block(batch):
    """In a block, or unquoted, a ) or an & of a folder's name would be cmd's own; ! where it is expanded."""
    assert "setlocal EnableExtensions DisableDelayedExpansion" in batch
    assert [line for line in batch if re.search(r"^\s*\)|\($|\s\($", line)] == []
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in batch]
    paths = re.compile(r"%(?:~dp0|~1|USERPROFILE|program|desktop|folder|sekom|uv)%?")
    assert [line for line in unquoted if paths.search(line)] == []
    # Wine's cmd runs what follows these in any case, so that they could not be tried there.
    assert [line for line in unquoted if "&&" in line or "||" in line] == []


def test_every_label_is_there_and_every_way_out_pauses(batch):
    labels = {line[1:] for line in batch if line.startswith(":")} | {":eof"}
    assert {name for line in batch for name in re.findall(r"goto (\S+)", line)} <= labels
    assert "pause" in batch


def test_what_is_said_is_said_in_both_languages(batch):
    said = [line for line in batch if line.startswith("echo ")]
    assert len(said) % 2 == 0
    assert sum("Sekom" in line or "install.cmd" in line for line in said) >= 2
