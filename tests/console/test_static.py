"""The rules that keep our own CSS and script small, themable and safe right to left."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from hub.styles import whole_sheet

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
# Mail carries its styles in itself; a test of the letters looks at it.
PAGES = sorted(set((ROOT / "templates").rglob("*.html")) - set((ROOT / "templates/mail").glob("*")))

PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom)"
    r"|text-align|float|clear)\s*:(?!\s*(?:start|end|center|justify|inline-start|inline-end)\b)"
)
HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}){1,2}\b")


def rules(style: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", style.read_text(), flags=re.DOTALL)


def without_block(css: str, start: str) -> str:
    """`css` without the blocks whose opening matches `start`."""
    while found := re.search(start + r"[^{]*\{", css):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        css = css[: found.start()] + css[end:]
    return css


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_styles_name_no_physical_side(style: Path) -> None:
    assert PHYSICAL.findall(rules(style)) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_colours_are_written_in_the_tokens_layer_alone(style: Path) -> None:
    outside = without_block(rules(style), r"@layer tokens")
    assert HEX.findall(re.sub(r"url\([^)]*\)", "", outside)) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_important_is_said_only_for_reduced_motion_and_print(style: Path) -> None:
    rest = without_block(rules(style), r"@media (?:print|\(prefers-reduced-motion)")
    assert "!important" not in rest


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_every_rule_stands_in_a_layer(style: Path) -> None:
    rest = re.sub(r"@layer [\w, ]+;|@import [^;]+;", "", without_block(rules(style), r"@layer \w+"))
    assert rest.strip() == ""


def test_the_rules_above_find_what_they_forbid() -> None:
    assert PHYSICAL.search("margin-left: 2px")
    assert PHYSICAL.search("text-align: right")
    assert not PHYSICAL.search("margin-inline-start: 2px; text-align: end; inset-block-start: 1px")
    assert HEX.search("color: #fff")


def test_every_style_is_in_the_one_sheet_of_the_pages() -> None:
    sheet = (STATIC / "css/console.css").read_text()
    imported = re.findall(r'@import "([^"]+)";', sheet)
    assert sorted([*imported, "console.css"]) == [style.name for style in STYLES]
    paths = {
        f"css/{style.name}": (FileSystemStorage(STATIC), f"css/{style.name}") for style in STYLES
    }
    whole = whole_sheet(paths)
    assert "@import" not in whole
    assert "/*" not in whole
    assert len(gzip.compress(whole.encode(), 9)) <= 10_000


def test_the_scripts_stay_within_their_budget() -> None:
    assert len(gzip.compress(b"".join(script.read_bytes() for script in SCRIPTS), 9)) <= 20_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_carry_no_inline_style_and_no_inline_script(page: Path) -> None:
    html = re.sub(r"{% comment %}.*?{% endcomment %}", "", page.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style\b|\son\w+=|javascript:", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_draw_only_icons_of_the_sprite(page: Path) -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img/icons.svg").read_text()))
    assert set(re.findall(r'{% icon "([^"]+)"', page.read_text())) <= sprite


def test_vendored_files_are_what_the_manifest_says_with_their_licences() -> None:
    listed = json.loads((STATIC / "vendor.json").read_text())["files"]
    assert listed
    for entry in listed:
        content = (STATIC / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["path"]
        assert (STATIC / entry["licence_file"]).read_text().strip()
        assert entry["version"]
        assert entry["licence"]
