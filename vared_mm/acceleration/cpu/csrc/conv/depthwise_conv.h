// Depthwise convolutions of clips that lie as T H W C, two lines of eight pixels at a time: an input
// is read once for all that it gives to them. What lies outside adds nothing.

#pragma once

#include "conv/line_pairs.h"
#include "conv/post_ops.h"

namespace vared_mm {

class DepthwiseRunner;

struct Depthwise {
  using Runner = DepthwiseRunner;
  Geometry geometry;    // one of `is_known`
  const float* kernel;  // (taps, channels of the result)
  PostOps post_ops;     // without a residual

  // Along a line: a kernel of 1, 3, 5 or 7 pixels, at most half of it beyond a border, stride 1 or 2.
  static bool is_known(const Geometry& g) {
    const int64_t pixels = g.kernel[2];
    return pixels <= 7 && pixels % 2 == 1 && g.stride[2] <= 2 && g.padding[2] <= pixels / 2;
  }
};

// Lines of one clip. For one thread.
class DepthwiseRunner {
 public:
  explicit DepthwiseRunner(const Depthwise& layer)
      : layer_(layer),
        g_(layer.geometry),
        compute_(compute_for(g_.kernel[2], g_.stride[2])),
        pairs_(g_) {}

  int64_t lines_together() const { return pairs_.lines_together(); }

  // Lines of the result, given by frame and row. `from` is of the clip; a line's first pixel goes
  // to place(frame, row).
  template <class Place>
  void run(const Lines& lines, const float* from, const Place& place) {
    pairs_.for_each(lines, from, [&](int64_t t, int64_t h, bool two, const Rows& rows) {
      (this->*compute_)(rows, place(t, h), two ? place(t, h + 1) : nullptr);
    });
  }

 private:
  using Rows = std::vector<SeenRow>;
  using Compute = void (DepthwiseRunner::*)(const Rows&, float*, float*) const;

  static Compute compute_for(int64_t pixels, int64_t stride) {
    const auto with = [&](auto k) -> Compute {
      if (stride == 1) return &DepthwiseRunner::compute<k, 1>;
      return &DepthwiseRunner::compute<k, 2>;
    };
    if (pixels == 1) return with(std::integral_constant<int, 1>{});
    if (pixels == 3) return with(std::integral_constant<int, 3>{});
    if (pixels == 5) return with(std::integral_constant<int, 5>{});
    return with(std::integral_constant<int, 7>{});
  }

  // One line, and the one below it where that is not null; the last pixels once more rather than one
  // by one.
  template <int K, int S>
  void compute(const Rows& rows, float* to, float* below) const {
    const int64_t width = g_.out[2];
    const auto pixels = [&](auto count) {
      for (int64_t w = 0; w < width; w += count)
        tile<count, K, S>(rows, std::min<int64_t>(w, width - count), to, below);
    };
    if (width >= 8) return pixels(std::integral_constant<int, 8>{});
    if (width >= 4) return pixels(std::integral_constant<int, 4>{});
    pixels(std::integral_constant<int, 1>{});
  }

  // P pixels from column w.
  template <int P, int K, int S>
  void tile(const Rows& rows, int64_t w, float* to, float* below) const {
    const int64_t left = g_.place(2, w, 0), right = g_.in[2] - left;  // of the input's columns
    for_blocks(0, g_.out_channels, [&](auto in, int64_t c) {
      typename decltype(in)::Float totals[2][P] = {};
      for (const SeenRow& row : rows) {
        const float* from = row.from + left * g_.in_channels + c;
        const float* first = layer_.kernel + row.taps[0] * g_.out_channels + c;
        const float* second = layer_.kernel + row.taps[1] * g_.out_channels + c;
        if (!row.seen_by(1)) {
          add<P, K, S, true, false>(in, totals, from, first, nullptr, -left, right);
        } else if (!row.seen_by(0)) {
          add<P, K, S, false, true>(in, totals, from, nullptr, second, -left, right);
        } else {
          add<P, K, S, true, true>(in, totals, from, first, second, -left, right);
        }
      }
      write<P>(in, totals[0], to + w * g_.pitch, c);
      if (below != nullptr) write<P>(in, totals[1], below + w * g_.pitch, c);
    });
  }

  // What one row of the input gives, its columns from `begin` to `end`.
  template <int P, int K, int S, bool First, bool Second, class In>
  __attribute__((always_inline)) void add(In in, typename In::Float (&totals)[2][P],
                                          const float* from, const float* first,
                                          const float* second, int64_t begin, int64_t end) const {
    constexpr int kColumns = (P - 1) * S + K, kHalf = K / 2;
    typename In::Float gains[2][K];
#pragma GCC unroll 8
    for (int x = 0; x < K; ++x) {
      if (First) gains[0][x] = in.load(first + x * g_.out_channels);
      if (Second) gains[1][x] = in.load(second + x * g_.out_channels);
    }
#pragma GCC unroll 24
    for (int i = 0; i < kColumns; ++i, from += g_.in_channels) {
      if ((i < kHalf && i < begin) || (i >= kColumns - kHalf && i >= end)) continue;
      typename In::Float value = in.load(from);
      in_register(value);
#pragma GCC unroll 8
      for (int x = 0; x < K; ++x) {
        if (i < x || (i - x) % S != 0 || (i - x) / S >= P) continue;
        if (First) totals[0][(i - x) / S] += value * gains[0][x];
        if (Second) totals[1][(i - x) / S] += value * gains[1][x];
      }
    }
  }

  // Out with P pixels; the next ones are written soon.
  template <int P, class In>
  __attribute__((always_inline)) void write(In in, const typename In::Float (&totals)[P], float* to,
                                            int64_t c) const {
    const PostOps& post_ops = layer_.post_ops;
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) {
      typename In::Float value = totals[p];
      if (post_ops.scale != nullptr) value *= in.load(post_ops.scale + c);
      if (post_ops.shift != nullptr) value += in.load(post_ops.shift + c);
      if (post_ops.relu) value = clip_at_zero(value);
      in.store(to + p * g_.pitch + c, value);
      __builtin_prefetch(to + (P + p) * g_.pitch + c, 1, 3);
    }
  }

  // Keeps a compiler from reading it once for each use.
  template <class Float>
  static void in_register([[maybe_unused]] Float& value) {
#ifdef __AVX512F__
    asm("" : "+v"(value));
#endif
  }

  const Depthwise& layer_;
  const Geometry& g_;
  Compute compute_;
  LinePairs pairs_;
};

}  // namespace vared_mm
