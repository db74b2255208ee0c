// Output channels of a convolution in panels, computed together, and weights laid out for them.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vared_mm {

constexpr int64_t kLanes = 16;
constexpr int kMostVectors = 5;  // of output channels in a panel
// Pixels in a tile, by vectors in a panel: sums, weights and one input fill 32 registers.
constexpr int kPixels[kMostVectors + 1] = {3, 12, 12, 8, 6, 5};
constexpr int64_t kNarrow = 8;  // channels of a panel of no whole vector

// Whether a row of the kernel is a single tap, over the channels of all its pixels, side by side: with
// few channels, taps of single pixels would be too short.
constexpr bool rows_are_taps(int64_t in_channels) { return in_channels < 8; }

// Output channels that are computed together: vectors of them; or, `vectors` 0, half a vector or
// less. Such narrow ones take vectors of input channels instead, and add their lanes up at the end.
struct Panel {
  int64_t first, channels;  // that are real
  int vectors;
};

// Panels of a convolution; their vectors differ by one at most.
inline std::vector<Panel> panels_of(int64_t out, int64_t in, int64_t taps) {
  const int64_t rest = out % kLanes;
  const bool narrow = rest > 0 && rest <= kNarrow && in >= kLanes && in * taps >= 12 * kLanes;
  const int64_t vectors = out / kLanes + (rest > 0 && !narrow);
  const int64_t count = (vectors + kMostVectors - 1) / kMostVectors;
  std::vector<Panel> panels;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = i * vectors / count, past = (i + 1) * vectors / count;
    panels.push_back({first * kLanes, std::min(past * kLanes, out) - first * kLanes,
                      static_cast<int>(past - first)});
  }
  if (narrow) panels.push_back({out - rest, rest, 0});
  return panels;
}

// Floats of the weights that a panel has for each tap.
inline int64_t weights_of(const Panel& panel, int64_t in) {
  return panel.vectors > 0 ? in * panel.vectors * kLanes
                           : (in + kLanes - 1) / kLanes * kLanes * kNarrow;
}

// Weights (out, in, taps) to (panel, tap, in, channel of the panel), or, of narrow panels, to
// (panel, tap, vector of in, channel of the panel, lane); zeros where a panel ends late.
inline void pack(const float* weights, int64_t out, int64_t in, int64_t taps, float* to) {
  const auto at = [&](int64_t c, int64_t i, int64_t tap) {
    return c < out && i < in ? weights[(c * in + i) * taps + tap] : 0.f;
  };
  for (const Panel& panel : panels_of(out, in, taps)) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      if (panel.vectors > 0) {
        for (int64_t i = 0; i < in; ++i)
          for (int64_t c = 0; c < panel.vectors * kLanes; ++c) *to++ = at(panel.first + c, i, tap);
      } else {
        for (int64_t i = 0; i < in; i += kLanes)
          for (int64_t c = 0; c < kNarrow; ++c)
            for (int64_t lane = 0; lane < kLanes; ++lane)
              *to++ = at(panel.first + c, i + lane, tap);
      }
    }
  }
}

inline int64_t packed_size(int64_t out, int64_t in, int64_t taps) {
  int64_t size = 0;
  for (const Panel& panel : panels_of(out, in, taps)) size += taps * weights_of(panel, in);
  return size;
}

}  // namespace vared_mm
