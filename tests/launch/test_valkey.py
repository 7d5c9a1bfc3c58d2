"""Our own Valkey: what is queued stays queued."""

from redis import Redis

from app.launch.valkey import Valkey


def test_what_was_queued_survives_the_killing_of_the_server(folder):
    with Valkey(folder) as server:
        with Redis.from_url(server.url) as connection:
            connection.rpush("queue", "job")
        server.process.kill()
        server.process.wait()
        server.start()
        with Redis.from_url(server.url) as connection:
            assert connection.lrange("queue", 0, -1) == [b"job"]


def test_a_server_for_tests_forgets_everything(folder):
    with Valkey(folder, is_durable=False) as server, Redis.from_url(server.url) as connection:
        connection.set("counter", 1)
    with Valkey(folder, is_durable=False) as server, Redis.from_url(server.url) as connection:
        assert connection.get("counter") is None
