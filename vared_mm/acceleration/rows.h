// Rows of pixels, channels side by side: weighed, and filtered channel by channel.

#pragma once

#include <array>

#include "lanes.h"

namespace vared_mm {

// Where a value goes: into a row of floats, onto one, or out.
struct Put {
  float* row;
  int64_t stride;
  template <class In>
  void take(In in, int64_t w, int64_t c, typename In::Float value) const {
    in.store(row + w * stride + c, value);
  }
};

struct Add {
  float* row;
  int64_t stride;
  template <class In>
  void take(In in, int64_t w, int64_t c, typename In::Float value) const {
    float* to = row + w * stride + c;
    in.store(to, in.load(to) + value);
  }
};

// sink <- gain * row, or gains[c] * row.
template <class T, class Sink>
void weigh(const T* row, int64_t stride, const float* gains, int64_t count, int64_t width,
           const Sink& sink) {
  for (int64_t w = 0; w < width; ++w) {
    for_blocks(0, count, [&](auto in, int64_t c) {
      sink.take(in, w, c, in.load(row + w * stride + c) * in.load(gains + c));
    });
  }
}

template <class T>
using Rows = std::array<const T*, 3>;  // one, with those above and below it

// sink <- gain * depthwise 3 x 3 (or 1 x 1) convolution of three rows; kernel is (taps, channels).
template <class T, class Sink>
void filter(const Rows<T>& rows, int64_t stride, const float* kernel, int64_t kernel_stride,
            int64_t taps, float gain, int64_t count, int64_t width, const Sink& sink) {
  for_blocks(0, count, [&](auto in, int64_t c) {
    using Float = typename decltype(in)::Float;
    if (taps == 1) {
      const Float only = in.load(kernel + c) * gain;
      for (int64_t w = 0; w < width; ++w)
        sink.take(in, w, c, in.load(rows[1] + w * stride + c) * only);
      return;
    }
    Float k[9];
    for (int tap = 0; tap < 9; ++tap) k[tap] = in.load(kernel + tap * kernel_stride + c) * gain;
    Float above, here, below;
    const auto read = [&](int64_t w) {
      above = in.load(rows[0] + w * stride + c);
      here = in.load(rows[1] + w * stride + c);
      below = in.load(rows[2] + w * stride + c);
    };
    const auto column = [&](int x) { return above * k[x] + here * k[3 + x] + below * k[6 + x]; };
    // Each pixel is read once: what it gives to its right neighbours waits for them.
    read(0);
    Float from_left = {}, own = column(1), to_right = column(0);
    for (int64_t w = 1; w < width; ++w) {
      read(w);
      sink.take(in, w - 1, c, from_left + own + column(2));
      from_left = to_right, own = column(1), to_right = column(0);
    }
    sink.take(in, width - 1, c, from_left + own);
  });
}

}  // namespace vared_mm
