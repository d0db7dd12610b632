"""Hub as it is, with the benchmark's own addresses beside it."""

from hub.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
