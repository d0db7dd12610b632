"""`python -m bench.paging ACCOUNT PAGES`: the cursor of a page far down, by walking there."""

import json
import sys
from uuid import UUID

import django

django.setup()

from accounts.tenancy import scope  # noqa: E402
from messaging.log import Filters, read_page  # noqa: E402


def main(account: UUID, pages: int) -> None:
    cursor = ""
    with scope(account):
        for _page in range(pages - 1):
            came = "older" if cursor else "first"
            cursor = read_page(account, Filters(), "UTC", cursor=cursor, came=came).page.older or ""
    print(json.dumps({"cursor": cursor}))


if __name__ == "__main__":
    main(UUID(sys.argv[1]), int(sys.argv[2]))
