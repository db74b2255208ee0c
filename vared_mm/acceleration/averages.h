// The averages of frames that gates look at, channel by channel: of whole clips, or summed up while
// a layer writes them and their rows lie in the cache.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "lanes.h"

namespace vared_mm {

// Adds the pixels, rows of `channels`, up. Four sums at a time, of as many vectors or pixels, stay in
// registers: one alone would wait for its own additions.
template <class T>
void add_pixels(const T* from, int64_t pixels, int64_t channels, float* sums) {
  const auto columns = [&](auto in, auto vectors, int64_t first) {
    constexpr int N = decltype(in)::kLanes, V = vectors, P = 4 / V;
    typename decltype(in)::Float total[P][V] = {};
    const auto add = [&](int64_t p, int chain) {
      const T* at = from + p * channels + first;
      for (int v = 0; v < V; ++v) total[chain][v] += in.load(at + v * N);
    };
    int64_t p = 0;
    for (; p + P <= pixels; p += P)
      for (int chain = 0; chain < P; ++chain) add(p + chain, chain);
    for (; p < pixels; ++p) add(p, 0);
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
      : frames_(frames), channels_(channels), threads_(at::get_num_threads()) {
    sums_.resize(threads_ * frames * channels);
  }

  void add(int64_t frame, const float* pixels, int64_t count) {
    add_pixels(pixels, count, channels_,
               sums_.data() + (at::get_thread_num() * frames_ + frame) * channels_);
  }

  // Means (T, C) of frames of so many pixels.
  void average(int64_t pixels, float* means) const {
    const int64_t size = frames_ * channels_;
    for (int64_t i = 0; i < size; ++i) {
      float sum = 0;
      for (int64_t thread = 0; thread < threads_; ++thread) sum += sums_[thread * size + i];
      means[i] = sum / static_cast<float>(pixels);
    }
  }

 private:
  int64_t frames_, channels_, threads_;
  Buffer sums_;
};

// Clips (N, C, T, H, W), channels last -> means (N, T, C), float32.
at::Tensor average_frames(const at::Tensor& clips);

}  // namespace vared_mm
