// Rows of pixels, channels side by side: weighed, and filtered channel by channel.

#pragma once

#include <array>

#include "simd/lanes.h"

namespace vared_mm {

// Where results go: into a row of floats, onto one, or out. For a vector of channels from c on, a sink
// gives what a result begins with, what the gains of its summands are scaled by, and its end.
struct Put {
  float* row;
  int64_t stride;
  template <class In>
  struct Channels {
    using Float = typename In::Float;
    In in;
    float* row;
    int64_t stride;
    Float scaled(Float gain) const { return gain; }
    Float begin(int64_t) const { return Float{}; }
    void end(int64_t w, Float value) const { in.store(row + w * stride, value); }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const { return {in, row + c, stride}; }
};

struct Add : Put {
  template <class In>
  struct Channels : Put::Channels<In> {
    typename In::Float begin(int64_t w) const { return this->in.load(this->row + w * this->stride); }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const { return {{in, row + c, stride}}; }
};

// sink <- gains[c] * row. A sink is a copy: what is written can't change it.
template <class T, class Sink>
void weigh(const T* row, int64_t stride, const float* gains, int64_t count, int64_t width,
           const Sink sink) {
  for (int64_t w = 0; w < width; ++w) {
    for_blocks(0, count, [&](auto in, int64_t c) {
      const auto to = sink.from(in, c);
      to.end(w, to.begin(w) + in.load(row + w * stride + c) * to.scaled(in.load(gains + c)));
    });
  }
}

template <class T>
using Rows = std::array<const T*, 3>;  // one, with those above and below it

// What `filter` does with the middle row while it is at it: nothing.
struct Unused {
  template <class In>
  Unused from(In, int64_t) const { return {}; }
  template <class Float>
  void see(int64_t, Float) const {}
};

// The same as `weigh`.
template <class Sink>
struct Weighed {
  Sink sink;
  const float* gains;
  template <class In>
  struct Channels {
    typename Sink::template Channels<In> to;
    typename In::Float gain;
    void see(int64_t w, typename In::Float value) const { to.end(w, to.begin(w) + value * gain); }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const {
    const auto to = sink.from(in, c);
    return {to, to.scaled(in.load(gains + c))};
  }
};

// sink <- gain * depthwise 3 x 3 (or 1 x 1) convolution of three rows; kernel is (taps, channels).
template <class T, class Sink, class Middle = Unused>
void filter(const Rows<T>& rows, int64_t stride, const float* kernel, int64_t kernel_stride,
            int64_t taps, float gain, int64_t count, int64_t width, const Sink sink,
            const Middle middle = {}) {
  for_blocks(0, count, [&](auto in, int64_t c) {
    using Float = typename decltype(in)::Float;
    const auto to = sink.from(in, c);
    const auto seen = middle.from(in, c);
    if (taps == 1) {
      const Float only = to.scaled(in.load(kernel + c) * gain);
      for (int64_t w = 0; w < width; ++w) {
        const Float value = in.load(rows[1] + w * stride + c);
        seen.see(w, value);
        to.end(w, to.begin(w) + value * only);
      }
      return;
    }
    Float k[9];
    for (int tap = 0; tap < 9; ++tap)
      k[tap] = to.scaled(in.load(kernel + tap * kernel_stride + c) * gain);
    Float above, here, below;
    const auto read = [&](int64_t w) {
      above = in.load(rows[0] + w * stride + c);
      here = in.load(rows[1] + w * stride + c);
      below = in.load(rows[2] + w * stride + c);
      seen.see(w, here);
    };
    const auto plus_column = [&](Float sum, int x) {
      sum += above * k[x];
      sum += here * k[3 + x];
      return sum + below * k[6 + x];
    };
    // Each pixel is read once: its own result, and its right neighbour's, are begun with it.
    read(0);
    Float own = plus_column(to.begin(0), 1);
    Float next = plus_column(to.begin(std::min<int64_t>(1, width - 1)), 0);
    for (int64_t w = 1; w < width; ++w) {
      read(w);
      to.end(w - 1, plus_column(own, 2));
      own = plus_column(next, 1);
      next = plus_column(to.begin(std::min(w + 1, width - 1)), 0);
    }
    to.end(width - 1, own);
  });
}

}  // namespace vared_mm
