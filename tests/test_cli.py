"""The command line as people meet it, also in a process of its own and through a Windows pipe."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.cli import main
from sekom_analysis.cli.app import ORDER
from sekom_analysis.study.imports import begin_import
from sekom_analysis.study.making import create_sample
from sekom_analysis.study.study import Study

COMMANDS = [
    "lab",
    "docs",
    "new",
    "check",
    "status",
    "code",
    "adjudicate",
    "duplicates",
    "page",
    "sheet",
    "collect",
    "import",
    "export",
    "agreement",
    "report",
    "figure",
]


def sekom(*arguments, cwd=None):
    """Run one command here; returns the exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(cwd or Path.cwd()),
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(sys, "argv", ["sekom", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
    return code, out.getvalue(), err.getvalue()


def sekom_process(*arguments, cwd=None, **environment):
    """Run one command in a process of its own; returns the exit code and the bytes it printed."""
    command = [sys.executable, "-m", "sekom_analysis", *map(str, arguments)]
    environment = {**os.environ, **environment}
    done = subprocess.run(command, cwd=cwd, capture_output=True, env=environment, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def sample(tmp_path):
    create_sample(tmp_path / "sample")
    return tmp_path / "sample"


def snapshot(folder):
    return {
        p.relative_to(folder): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_help_names_every_command():
    code, printed, err = sekom_process("--help")
    out = printed.decode("utf-8")
    assert (code, err) == (0, b"")
    assert all(f" {command} " in out for command in COMMANDS)
    listed = re.findall(r"^\W+([a-z-]+)  ", out.split("Commands")[1], re.MULTILINE)
    assert listed == ORDER  # as a study needs them; a new one has its place there


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_an_example(command):
    code, out, _ = sekom(command, "--help")
    assert code == 0
    assert f"sekom {command}" in out.split("Example:")[1]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--nonsense"],
        ["report", "--lang", "fr"],
        ["new", "x", "--sample", "--notes", "n.csv"],
        ["agreement", "--resamples", "-1"],
    ],
)
def test_a_wrong_call_ends_with_2(wrong, tmp_path):
    code, _, err = sekom(*wrong, cwd=tmp_path)
    assert code == 2
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["check", "status", "agreement", "report"])
def test_a_folder_that_is_no_study(command, tmp_path):
    code, out, err = sekom(command, "--study", tmp_path)
    assert code == 1
    assert "There is no study" in err
    assert "sekom new" in err
    assert "Traceback" not in out + err
    assert not list(tmp_path.iterdir())


def test_agreement_through_a_windows_pipe(sample):
    windows = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    code, printed, _ = sekom_process(
        "agreement", "category_b", "--resamples", "0", "--study", sample, **windows
    )
    out = printed.decode("utf-8")
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("k1, k2, k3") and "alpha" in line)
    assert "0.906" in line
    assert "automatic readings, not people" in out


def test_all_coefficients_on_request(sample):
    code, out, _ = sekom(
        "agreement", "valence", "--coefficients", "all", "--resamples", "0", "--study", sample
    )
    assert code == 0
    assert all(name in out for name in ("percent", "alpha", "fleiss", "scott", "brennan_prediger", "ac1"))
    code, _, err = sekom("agreement", "valence", "--coefficients", "gamma", "--study", sample)
    assert code == 1
    assert "'gamma'" in err


def test_it_says_why_alpha_is_low_where_nearly_all_agree(tmp_path):
    rows = [f"{n};yes;yes" for n in range(18)] + ["18;no;yes", "19;yes;no"]
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(["note;Anna;Bo", *rows]), encoding="utf-8")
    code, out, _ = sekom("agreement", file, "--resamples", "0", "--to", tmp_path / "out.html", "--lang", "sv")
    assert code == 0
    assert "90% of the pairs agree and yet α is −0.03: the answers are so much alike" in out
    assert "90\u00a0% av paren är eniga och ändå är α −0,03" in (tmp_path / "out.html").read_text(
        encoding="utf-8"
    )


def test_an_unknown_variable_is_answered_with_those_there_are(sample):
    code, _, err = sekom("agreement", "kategori", "--study", sample)
    assert code == 1
    assert "'kategori'" in err
    assert "category_b" in err


