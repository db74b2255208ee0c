"""Where in a video the packets lie that wanted frames need."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import av

#: Packets between two wanted frames that are decoded rather than skipped: the decoder holds some
#: frames back, which it must give out before it starts anew.
_NEAR = 16


class FramePlaces:
    """Finds packets of frames by their time stamps.

    Args:
        packets: in decoding order.
        points: numbers of those that decoding may start from, rising.
    """

    def __init__(self, packets: Sequence[av.Packet], points: Sequence[int]) -> None:
        self._packets, self._points = packets, points
        shown = (pair for pair in enumerate(packets) if not pair[1].is_discard)
        self._place = {packet.pts: place for place, packet in shown}

    def stretches(self, stamps: Iterable[int]) -> Iterator[tuple[int, set[int]]]:
        """The packets to start decoding from, and the time stamps of frames to get from each on.

        Args:
            stamps: of the wanted frames.
        """
        start, reached, wanted = 0, 0, set[int]()
        for stamp in sorted(stamps):
            point = self._start_of(stamp)
            if wanted and point > reached + _NEAR:
                yield start, wanted
                wanted = set()
            if not wanted:
                start = point
            wanted.add(stamp)
            reached = max(reached, self._place[stamp])
        if wanted:
            yield start, wanted

    def _start_of(self, stamp: int) -> int:
        """The last packet to start from that is before a frame, in decoding and in showing."""
        count = bisect_right(self._points, self._place[stamp])
        while self._points[count - 1] and self._packets[self._points[count - 1]].pts > stamp:
            count -= 1
        return self._points[count - 1]


def are_marks(
    stamps: Sequence[int | None], packets: Sequence[av.Packet], decoder: av.VideoCodecContext
) -> bool:
    """Whether time stamps, right or not, tell frames apart and lead from each to its packet.

    Those of MPEG-4 may not: one of its packets may hold several pictures.

    Args:
        stamps: of all frames, as they came out of the decoder.
        packets: in decoding order.
        decoder: of them.
    """
    if decoder.codec.canonical_name == 'mpeg4':
        return False
    known = [stamp for stamp in stamps if stamp is not None]
    count = Counter(packet.pts for packet in packets)
    rising = all(one < other for one, other in pairwise(known))
    return rising and len(known) == len(stamps) and all(count[stamp] == 1 for stamp in known)
