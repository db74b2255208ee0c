// Two lines of a result at a time, one below the other: they share most rows of the input.

#pragma once

#include "conv/geometry.h"

namespace vared_mm {

// A row of the input, and the first tap of the kernel's row that meets it, for each of two lines.
struct SeenRow {
  static constexpr int64_t kUnseen = -1;
  const float* from;
  std::array<int64_t, 2> taps;
  bool seen_by(int line) const { return taps[line] != kUnseen; }
};

class LinePairs {
 public:
  explicit LinePairs(const Geometry& g) : g_(g) {}

  // How many lines share rows of the input that lie in the cache.
  int64_t lines_together() const {
    const int64_t bytes = g_.kernel[0] * g_.in[2] * g_.in_channels * sizeof(float);  // of a row
    return std::max<int64_t>(kBand / (bytes * g_.stride[1]) & ~1, 2);
  }

  // Calls use(frame, row, whether there is a line below it, rows that they see) for lines of the
  // result of a clip.
  template <class Use>
  void for_each(const Lines& lines, const float* clip, const Use& use) {
    for (size_t i = 0; i < lines.size(); ++i) {
      const auto [t, h] = lines[i];
      if (i == 0 || t != frame_) {
        followed_ = t == frame_ + 1 && h == row_;
        frame_ = t, row_ = h;
      }
      const bool two = i + 1 < lines.size() && lines[i + 1] == std::pair(t, h + 1);
      find_rows(t, h, two, clip);
      use(t, h, two, std::as_const(rows_));
      i += two;
    }
  }

 private:
  static constexpr int64_t kBand = 400 << 10;  // bytes of the input

  void find_rows(int64_t t, int64_t h, bool two, const float* clip) {
    const int64_t size = g_.in[2] * g_.in_channels, height = g_.kernel[1], below = g_.stride[1];
    rows_.clear();
    for (int64_t a = 0; a < g_.kernel[0]; ++a) {
      if (!g_.inside(0, t, a)) continue;
      const auto tap = [&](int64_t b) {
        return b >= 0 && b < height ? (a * height + b) * g_.kernel[2] : SeenRow::kUnseen;
      };
      for (int64_t b = 0; b < height + (two ? below : 0); ++b) {
        if (!g_.inside(1, h, b)) continue;
        const float* from = clip + (g_.place(0, t, a) * g_.in[1] + g_.place(1, h, b)) * size;
        const SeenRow row{from, {tap(b), two ? tap(b - below) : SeenRow::kUnseen}};
        if (!row.seen_by(0) && !row.seen_by(1)) continue;
        rows_.push_back(row);
        // No line read it just now: reading it in order is quicker than in the order of its use.
        const bool new_frame = !followed_ || a >= g_.kernel[0] - g_.stride[0];
        if (new_frame && b >= height - below) touch(from, size);
      }
    }
  }

  static void touch(const float* row, int64_t size) {
    for (int64_t i = 0; i < size; i += 16) (void)*static_cast<const volatile float*>(row + i);
  }

  const Geometry& g_;
  std::vector<SeenRow> rows_;
  // Where the lines that are at hand begin, and whether those before were the same of the frame before.
  int64_t frame_ = -2, row_ = 0;
  bool followed_ = false;
};

}  // namespace vared_mm