def test_check_lists_every_problem_and_changes_nothing(sample):
    log = sample / "data" / "coded" / "k1.csv"
    rows = log.read_text(encoding="utf-8").splitlines()
    rows[5] = rows[5].replace(rows[5].split(",")[2], "B999", 1)
    log.write_text("\n".join([*rows, "halfali"]), encoding="utf-8")
    (sample / "data" / "coded" / "Anna kopia.csv").write_text("", encoding="utf-8")
    before = snapshot(sample)
    code, out, _ = sekom("check", "--study", sample)
    assert code == 1
    for words in ("B999", "halfali", "Anna kopia.csv", f"{len(rows) + 1}"):
        assert words in out
    assert "Nothing was changed" in out
    assert snapshot(sample) == before


def test_check_lists_problems_of_notes_and_codebook_together(sample):
    raw = sample / "data" / "raw"
    (raw / "notes.csv").write_text("note_id;text\nn1;ett\nn1;två\n;tre\n", encoding="utf-8")
    book = (raw / "codebook.yaml").read_text(encoding="utf-8")
    (raw / "codebook.yaml").write_text(book.replace("kind: scale", "kind: skalla", 1), encoding="utf-8")
    code, out, err = sekom("check", "--study", sample)
    assert code == 1
    assert "Traceback" not in out + err
    for words in ("'n1'", "note_id is empty", "skalla", "codebook.yaml", "notes.csv"):
        assert words in out
    code, _, err = sekom("report", "--study", sample)
    assert code == 1
    assert all(words in err for words in ("'n1'", "skalla"))
    assert not (sample / "figures" / "report.sv.html").exists()


def test_a_good_study_passes(sample):
    (sample / "data" / "coded" / "plan.csv").unlink()
    code, out, err = sekom("check", "--study", sample)
    assert (code, err) == (0, "")
    assert "264 notes" in out
    assert "No problems found" in out


def test_check_lists_what_is_open_in_the_samples_plan(sample):
    code, out, err = sekom("check", "--study", sample)
    assert (code, err) == (1, "")
    (line,) = [line for line in out.splitlines() if "plan.csv" in line]
    assert line.split()[:2] == ["plan.csv", "5"]
    assert "nobody is responsible for 'M004'" in line
    assert "write who is, in the column 'responsible'" in line
    assert "1 problem. Nothing was changed." in out


@pytest.mark.parametrize("usable", [True, False])
def test_check_lists_logs_plan_and_imports_that_were_cut_off_at_once(sample, usable):
    report = sample / "rapport.txt"
    report.write_text("BILAGA 1", encoding="utf-8")
    begin_import(sample, report, "outline", [sample / "data/raw/notes-rapport.csv"])
    (sample / "data/raw/notes-rapport.csv").write_text("note_id;text\nX1;Ny\n", encoding="utf-8")
    with (sample / "data/coded/k1.csv").open("ab") as log:
        log.write(b"trasig_rad\n")
    if not usable:
        (sample / "data/raw/codebook.yaml").write_text("variables: [", encoding="utf-8")
    code, out, err = sekom("check", "--study", sample)
    assert (code, err) == (1, "")
    said = " ".join(out.split())
    for words in ("imports.csv", "the import of 'rapport.txt'", "data/raw/notes-rapport.csv", "again"):
        assert words in said
    for words in ("k1.csv", "trasig_rad", "plan.csv", "nobody is responsible for 'M004'"):
        assert (words in said) is usable
    assert ("this is not YAML" in said) is not usable
    assert f"{3 if usable else 2} problems. Nothing was changed." in said


def test_status_tells_decided_from_unseen(sample):
    code, out, _ = sekom("status", "--study", sample)
    assert code == 0
    cells = next(line.split() for line in out.splitlines() if line.startswith("k3") and " valence " in line)
    assert cells[2:6] == ["144", "0", "15", "159"]


def test_report_says_where_the_files_are(sample):
    code, out, _ = sekom("report", "--lang", "en", "--resamples", "50", cwd=sample)
    assert code == 0
    assert str(Path("figures") / "report.en.html") in out
    assert (sample / "figures" / "report.en.html").is_file()
    assert not (sample / "figures" / "report.sv.html").exists()


