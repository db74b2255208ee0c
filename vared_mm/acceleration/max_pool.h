// Maxima over windows of clips that lie as T H W C, each channel by itself, line by line of output
// pixels. What lies outside adds nothing.

#pragma once

#include <limits>

#include "geometry.h"

namespace vared_mm {

class MaxPoolRunner;

struct MaxPool {
  using Runner = MaxPoolRunner;
  Geometry geometry;
};

// Lines of one clip. For one thread.
class MaxPoolRunner {
  using Float = Lanes<16>::Float;

 public:
  explicit MaxPoolRunner(const MaxPool& layer) : g_(layer.geometry), columns_(g_) {}

  // How many lines share rows of the input that lie in the cache.
  int64_t lines_together() const {
    const int64_t bytes = g_.kernel[0] * g_.in[2] * g_.in_channels * sizeof(float);  // of a row
    return std::max<int64_t>(kBand / (bytes * g_.stride[1]), 1);
  }

  // Lines of the result, given by frame and row, few channels at a time. `from` is of the clip; a
  // line's first pixel goes to place(frame, row).
  template <class Place>
  void run(const Lines& lines, const float* from, const Place& place) {
    by_rows_ = lines.size() > 1;
    const int64_t row = g_.in[2] * g_.in_channels;
    ahead_ = by_rows_ ? g_.stride[1] * row : g_.stride[0] * g_.in[1] * row;
    const int64_t step = by_rows_ ? kTogether : g_.out_channels;  // one line: nothing is shared
    for (int64_t c = 0; c < g_.out_channels; c += step) {
      first_ = c, past_ = std::min(c + step, g_.out_channels);
      for (const auto& [t, h] : lines) line(t, h, from, place(t, h));
    }
  }

 private:
  static constexpr int64_t kTogether = 32;     // channels
  static constexpr int64_t kBand = 400 << 10;  // bytes of the input

  void line(int64_t t, int64_t h, const float* from, float* to) {
    rows_.clear(), fresh_.clear();
    for (int64_t a = 0; a < g_.kernel[0]; ++a) {
      for (int64_t b = 0; b < g_.kernel[1]; ++b) {
        if (!g_.inside(0, t, a) || !g_.inside(1, h, b)) continue;
        const int64_t row = g_.place(0, t, a) * g_.in[1] + g_.place(1, h, b);
        rows_.push_back(from + row * g_.in[2] * g_.in_channels);
        const int axis = by_rows_ ? 1 : 0;
        fresh_.push_back(g_.kernel[0] > 1 && (axis ? b : a) >= g_.kernel[axis] - g_.stride[axis]);
      }
    }
    const auto [begin, end] = columns_;
    for (int64_t w = 0; w < begin; ++w) at_edge(w, to);
    // The last pixels once more rather than one by one.
    if (end - begin >= 8) {
      for (int64_t w = begin; w < end; w += 8) tile<8, 1>(std::min(w, end - 8), to);
    } else if (end - begin >= 4) {
      for (int64_t w = begin; w < end; w += 4) tile<4, 2>(std::min(w, end - 4), to);
    } else {
      for (int64_t w = begin; w < end; ++w) tile<1, 8>(w, to);
    }
    for (int64_t w = end; w < g_.out[2]; ++w) at_edge(w, to);
  }

  void at_edge(int64_t w, float* to) {
    int64_t first = 0, last = g_.kernel[2];
    while (first < last && !g_.inside(2, w, first)) ++first;
    while (last > first && !g_.inside(2, w, last - 1)) --last;
    tile<1, 8>(w, to, first, last);
  }

  template <int P, int V>
  void tile(int64_t w, float* to) const {
    tile<P, V>(w, to, 0, g_.kernel[2]);
  }

  // P pixels from column w, taps from `first` to `last` of each row; V vectors of channels at once.
  template <int P, int V>
  void tile(int64_t w, float* to, int64_t first, int64_t last) const {
    int64_t c = first_;
    const auto whole = [](const float* at) { return load<16>(at); };
    for (; past_ - c >= 16 * V; c += 16 * V) reduce<P, V>(w, to, first, last, c, whole);
    for (; past_ - c >= 16; c += 16) reduce<P, 1>(w, to, first, last, c, whole);
    const int64_t rest = past_ - c;
    if (rest > 0)
      reduce<P, 1>(w, to, first, last, c, [=](const float* at) { return load_some(at, rest); });
  }

