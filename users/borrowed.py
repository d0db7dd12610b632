"""Words of libraries that our catalogue says better than theirs (a no-break space, an apostrophe).

Our catalogue comes before theirs; standing here keeps the words in it.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

BORROWED: Final = (_("Forgot your password?"),)
