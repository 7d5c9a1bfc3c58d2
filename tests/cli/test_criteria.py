"""``criteria verdict`` answers from the files that ship, with no database anywhere."""

import json

import pytest

from app.config import Config
from app.factory import create_app


SET = "qd-324-2023@1"


@pytest.fixture
def ask():
    """Ask for a verdict on a machine where nothing is set up."""
    runner = create_app(Config.from_environment({"BANGVANG_HOME": "/nowhere"})).test_cli_runner()

    def verdict(scores: str, *options: str, reference: str = SET, group: int = 3):
        command = ["criteria", "verdict", reference, "--group", str(group), "--scores", scores]
        return runner.invoke(args=[*command, *options])

    return verdict


@pytest.mark.parametrize(
    ("scores", "total", "lowest", "verdict"),
    [
        ([8] * 10, 80, 8, "recognised"),
        ([8] * 9 + [7], 79, 7, "not_recognised"),
        ([9] * 8 + [8, 4], 84, 4, "not_recognised"),
        ([10] * 9 + [5], 95, 5, "recognised"),
        ([10] * 9 + [4], 94, 4, "not_recognised"),
        ([5, 5] + [9] * 8, 82, 5, "recognised"),
    ],
)
def test_the_rule_of_the_plans_holds_at_its_edges(ask, scores, total, lowest, verdict):
    answer = ask(",".join(map(str, scores)), "--json")
    found = json.loads(answer.output)
    assert answer.exit_code == 0
    assert (found["total"], found["lowest"], found["verdict"]) == (total, lowest, verdict)
    assert found["reason"]


def test_a_blank_is_incomplete_and_adds_up_to_nothing(ask):
    answer = ask("8,,8,8,8,8,8,8,8,8", "--json")
    found = json.loads(answer.output)
    assert answer.exit_code == 0
    assert (found["verdict"], found["total"], found["lowest"]) == ("incomplete", None, None)
    assert "2" in found["reason"]


@pytest.mark.parametrize("wrong", ["0", "11", "7.5", "-1", "tám", "٨"])
def test_what_is_no_whole_score_is_refused_by_name(ask, wrong):
    answer = ask(f"8,8,{wrong},8,8,8,8,8,8,8")
    assert answer.exit_code == 2
    assert "Indicator 3" in answer.output


@pytest.mark.parametrize("scores", ["8,8,8,8,8,8,8,8,8", ",".join(["8"] * 11), ""])
def test_there_must_be_ten_scores(ask, scores):
    answer = ask(scores)
    assert answer.exit_code == 2
    assert "10 scores" in answer.output


def test_an_unknown_set_is_answered_with_those_there_are(ask):
    answer = ask(",".join(["8"] * 10), reference="qd-1@1")
    assert answer.exit_code == 2
    assert SET in answer.output


def test_a_group_that_the_set_does_not_have_is_refused(ask):
    answer = ask(",".join(["8"] * 10), reference="qd-244-2022@1", group=4)
    assert answer.exit_code == 2
    assert "1, 2, 3" in answer.output


def test_without_json_a_sentence_says_it(ask):
    assert "1 short of 80" in ask(",".join(["8"] * 9 + ["7"])).output


def test_a_set_named_without_a_version_is_its_newest(ask):
    assert (
        ask("8,8,8,8,8,8,8,8,8,8", reference="qd-324-2023").output
        == ask("8,8,8,8,8,8,8,8,8,8").output
    )