  template <int P, int V, class Load>
  void reduce(int64_t w, float* to, int64_t first, int64_t last, int64_t c, const Load& read) const {
    const int64_t stride = last - first == 3 && P > 1 ? g_.stride[2] : 0;
    if (stride == 1) return columns<P, V, 1>(w, to, first, last, c, read);
    if (stride == 2) return columns<P, V, 2>(w, to, first, last, c, read);
    columns<P, V, 0>(w, to, first, last, c, read);
  }

  // Where S is not 0, the kernel is three pixels wide and its stride S: each input is read once.
  template <int P, int V, int S, class Load>
  void columns(int64_t w, float* to, int64_t first, int64_t last, int64_t c,
               const Load& read) const {
    Float most[P * V];
#pragma GCC unroll 8
    for (Float& one : most) one = Float{} - std::numeric_limits<float>::infinity();
    const int64_t at = g_.place(2, w, first) * g_.in_channels + c;
    if constexpr (S == 0) {
      compare_taps<P, V>(most, at, last - first, read);
    } else {
      compare_rows<P, V, S>(most, at, read);
    }
#pragma GCC unroll 8
    for (int i = 0; i < P * V; ++i) {
      const int64_t channel = c + i % V * 16;
      store_some(to + (w + i / V) * g_.out_channels + channel, most[i], past_ - channel);
    }
  }

  // NaN stays.
  static Float larger(Float a, Float b) {
#ifdef __AVX512F__
    const __m512 most = _mm512_max_ps((__m512)b, (__m512)a);  // a where either is NaN
    const __mmask16 nan = _mm512_cmp_ps_mask((__m512)b, (__m512)b, _CMP_UNORD_Q);
    return (Float)_mm512_mask_mov_ps(most, nan, (__m512)b);
#else
    return (b > a) | (b != b) ? b : a;
#endif
  }

  // Any kernel and stride: tap by tap.
  template <int P, int V, class Load>
  void compare_taps(Float (&most)[P * V], int64_t at, int64_t taps, const Load& read) const {
    const int64_t next = g_.stride[2] * g_.in_channels;
    for (const float* row : rows_) {
      const float* from = row + at;
      for (int64_t x = 0; x < taps; ++x, from += g_.in_channels) {
#pragma GCC unroll 8
        for (int i = 0; i < P * V; ++i)
          most[i] = larger(most[i], read(from + i / V * next + i % V * 16));
      }
    }
  }

  // The maxima of columns, row by row, then of three columns each.
  template <int P, int V, int S, class Load>
  void compare_rows(Float (&most)[P * V], int64_t at, const Load& read) const {
    constexpr int kColumns = (P - 1) * S + 3;
    const int64_t rows = std::ssize(rows_);
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) {
      Float of_column[kColumns];
#pragma GCC unroll 24
      for (Float& one : of_column) one = most[v];
      for (int64_t r = 0; r < rows; ++r) {
        const float* from = rows_[r] + at + 16 * v;
#pragma GCC unroll 24
        for (int i = 0; i < kColumns; ++i, from += g_.in_channels) {
          of_column[i] = larger(of_column[i], read(from));
          if (fresh_[r]) __builtin_prefetch(from + ahead_);
        }
      }
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p)
        most[p * V + v] =
            larger(larger(of_column[p * S], of_column[p * S + 1]), of_column[p * S + 2]);
    }
  }

  const Geometry& g_;
  InnerColumns columns_;
  int64_t first_ = 0, past_ = 0;    // channels
  std::vector<const float*> rows_;  // of the input
  // Rows that the next line reads further on, and how far. Rows of a single frame come in order: a
  // processor fetches them by itself.
  std::vector<uint8_t> fresh_;
  bool by_rows_ = false;
  int64_t ahead_ = 0;
};

}  // namespace vared_mm
