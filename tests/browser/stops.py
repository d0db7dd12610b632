"""What the tour stops at."""

from typing import NamedTuple


class Stop(NamedTuple):
    """A page to look at. `variant`: shares its title with another stop."""

    name: str
    path: str
    user: str
    status: int = 200
    variant: bool = False
