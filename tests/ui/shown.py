"""What a page shows, as a reader sees it."""

from __future__ import annotations

import re


def unlinked(text: str) -> str:
    """The text without links to words explained, and without the backslashes that keep text from people plain."""
    return re.sub(r"\[([^]]*)\]\(#word-[\w-]+\)", r"\1", text).replace("\\", "")
