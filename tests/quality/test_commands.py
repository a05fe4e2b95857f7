"""sekom codebook and coder-report, and the door that a reflexive study shuts."""

import pytest
from typer.testing import CliRunner

from sekom_analysis.basics.errors import CodebookError, RatingsError, StanceError
from sekom_analysis.cli import app


def sekom(*arguments):
    """Run one command; a problem comes back as it is raised, for `main` to tell."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "command", [("codebook", "diff"), ("codebook", "advice"), ("coder-report",), ("program",)]
)
def test_each_has_help_with_an_example(command):
    code, out = sekom(*command, "--help")
    assert code == 0
    assert f"sekom {' '.join(command)}" in out.split("Example:")[1]


def test_advice_tells_the_notes(sample_study):
    code, out = sekom("codebook", "advice", "category_b", "--lang", "sv", "--study", sample_study.root)
    assert code == 0
    lines = out.splitlines()
    at = next(i for i, line in enumerate(lines) if "mellan Samverkan och Sekoms roll" in line)
    text = sample_study.notes.at["B020", "text"]
    assert any(line.strip().startswith(f"B020: {text[:60]}") for line in lines[at + 1 : at + 6])
    assert lines[at + 6].startswith("  och 5 lappar till: B")
    command = "sekom codebook describe category_b samverkan"
    assert lines[at + 7].startswith(f'  → {command} --exclude "…" --meaning --by ID --reason "…" --study ')
    assert "merge category_b" in lines[at + 8]


def test_diff_tells_what_was_reworded(make_study, revise):
    study = make_study({"a": "xyz"})
    assert "as they are now" in sekom("codebook", "diff", "--study", study.root)[1]
    old = study.codebook["v"].version
    revise(study, lambda variable: variable["codes"][0].update(definition="Sharper"))
    out = sekom("codebook", "diff", "--study", study.root)[1]
    assert f"v: {old} → " in out
    assert "The code X: the definition was changed from “Definition of x” to “Sharper”" in out
    assert "The two say the same." in sekom("codebook", "diff", old, old, "--study", study.root)[1]
    with pytest.raises(CodebookError, match="'cqq'"):
        sekom("codebook", "diff", "cqq", "--study", study.root)


def test_a_coders_report(sample_study):
    code, out = sekom("coder-report", "k1", "category_b", "--resamples", "0", "--study", sample_study.root)
    assert code == 0
    assert "not for ranking coders" in out


def test_a_reflexive_study_shows_no_agreement(sample, reflexive):
    reflexive(sample)
    for command in (
        ("agreement",),
        ("codebook", "advice", "category_b"),
        ("coder-report", "k1", "category_b"),
    ):
        with pytest.raises(StanceError):
            sekom(*command, "--study", sample.root)


def test_program_is_refused_where_nothing_was_declared_and_tested_where_it_was(make_study):
    letters = "xyzzyxxyzyxzxxyzzyxyzxyzxyzxyzxyzx"
    answers = dict.fromkeys(("p1", "p2", "p3", "robot"), letters)
    coders = {"robot": {"kind": "automatic"}}
    without = make_study(answers, n=34, name="without", coders=coders, plan={})
    with pytest.raises(RatingsError, match="There is no default"):
        sekom("program", "robot", "v", "--study", without.root)
    declared = make_study(answers, n=34, name="declared", coders=coders, plan={"epsilon": 0.2})
    code, out = sekom("program", "robot", "v", "--lang", "sv", "--study", declared.root)
    assert code == 0
    assert "robot klarar provet" in out
