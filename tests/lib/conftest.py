"""These tests need no settings of ours; when there are none, Django gets its own defaults."""

import os

import django
from django.conf import settings

if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    settings.configure(USE_I18N=True, LANGUAGE_CODE="en", LOCALE_PATHS=[])
    django.setup()
