// The averages of frames that gates look at, channel by channel: of whole clips, or summed up while
// a layer writes them and their rows lie in the cache.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <numeric>

#include "simd/lanes.h"

namespace vared_mm {

// How many pixels to sum up beside each other, so that vectors are whole, and some at a time.
inline int64_t pixels_beside(int64_t channels) {
  int64_t beside = 16 / std::gcd(channels, int64_t{16});
  while (channels * beside < 64) beside *= 2;
  return beside;
}

// Adds rows of `channels` up. Four sums at a time, of as many vectors or rows, stay in registers: one
// alone would wait for its own additions.
template <class T>
void add_rows(const T* from, int64_t rows, int64_t channels, float* sums) {
  const auto columns = [&](auto in, auto vectors, int64_t first) {
    constexpr int N = decltype(in)::kLanes, V = vectors, P = 4 / V;
    typename decltype(in)::Float total[P][V] = {};
    const auto add = [&](int64_t p, int chain) {
      const T* at = from + p * channels + first;
      for (int v = 0; v < V; ++v) total[chain][v] += in.load(at + v * N);
    };
    int64_t p = 0;
    for (; p + P <= rows; p += P)
      for (int chain = 0; chain < P; ++chain) add(p + chain, chain);
    for (; p < rows; ++p) add(p, 0);
    for (int v = 0; v < V; ++v) {
      auto sum = in.load(sums + first + v * N);
      for (int chain = 0; chain < P; ++chain) sum += total[chain][v];
      in.store(sums + first + v * N, sum);
    }
  };
  int64_t c = 0;
  for (; channels - c >= 64; c += 64) columns(Whole<16>{}, std::integral_constant<int, 4>{}, c);
  for_blocks(c, channels, [&](auto in, int64_t first) {
    columns(in, std::integral_constant<int, 1>{}, first);
  });
}

// Sums of the frames of one clip; each thread has its own.
class FrameSums {
 public:
  FrameSums(int64_t frames, int64_t channels)
      : frames_(frames),
        channels_(channels),
        beside_(pixels_beside(channels)),
        threads_(at::get_num_threads()) {
    sums_.resize(threads_ * frames * channels * beside_);
  }

  template <class T>
  void add(int64_t frame, const T* pixels, int64_t count) {
    const int64_t width = channels_ * beside_, rest = count % beside_;
    float* sums = sums_.data() + (at::get_thread_num() * frames_ + frame) * width;
    add_rows(pixels, count / beside_, width, sums);
    add_rows(pixels + (count - rest) * channels_, 1, rest * channels_, sums);
  }

  // Means (T, C) of frames of so many pixels.
  void average(int64_t pixels, float* means) const {
    std::fill_n(means, frames_ * channels_, 0.f);
    for (int64_t i = 0; i < threads_ * frames_; ++i)
      for (int64_t p = 0; p < beside_; ++p)
        for (int64_t c = 0; c < channels_; ++c)
          means[i % frames_ * channels_ + c] += sums_[(i * beside_ + p) * channels_ + c];
    for (int64_t i = 0; i < frames_ * channels_; ++i) means[i] /= static_cast<float>(pixels);
  }

 private:
  int64_t frames_, channels_, beside_, threads_;
  Buffer sums_;
};

// Clips (N, C, T, H, W), channels last -> means (N, T, C), float32.
at::Tensor average_frames(const at::Tensor& clips);

}  // namespace vared_mm