def test_a_new_study_from_somebodys_notes(tmp_path):
    (tmp_path / "lappar.csv").write_bytes("text;bord\r\nÖppna möten;3\r\nBrist på tid;4\r\n".encode("cp1252"))
    code, out, _ = sekom(
        "new", "mystudy", "--notes", "lappar.csv", "--title", "Min studie: åäö", cwd=tmp_path
    )
    assert code == 0
    assert "2 notes" in out
    code, out, _ = sekom("check", "--study", "mystudy", cwd=tmp_path)
    assert code == 0
    code, out, _ = sekom("status", "--study", "mystudy", cwd=tmp_path)
    assert code == 0
    assert "Nobody has coded yet" in out
    code, out, _ = sekom("agreement", "--study", "mystudy", cwd=tmp_path)
    assert code == 0
    assert "Nothing to compare yet" in out
    code, _, err = sekom("new", "mystudy", cwd=tmp_path)
    assert code == 1
    assert "not an empty folder" in err


def test_a_new_study_from_unusable_notes_leaves_nothing_behind(tmp_path):
    (tmp_path / "n.csv").write_text("note_id;lapp\n1;a\n1;b\n", encoding="utf-8")
    code, _, err = sekom("new", "mystudy", "--notes", "n.csv", cwd=tmp_path)
    assert code == 1
    assert "n.csv, row 3: the note_id '1' is already used in row 2" in err
    assert "notes.csv" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["n.csv"]


@pytest.mark.parametrize(
    ("command", "name", "said"),
    [("sheet", "sample-anna.xlsx", "may hold answers"), ("page", "sample-anna.html", "Move it away")],
)
def test_a_file_handed_out_is_not_written_over(command, name, said, sample):
    code, out, _ = sekom(command, "anna", "--study", sample, cwd=sample)
    assert code == 0
    assert name in out
    before = (sample / name).read_bytes()
    code, _, err = sekom(command, "anna", "--study", sample, cwd=sample)
    assert code == 1
    assert said in err
    assert (sample / name).read_bytes() == before


@pytest.mark.parametrize(("kind", "ending"), [("sheet", "xlsx"), ("page", "html")])
def test_what_is_handed_out_says_that_earlier_answers_are_inside(sample, kind, ending):
    study = Study.open(sample)
    _, out, _ = sekom(kind, "anna", "--to", f"first.{ending}", "--study", sample, cwd=sample)
    assert "Inside is" not in out
    first, second, third = study.notes.index[:3]
    variable = study.desk("anna").variables_of(first)[0]
    study.decide("anna", first, variable.id, variable.answers[0], memo="varför")
    variable = study.desk("anna").variables_of(second)[0]
    study.decide("anna", second, variable.id, variable.answers[0])
    study.desk("anna").skip(third, study.desk("anna").variables_of(third)[0].id, memo="vet inte")
    _, out, _ = sekom(kind, "anna", "--to", f"second.{ending}", "--study", sample, cwd=sample)
    assert "Inside is what anna answered before (2 answers and 2 memos): send it only to anna." in out


def test_a_page_sent_back_instead_of_its_answers_says_what_to_ask_for(sample):
    sekom("page", "anna", "--to", "sida.html", "--study", sample, cwd=sample)
    code, _, err = sekom("collect", "sida.html", "--study", sample, cwd=sample)
    assert code == 1
    assert "no answers are in it" in err
    assert "svar-STUDY-CODER.jsonl" in err
    assert not (sample / "data" / "coded" / "anna.csv").exists()


def test_a_sorted_list_becomes_a_study_and_asks_for_definitions_but_has_no_advice_yet(tmp_path):
    (tmp_path / "n.csv").write_text("text;grupp\na;x\nb;y\n", encoding="utf-8")
    _, out, _ = sekom("new", "min", "--notes", "n.csv", "--categories", "grupp", cwd=tmp_path)
    assert "The sorting in 'grupp' is now the coder 'n'" in out
    assert "give each code a definition; then: sekom check --study min" in out
    code, out, _ = sekom("codebook", "advice", "grupp", "--study", tmp_path / "min")
    assert (code, "Nothing to compare yet" in out) == (0, True)


