"""Hub as it is, with the benchmark's own addresses beside it."""

from hub.settings import *  # noqa: F403

API_URLCONF = "bench.urls"
ROOT_URLCONF = "bench.urls"
