"""The renderer of every form: our field template, and bound fields that know their shape.

What applications import (`ConsoleForm`, `problems`) lies in `hub.lib.forms`.
"""

from django.forms.renderers import TemplatesSetting

from hub.lib.forms import ConsoleBoundField


class ConsoleRenderer(TemplatesSetting):
    """`{{ field.as_field_group }}` renders `parts/field.html`."""

    field_template_name = "parts/field.html"
    bound_field_class = ConsoleBoundField
