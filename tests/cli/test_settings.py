"""Commands find the servers of a running ``make run``, or say in one line what to do."""

import pytest

from app.config import Config, owner_database_url
from app.factory import create_app
from app.launch import environment


NAMED = {
    "DATABASE_URL": "postgresql+psycopg://somebody@/db",
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "s",
    "CCCD_KEY": "ab" * 32,
}


def test_a_command_takes_the_settings_that_a_running_deployment_shares(tmp_path, monkeypatch):
    for name in ("OWNER_DATABASE_URL", "BANGVANG_DEMO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in NAMED.items():
        monkeypatch.setenv(name, value)
    beside = {"BANGVANG_HOME": str(tmp_path)}
    with environment.shared(tmp_path, str(tmp_path)):
        shared = Config.from_environment(beside)
        mode = (tmp_path / "environment").stat().st_mode & 0o777
        assert owner_database_url(beside) == NAMED["DATABASE_URL"]
    assert shared.database_url == NAMED["DATABASE_URL"]
    assert shared.has_services
    assert mode == 0o600
    assert not Config.from_environment(beside).has_services


def test_a_setting_that_is_missing_beside_others_is_an_error():
    named = {name: value for name, value in NAMED.items() if name != "CCCD_KEY"}
    with pytest.raises(KeyError, match="CCCD_KEY"):
        Config.from_environment(named)


@pytest.mark.parametrize(
    "command",
    [
        ["setup"],
        ["demo", "accounts"],
        ["results", "show", "lai-chau", "--year", "2026"],
        ["tenants", "list"],
    ],
    ids=" ".join,
)
def test_without_a_database_a_command_says_in_one_line_what_to_do(command):
    app = create_app(Config.from_environment({"BANGVANG_HOME": "/nowhere"}))
    answer = app.test_cli_runner().invoke(args=command)
    assert answer.exit_code == 1
    assert "make run" in answer.output
    assert "Traceback" not in answer.output
