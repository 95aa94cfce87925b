"""Cut a text at a line to what a channel takes, with a note of how much is left out."""

from collections.abc import Callable

LEFT_OUT = "… còn {lines} dòng nữa; xin hỏi danh sách đầy đủ ở nơi tổng hợp báo cáo"


def shortened(text: str, limit: int, lines: int = 0, size: Callable[[str], int] = len) -> str:
    """The text, or its first whole lines and then how many are left out and where the whole list is.

    limit: what `size` may say of the result, characters by default; lines: how many it may have, 0 for any number.
    Where not even the note fits, nothing is left of the text but its beginning.
    """
    every = text.rstrip("\n").split("\n")
    if size(text) <= limit and (not lines or len(every) <= lines):
        return text
    room = limit - size("\n" + LEFT_OUT.format(lines=len(every)))
    kept = 0
    for line in every[: lines - 1 if lines else None]:
        room -= size(line + "\n")
        if room < 0:
            break
        kept += 1
    note = LEFT_OUT.format(lines=len(every) - kept)
    if not kept and size(note) > limit:
        return text[:limit]
    return "\n".join([*every[:kept], note])
