"""Texts with merge fields, shared by the tests of messaging/merge.py and static/js/segments.js."""

from typing import Final

VALUES: Final = {"name": "Ana Sol", "number": "+33 6 39 98 01 23"}

# Each text, and how it is read.
READABLE: Final = [
    ("", ""),
    ("Hello", "Hello"),
    ("Hello {name}, you are {number}.", "Hello Ana Sol, you are +33 6 39 98 01 23."),
    ("{name}{name}", "Ana SolAna Sol"),
    ("{name|friend}", "Ana Sol"),
    ("{name|}", "Ana Sol"),
    ("{name|two words, with: signs!}", "Ana Sol"),
    ("{{", "{"),
    ("{{}", "{}"),
    ("}", "}"),
    ("}}", "}}"),
    ("a } b", "a } b"),
    ("{{name}", "{name}"),
    ("{{{name}", "{Ana Sol"),
    ("{{{{name}", "{{name}"),
    ("{name}}", "Ana Sol}"),
    ("{{other}}", "{other}}"),
    ("{{ 20 % }} off", "{ 20 % }} off"),
    ("{name|a\nb}", "Ana Sol"),
    ("è {name} 😀 {{", "è Ana Sol 😀 {"),
]

# Each text, its first fault and where that stands.
FAULTY: Final = [
    ("{", "unclosed", 0),
    ("Hello {name", "unclosed", 6),
    ("{{{", "unclosed", 2),
    ("{name {number}", "unclosed", 0),
    ("Hello {}", "malformed", 6),
    ("{ name }", "malformed", 0),
    ("{Name}", "malformed", 0),
    ("{name|a|b}", "malformed", 0),
    ("{name!r}", "malformed", 0),
    ("{0}", "malformed", 0),
    ("{name\n}", "malformed", 0),
    ("{nom}", "unknown", 0),
    ("😀 {nom}", "unknown", 2),
    ("{message}", "unknown", 0),
    ("{__class__}", "unknown", 0),
    ("Hi {{name}}", "doubled", 3),
    ("{{ number }}", "doubled", 0),
    ("{{name|friend}}", "doubled", 0),
]

_INSIDE: Final = (
    "a.__class__", "name.__class__", "name.__class__.__mro__", "name.__class__.__mro__[1]",
    "name.__init__.__globals__", "name.__init__.__globals__[SECRET_KEY]", "name[0]",
    "name[__class__]", "0", "0.__class__", "0[0]", "!r", "name!r", "name!s", "name!a",
    "name:>100000", "name:{number}", "name:d", "name:%s", "self", "self.account", "user",
    "user.password", "user.__class__.__mro__", "request", "request.user", "request.META",
    "settings", "settings.SECRET_KEY", "config", "config.items()", "account", "account.balance",
    "account_id", "contact", "contact.account.parent", "contact.name", "message", "sender",
    "token", "secret", "password", "os", "os.environ", "os.environ[PATH]", "7*7", "7*'7'",
    "''.__class__", "().__class__.__bases__[0]", "[].__class__", "lambda:0", "lambda x: x",
    "__import__('os')", "__import__('os').system('id')", "import os", "open('/etc/passwd')",
    "exec('1')", "eval('1')", "globals()", "locals()", "vars()", "dir()", "print(1)", "name()",
    "name.upper()", "name|upper|lower", "name|default:'x'|safe", "name | safe", "name ", " name",
    "name\t", "name\x00", "name\u200b", "\u202ename", "nаme", "NAME", "Name", "ｎａｍｅ", "name-x",
    "name.x", "name/x", "name\\x", "name'", 'name"', "name`", "name;", "name&number",
    "name,number", "name=1", "name==1", "name<1", "<script>", "<img src=x onerror=alert(1)>",
    "${name}", "$name", "#name", "@name", "%name", "*name", "**name", "?name", "^name", "~name",
    "name1", "1name", "é", "😀",
)  # fmt: skip
_AS_THEY_ARE: Final = (
    "{% debug %}", "{% include '/etc/passwd' %}", "{% load static %}", "{# comment #}",
    "{{ 7*7 }}", "{{ request.user }}", "{{ settings.SECRET_KEY }}", "{{7*'7'}}", "{{config}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "%(name)s",
    "%s%s%s%n", "%x", "$name", "$(id)", "`id`", "\\1", "\\g<0>", "{name.__class__",
    "{{name.__class__}}",
)  # fmt: skip
INJECTIONS: Final = [*(f"{{{inside}}}" for inside in _INSIDE), *_AS_THEY_ARE]
