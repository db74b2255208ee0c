// Maxima over windows of clips that lie as T H W C, each channel by itself, two lines at a time: those
// of whole columns first, for windows beside each other share them. What lies outside adds nothing.

#pragma once

#include <limits>

#include "conv/line_pairs.h"

namespace vared_mm {

class MaxPoolRunner;

struct MaxPool {
  using Runner = MaxPoolRunner;
  Geometry geometry;
};

// Lines of one clip. For one thread.
class MaxPoolRunner {
 public:
  explicit MaxPoolRunner(const MaxPool& layer) : g_(layer.geometry), pairs_(g_) {
    for (Buffer& maxima : columns_) maxima.resize(kLanes * g_.in[2]);
  }

  int64_t lines_together() const { return pairs_.lines_together(); }

  // Lines of the result, given by frame and row. `from` is of the clip; a line's first pixel goes
  // to place(frame, row).
  template <class Place>
  void run(const Lines& lines, const float* from, const Place& place) {
    pairs_.for_each(lines, from, [&](int64_t t, int64_t h, bool two, const auto& rows) {
      for (auto& some : rows_) some.clear();
      for (const SeenRow& row : rows)
        rows_[row.seen_by(0) && row.seen_by(1) ? 2 : row.seen_by(1)].push_back(row.from);
      float *to = place(t, h), *below = two ? place(t, h + 1) : nullptr;
      for_blocks(0, g_.out_channels, [&](auto in, int64_t c) {
        compare_columns(in, c);
        compare_windows(in, columns_[0].data(), to + c);
        if (two) compare_windows(in, columns_[1].data(), below + c);
      });
    });
  }

 private:
  static constexpr int64_t kLanes = 16;

  // NaN stays.
  template <class Float>
  static Float larger(Float a, Float b) {
#ifdef __AVX512F__
    if constexpr (sizeof a == 64) {
      const __m512 most = _mm512_max_ps((__m512)b, (__m512)a);  // a where either is NaN
      const __mmask16 nan = _mm512_cmp_ps_mask((__m512)b, (__m512)b, _CMP_UNORD_Q);
      return (Float)_mm512_mask_mov_ps(most, nan, (__m512)b);
    }
#endif
    return (b > a) | (b != b) ? b : a;
  }

  template <class In>
  void compare_columns(In in, int64_t first) {
    using Float = typename In::Float;
    for (int64_t w = 0; w < g_.in[2]; ++w) {
      const int64_t at = w * g_.in_channels + first;
      const auto most = [&](Float value, const std::vector<const float*>& rows) {
        for (const float* row : rows) value = larger(value, in.load(row + at));
        return value;
      };
      const Float none = Float{} - std::numeric_limits<float>::infinity();
      const Float both = most(none, rows_[2]);
      for (int line = 0; line < 2; ++line)
        store<In::kLanes>(columns_[line].data() + w * kLanes, most(both, rows_[line]));
    }
  }

  template <class In>
  void compare_windows(In in, const float* columns, float* to) const {
    for (int64_t w = 0; w < g_.out[2]; ++w) {
      const int64_t left = g_.place(2, w, 0);
      const int64_t begin = std::max<int64_t>(left, 0);
      const int64_t end = std::min(left + g_.kernel[2], g_.in[2]);
      auto value = load<In::kLanes>(columns + begin * kLanes);
      for (int64_t x = begin + 1; x < end; ++x)
        value = larger(value, load<In::kLanes>(columns + x * kLanes));
      in.store(to + w * g_.out_channels, value);
      __builtin_prefetch(to + (w + 8) * g_.out_channels, 1, 3);
    }
  }

  const Geometry& g_;
  LinePairs pairs_;
  // Of the input: rows that the first of two lines sees, the second, and both.
  std::array<std::vector<const float*>, 3> rows_;
  std::array<Buffer, 2> columns_;  // maxima, a vector for each column, of each line
};

}  // namespace vared_mm