def test_collecting_a_copied_log_twice_adds_it_once(sample, tmp_path):
    create_sample(tmp_path / "elsewhere")
    rows = (sample / "data" / "coded" / "k1.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sample / "data" / "coded" / "k1.csv").write_text("".join(rows[:-20]), encoding="utf-8")
    copy = tmp_path / "elsewhere" / "data" / "coded" / "k1.csv"
    code, out, _ = sekom("collect", copy, "--dry-run", "--study", sample)
    assert code == 0
    assert "would add 20 decisions" in out
    assert sekom("collect", copy, "--study", sample)[1].startswith("k1.csv: k1: added 20 decisions")
    assert "added 0 decisions; 1053 were here already" in sekom("collect", copy, "--study", sample)[1]


def test_a_packed_file_is_asked_for_unpacked(sample, tmp_path):
    (tmp_path / "svar.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    code, _, err = sekom("collect", tmp_path / "svar.zip", "--study", sample)
    assert code == 1
    assert "Unpack it" in err


def test_one_file_that_cannot_be_taken_does_not_stop_the_others(sample, tmp_path):
    (tmp_path / "bo.csv").write_text("hej", encoding="utf-8")
    code, out, err = sekom(
        "collect", tmp_path / "bo.csv", sample / "data" / "coded" / "k1.csv", "--study", sample
    )
    assert code == 1
    assert "bo.csv" in err
    assert "k1.csv: k1: " in out
    assert "Traceback" not in out + err


@pytest.mark.parametrize("coder", ["../x", "Anna", "con"])
def test_a_coder_who_cannot_be_one(coder, sample):
    before = snapshot(sample)
    code, _, err = sekom("sheet", coder, "--study", sample, cwd=sample)
    assert code == 1
    assert coder in err
    assert "Traceback" not in err
    assert snapshot(sample) == before


def test_a_fault_of_ours_is_no_traceback(sample):
    (sample / "figures").rmdir()
    (sample / "figures").write_text("in the way", encoding="utf-8")
    code, out, err = sekom("report", "--resamples", "0", "--study", sample)
    assert code == 1
    assert "Traceback" not in out + err


def test_adjudicate_takes_the_first_variable_with_something_to_settle(sample, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "sekom_analysis.coding.opening.open_adjudication",
        lambda study, *given, **options: opened.append((study.root, *given, options)) or 0,
    )
    assert sekom("adjudicate", "--as", "anna", "--study", sample)[0] == 0
    assert sekom("adjudicate", "--as", "anna", "category_d", "--lang", "en", "--study", sample)[0] == 0
    assert [(who, variable, options["lang"]) for _, who, variable, options in opened] == [
        ("anna", "valence", "sv"),
        ("anna", "category_d", "en"),
    ]


def test_adjudicate_says_when_there_is_nothing_to_settle(sample):
    for log in (sample / "data" / "coded").glob("k*.csv"):
        log.unlink()
    code, out, _ = sekom("adjudicate", "--as", "anna", "--study", sample)
    assert code == 0
    assert out.startswith("Nothing to settle: ")


def test_duplicates_lists_pairs_with_reasons_and_writes_them(sample, tmp_path):
    code, out, _ = sekom(
        "duplicates", "--stage", "D", "--first", "2", "--csv", tmp_path / "p.csv", "--study", sample
    )
    assert code == 0
    assert out.startswith("0.53  Same words: vidareutveckla, nyckeltal; Same codes: category_d=nyckeltal")
    assert "      D046: Nyckeltalen ska vara kvar/vidareutvecklas" in out
    rows = (tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(";")[:2] for row in rows] == [["note_a", "note_b"], ["D046", "D048"], ["D046", "D047"]]
    code, _, err = sekom("duplicates", "--stage", "X", "--study", sample)
    assert code == 2
    assert "there are: B, D" in err


def typed_in(text: str) -> list[str]:
    """The commands at the ends of lines."""
    return re.findall(r"(?m): (sekom .*)$", text)


@pytest.mark.parametrize("name", ["a.jsonl", "min fil.jsonl"])
def test_a_command_that_is_advised_can_be_typed_where_it_is_read(tmp_path, monkeypatch, name):
    from tests.test_collect_asks import CODEBOOK, NOTES, answers, first, said

    study = Study.create(tmp_path / "min studie", notes=NOTES, codebook=CODEBOOK)
    monkeypatch.chdir(tmp_path)
    path = Path(name)
    answers(path, study, first(5), who="anna")
    out = sekom("collect", path, "--study", "min studie")[1]
    quoted = f'"{name}"' if " " in name else name
    (undo,) = typed_in(out)
    assert undo == f'sekom collect {quoted} --undo --study "min studie"'
    again = sekom(*shlex.split(undo)[1:])[1]
    assert "took back 5 answers" in again
    assert "added 5 decisions" in sekom(*shlex.split(typed_in(again)[0])[1:])[1]
    assert said(Study.open(study.root)) == first(5)
    answers(Path("b.jsonl"), study, first(5, "vilja"), who="bo")
    err = sekom("collect", "b.jsonl", "--study", "min studie")[2]
    assert "b.jsonl --same-person --study" in err
    assert 'sekom collect b.jsonl --coder ID --study "min studie"' in err
    monkeypatch.chdir(study.root / "data")
    err = sekom("collect", "../../b.jsonl")[2]
    assert "sekom collect ../../b.jsonl --coder ID;" in err
    monkeypatch.setenv("SEKOM_STUDY", str(study.root))
    monkeypatch.chdir(tmp_path)
    assert "sekom collect b.jsonl --coder ID;" in sekom("collect", "b.jsonl")[2]


def test_a_sheet_that_is_there_names_the_command_that_collects_it(tmp_path, monkeypatch):
    from tests.test_collect_asks import CODEBOOK, NOTES

    Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)
    (tmp_path / "ut mapp").mkdir()
    (tmp_path / "where").mkdir()
    monkeypatch.chdir(tmp_path / "where")
    how = ["sheet", "anna", "--to", "../ut mapp/anna x.xlsx", "--study", "../small"]
    assert f"sekom collect FILE --study {tmp_path / 'small'}" in sekom(*how)[1]
    err = sekom(*how)[2]
    assert f'sekom collect "../ut mapp/anna x.xlsx" --study {tmp_path / "small"}' in err


def test_what_needs_a_look_is_looked_at_from_where_it_is_said(tmp_path, monkeypatch):
    from tests.test_collect_asks import CODEBOOK, NOTES

    study = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)
    study.decide("anna", "n01", "theme", "tid")
    coded = study.root / "data/coded"
    (coded / "anna (1).csv").write_bytes((coded / "anna.csv").read_bytes())
    study.decide("anna", "n02", "theme", "tid")
    (coded / "anna (1).csv").rename(coded / "anna.old")
    (coded / "anna.csv").rename(coded / "anna (1).csv")
    (coded / "anna.old").rename(coded / "anna.csv")
    monkeypatch.chdir(tmp_path)
    out, err = sekom("status", "--study", "small")[1:]
    assert "what to do: sekom check --study small)" in out
    assert "need a look: sekom check --study small" in err
    out = sekom("check", "--study", "small")[1]
    assert '  cd small\n  sekom collect "data/coded/anna (1).csv" --coder anna\n' in out
    monkeypatch.chdir(study.root)
    out = sekom("check")[1]
    assert 'folder:\n  sekom collect "data/coded/anna (1).csv" --coder anna\n' in out


def test_a_traceback_is_shown_only_where_it_was_asked_for(tmp_path):
    asked = ("check", "--study", tmp_path / "nowhere")
    code, _, err = sekom_process(*asked)
    assert (code, b"Traceback" in err) == (1, False)
    code, _, err = sekom_process(*asked, "--debug")
    assert code == 1
    assert b"Traceback" in err
    assert b"in find_root" in err
    assert sekom_process(*asked, SEKOM_DEBUG="1")[2].startswith(b"Traceback")


def test_a_notebook_shows_the_message_alone_until_somebody_asks_for_more(monkeypatch):
    with pytest.raises(SekomError) as caught:
        Study.open("nowhere")
    assert len(caught.value._render_traceback_()) == 1
    monkeypatch.setenv("SEKOM_DEBUG", "1")
    shown = caught.value._render_traceback_()
    assert shown[0].startswith("Traceback")
    assert any("in find_root" in line for line in shown)
