import pytest

from hub.lib.devices import browser_of, is_phone, system_of

AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": ("Firefox", "Linux"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": ("Edge", "Windows"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Safari/605.1.15": ("Safari", "macOS"),
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36": ("Chrome", "Android"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1": ("Chrome", "iPhone"),
    "curl/8.5.0": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("agent", "known"), AGENTS.items())
def test_a_browser_is_known_by_its_own_mark_among_those_it_borrows(
    agent: str, known: tuple[str, str]
) -> None:
    assert (browser_of(agent), system_of(agent)) == known


def test_a_phone_is_told_from_a_desk() -> None:
    agents = list(AGENTS)
    assert [is_phone(agent) for agent in agents[:5]] == [False, False, False, True, True]
