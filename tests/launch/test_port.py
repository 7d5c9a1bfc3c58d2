"""The port of the web server: chosen by the environment, and never shared with a stranger."""

import socket

import pytest

from app.launch.errors import LaunchError
from app.launch.port import chosen_port, require_free_port


@pytest.fixture
def stranger():
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        yield stranger


def test_a_taken_port_is_refused_in_one_line_that_names_another(stranger):
    port = stranger.getsockname()[1]
    with pytest.raises(LaunchError, match=f"Port {port} .*make run PORT=") as refusal:
        require_free_port(port, patience=0)
    assert "\n" not in str(refusal.value)


def test_a_port_is_free_once_its_listener_has_gone(stranger):
    port = stranger.getsockname()[1]
    stranger.close()
    require_free_port(port, patience=0)


@pytest.mark.parametrize("text", ["0", "65536", "eight", "-1", "8000.0"])
def test_what_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(LaunchError, match="must be a number from 1 to 65535"):
        chosen_port()


def test_the_port_is_8000_unless_told(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert chosen_port() == 8000
    monkeypatch.setenv("PORT", "8001")
    assert chosen_port() == 8001
