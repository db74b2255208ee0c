// Rows of pixels, channels side by side: weighed, and filtered channel by channel.

#pragma once

#include "lanes.h"

namespace vared_mm {

// Where a value goes: into a row of floats, onto one, or out.
struct Put {
  float* row;
  int64_t stride;
  template <int N>
  void take(int64_t w, int64_t c, typename Lanes<N>::Float value) const {
    store<N>(row + w * stride + c, value);
  }
};

struct Add {
  float* row;
  int64_t stride;
  template <int N>
  void take(int64_t w, int64_t c, typename Lanes<N>::Float value) const {
    float* to = row + w * stride + c;
    store<N>(to, load<N>(to) + value);
  }
};

// sink <- gain * row, or gains[c] * row.
template <class T, class Sink>
void weigh(const T* row, int64_t stride, const float* gains, int64_t count, int64_t width,
           const Sink& sink) {
  for (int64_t w = 0; w < width; ++w) {
    for_blocks(0, count, [&](auto lanes, int64_t c) {
      constexpr int N = lanes;
      sink.template take<N>(w, c, load<N>(row + w * stride + c) * load<N>(gains + c));
    });
  }
}

// sink <- gain * depthwise 3 x 3 (or 1 x 1) convolution of three rows; kernel is (taps, channels).
template <class T, class Sink>
void filter(const T* const rows[3], int64_t stride, const float* kernel, int64_t kernel_stride,
            int64_t taps, float gain, int64_t count, int64_t width, const Sink& sink) {
  for_blocks(0, count, [&](auto lanes, int64_t c) {
    constexpr int N = lanes;
    using Float = typename Lanes<N>::Float;
    if (taps == 1) {
      const Float only = load<N>(kernel + c) * gain;
      for (int64_t w = 0; w < width; ++w)
        sink.template take<N>(w, c, load<N>(rows[1] + w * stride + c) * only);
      return;
    }
    Float k[9];
    for (int tap = 0; tap < 9; ++tap) k[tap] = load<N>(kernel + tap * kernel_stride + c) * gain;
    Float above, here, below;
    const auto read = [&](int64_t w) {
      above = load<N>(rows[0] + w * stride + c);
      here = load<N>(rows[1] + w * stride + c);
      below = load<N>(rows[2] + w * stride + c);
    };
    const auto column = [&](int x) { return above * k[x] + here * k[3 + x] + below * k[6 + x]; };
    // Each pixel is read once: what it gives to its right neighbours waits for them.
    read(0);
    Float from_left = {}, own = column(1), to_right = column(0);
    for (int64_t w = 1; w < width; ++w) {
      read(w);
      sink.template take<N>(w - 1, c, from_left + own + column(2));
      from_left = to_right, own = column(1), to_right = column(0);
    }
    sink.template take<N>(width - 1, c, from_left + own);
  });
}

}  // namespace vared_mm
