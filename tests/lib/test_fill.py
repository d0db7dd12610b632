from hub.lib.fill import fill

PAGE = """<form method="post" action="/prefs/"><input name="a" value="0"></form>
<form method="get"><input name="a" value="0"></form>
<form method="post" novalidate><input type="hidden" name="card" value="one">
<input name="a" value="0"></form>
<form method="post" action="#two"><input type="hidden" name="card" value="two">
<input name="a" value="é" class="x"><input type="checkbox" name="b" value="1" checked>
<input type="checkbox" name="b" value="2">
<input type="radio" name="c" value="1" checked><input type="radio" name="c" value="2">
<select name="d"><option value="1" selected>x</option><option value="2">y</option></select>
<textarea name="e">old
text</textarea><input type="password" name="p"><input type="submit" name="s" value="Save"></form>"""


def filled(**fields: list[str]) -> str:
    return fill(PAGE, page="/here/", action="/here/", fields=fields)


def test_only_the_form_of_the_card_that_was_sent_is_filled_and_marked() -> None:
    html = filled(card=["two"], a=["<1>"])
    assert html.count("data-dirty") == 1
    assert html.count('value="0"') == 3
    assert 'name="a" value="&lt;1&gt;" class="x"' in html


def test_every_kind_of_field_holds_what_was_sent() -> None:
    html = filled(card=["two"], b=["2"], c=["2"], d=["2"], e=["new & old"], p=["secret"], s=["x"])
    assert '<input type="checkbox" name="b" value="1">' in html
    assert '<input type="checkbox" name="b" value="2" checked>' in html
    assert '<input type="radio" name="c" value="1">' in html
    assert '<input type="radio" name="c" value="2" checked>' in html
    assert '<option value="1">x</option><option value="2" selected>' in html
    assert '<textarea name="e">\nnew &amp; old</textarea>' in html
    assert "secret" not in html
    assert 'name="s" value="Save"' in html


def test_what_goes_elsewhere_or_fits_no_form_changes_nothing() -> None:
    assert fill(PAGE, page="/here/", action="/there/", fields={"a": ["1"]}) == PAGE
    assert filled(card=["three"], a=["1"]) == PAGE
    assert filled(card=["two"], zzz=["1"]) != PAGE  # its card fits, and its boxes are unticked
    assert fill("<p>&lt; no form", page="/", action="/", fields={"a": ["1"]}) == "<p>&lt; no form"
