// The products and sums of a tile: some output pixels, one panel of channels.

#pragma once

#include <utility>

#include "conv/geometry.h"
#include "conv/panels.h"
#include "conv/post_ops.h"

namespace vared_mm {

// Where the sums of a tile go, and what is done with them before.
struct Tile {
  float* const* to;                 // of each pixel
  const float* const* residual;     // of each pixel; null: none
  int64_t pixels;                   // that are real
  int64_t first_channel, channels;  // of the panel, that are real
  PostOps post_ops;                 // of all pixels
  bool first, last;  // of the chunks of weights
};

// Vector v of a tile's sums, in registers.
template <int P, int V, class In>
__attribute__((always_inline)) inline void apply_post_ops(In in, Lanes<16>::Float (&sums)[P][V],
                                                          int v, const Tile& tile) {
  using Float = Lanes<16>::Float;
  const int64_t c = tile.first_channel + v * kLanes;
  const auto change = [&](const auto& changed) __attribute__((always_inline)) {
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) sums[p][v] = changed(p, sums[p][v]);
  };
  const auto add = [&](const auto* more) __attribute__((always_inline)) {
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p)
      if (p < tile.pixels) sums[p][v] += in.load(more[p] + c);
  };
  if (!tile.first) add(tile.to);
  if (!tile.last) return;
  const PostOps& post_ops = tile.post_ops;
  if (post_ops.scale != nullptr)
    change([scale = in.load(post_ops.scale + c)](int, Float sum) { return sum * scale; });
  if (post_ops.shift != nullptr)
    change([shift = in.load(post_ops.shift + c)](int, Float sum) { return sum + shift; });
  if (tile.residual != nullptr) add(tile.residual);
  if (post_ops.relu) change([](int, Float sum) { return clip_at_zero(sum); });
}

// Out with the sums; pixel by pixel, as they lie in memory.
template <int P, int V>
__attribute__((always_inline)) inline void write_tile(Lanes<16>::Float (&sums)[P][V],
                                                      const Tile& tile) {
  const auto as = [&](auto last) __attribute__((always_inline)) {
#pragma GCC unroll 8
    for (int v = 0; v < V - 1; ++v) apply_post_ops(Whole<16>{}, sums, v, tile);
    apply_post_ops(last, sums, V - 1, tile);
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) {
      if (p >= tile.pixels) break;
      float* to = tile.to[p] + tile.first_channel;
#pragma GCC unroll 8
      for (int v = 0; v < V - 1; ++v) store<16>(to + v * kLanes, sums[p][v]);
      last.store(to + (V - 1) * kLanes, sums[p][V - 1]);
    }
  };
  const int64_t real = tile.channels - (V - 1) * kLanes;
  if (real == kLanes) as(Whole<16>{});
  else as(Part{real});
}

// The taps that a tile meets.
struct Taps {
  const int32_t* index;
  int64_t count;
  int64_t apart;  // pointers from a tap's pixels to the next one's
  int64_t depth;  // channels of the input
};

// Fetch what the next tile is the first to read, its last tap: no prefetcher sees through the list.
// Inlined by force: a compiler takes a function that only fetches for one without effect.
template <int P>
__attribute__((always_inline)) inline void fetch_next(const float* const* from, const Taps& taps,
                                                      const Tile& tile) {
  if (taps.count == 0 || !tile.first || tile.first_channel > 0) return;
  const float* const* next = from + taps.index[taps.count - 1] * taps.apart + P;
  for (int p = 0; p < P; ++p)
    for (int64_t d = 0; d < taps.depth; d += kLanes) __builtin_prefetch(next[p] + d);
}

// Sums over taps, for P pixels and V vectors of channels.
template <int P, int V>
__attribute__((noinline)) void multiply(const float* const* from, const Taps& taps,
                                        const float* weights, const Tile& tile) {
  using Float = Lanes<16>::Float;
  Float sums[P][V];
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p)
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) sums[p][v] = Float{};
  fetch_next<P>(from, taps, tile);
  for (const int32_t* tap = taps.index; tap < taps.index + taps.count; ++tap) {
    const float* in[P];
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) in[p] = from[*tap * taps.apart + p];
    const float* w = weights + *tap * taps.depth * V * kLanes;
    int64_t d = 0;
    do {
      Float row[V];
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) row[v] = load<16>(w + v * kLanes);
      w += V * kLanes;
#pragma GCC unroll 16
      for (int p = 0; p < P; ++p) {
        const float value = in[p][d];
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v) sums[p][v] += value * row[v];
      }
    } while (++d < taps.depth);
  }
  write_tile(sums, tile);
}

// Two vectors side by side, cut into pieces of 2 x W lanes: the first or second halves of all.
template <int W, bool second, int... lane>
inline Lanes<16>::Float halves(Lanes<16>::Float a, Lanes<16>::Float b,
                               std::integer_sequence<int, lane...>) {
#ifdef __clang__
  return __builtin_shufflevector(a, b, (lane / W * 2 * W + lane % W + second * W)...);
#else
  return __builtin_shuffle(a, b, Lanes<16>::Word{(lane / W * 2 * W + lane % W + second * W)...});
#endif
}

// Adds both halves of each piece.
template <int W>
inline Lanes<16>::Float fold(Lanes<16>::Float a, Lanes<16>::Float b) {
  constexpr std::make_integer_sequence<int, 16> lanes;
  return halves<W, false>(a, b, lanes) + halves<W, true>(a, b, lanes);
}

// Lane c of the result is the sum of the lanes of v[c].
inline Lanes<16>::Float add_lanes(const Lanes<16>::Float (&v)[kNarrow]) {
  const auto four = [&](int c) {
    return fold<4>(fold<8>(v[c], v[c + 1]), fold<8>(v[c + 2], v[c + 3]));
  };
  const auto pairs = fold<2>(four(0), four(4));
  return fold<1>(pairs, pairs);
}

// The same for a narrow panel: vectors of input channels, lanes added up at the end.
template <int P>
__attribute__((noinline)) void multiply_narrow(const float* const* from, const Taps& taps,
                                               const float* weights, const Tile& tile) {
  using Float = Lanes<16>::Float;
  Float sums[P][kNarrow] = {};
  const int64_t blocks = (taps.depth + kLanes - 1) / kLanes;
  for (const int32_t* tap = taps.index; tap < taps.index + taps.count; ++tap) {
    const float* w = weights + *tap * blocks * kNarrow * kLanes;
    const auto add = [&](int64_t d, const auto& load_in) __attribute__((always_inline)) {
      Float in[P];
#pragma GCC unroll 4
      for (int p = 0; p < P; ++p) in[p] = load_in(from[*tap * taps.apart + p] + d);
#pragma GCC unroll 8
      for (int64_t c = 0; c < kNarrow; ++c) {
        const Float row = load<16>(w + c * kLanes);
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) sums[p][c] += in[p] * row;
      }
      w += kNarrow * kLanes;
    };
    const auto all = [](const float* x) { return load<16>(x); };
    int64_t d = 0;
    for (; d + kLanes <= taps.depth; d += kLanes) add(d, all);
    if (d < taps.depth) add(d, [&](const float* x) { return load_some(x, taps.depth - d); });
  }
  Float whole[P][1];
#pragma GCC unroll 4
  for (int p = 0; p < P; ++p) whole[p][0] = add_lanes(sums[p]);
  write_tile(whole, tile);
}

}  // namespace vared_mm
