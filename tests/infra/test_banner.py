"""The banner names addresses and accounts, and no secret."""

from pathlib import Path

from infra.banner import banner, origin
from infra.datadir import DataDir

ENVIRONMENT = {
    "SCHEME": "http",
    "PORT": "8000",
    "BASE_DOMAIN": "localhost",
    "DEMO": "1",
    "CATCHER_URL": "http://127.0.0.1:15001/",
}


def test_it_names_sites_accounts_and_files(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    data.prepare()
    data.write_json(
        "demo-accounts.json",
        [{"site": "jiaoyu", "account": f"staff{n}", "password": "p4ssw0rd!"} for n in range(5)],
    )
    text = banner(data, ENVIRONMENT)
    assert "http://host.localhost:8000/" in text
    assert "http://jiaoyu.localhost:8000/" in text
    assert "staff0" in text
    assert "+2" in text
    assert str(tmp_path / "demo-accounts.json") in text
    assert "http://127.0.0.1:15001/" in text
    assert "p4ssw0rd!" not in text


def test_it_does_without_a_demonstration(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    data.prepare()
    assert "demo-accounts" not in banner(data, {**ENVIRONMENT, "DEMO": "0"})
    assert "demo-accounts" not in banner(data, ENVIRONMENT)


def test_an_address_leaves_out_the_usual_port() -> None:
    assert origin({**ENVIRONMENT, "SCHEME": "https", "PORT": "443"}, "host") == "https://host.localhost"
    assert origin({**ENVIRONMENT, "PORT": "80"}) == "http://localhost"
