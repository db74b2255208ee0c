// Backward of a row of `weigh` and `filter`: what they add to the gradient of a row that was read,
// and the correlations that the gradients of kernels and weights are made of.

#pragma once

#include "simd/rows.h"

namespace vared_mm {

// to <- gains[c] * grad; sums[c] += value * grad.
template <class G, class V>
void weigh_back(const G* grad, const V* value, int64_t stride, const float* gains, float* to,
                float* sums, int64_t count, int64_t width) {
  for_blocks(0, count, [&](auto in, int64_t c) {
    const auto gain = in.load(gains + c);
    typename decltype(in)::Float sum = {};  // of a row first: fewer roundings
    for (int64_t at = c; at < width * stride; at += stride) {
      const auto g = in.load(grad + at);
      in.store(to + at, gain * g);
      sum += g * in.load(value + at);
    }
    in.store(sums + c, in.load(sums + c) + sum);
  });
}

// to += gain * transposed filter of three rows of the gradient; sums(tap, c) += value * gradient.
// Kernel and sums are (taps, count).
template <class G, class V>
void filter_back(const G* const grad[3], int64_t grad_stride, const V* value, int64_t value_stride,
                 const float* kernel, float gain, int64_t taps, float* to, int64_t to_stride,
                 float* sums, int64_t count, int64_t width) {
  for_blocks(0, count, [&](auto in, int64_t c) {
    using Float = typename decltype(in)::Float;
    const auto read = [&](int row, int64_t w) { return in.load(grad[row] + w * grad_stride + c); };
    const auto add = [&](int64_t w, Float more) {
      float* at = to + w * to_stride + c;
      in.store(at, in.load(at) + more);
    };
    if (taps == 1) {
      const Float only = in.load(kernel + c) * gain;
      Float sum = {};
      for (int64_t w = 0; w < width; ++w) {
        const Float g = read(1, w);
        add(w, g * only);
        sum += g * in.load(value + w * value_stride + c);
      }
      return in.store(sums + c, in.load(sums + c) + sum);
    }
    // Of a gradient beside a pixel: the kernel's tap that led there, and its sum.
    Float k[3][3], s[3][3] = {}, left[3] = {}, here[3], right[3];
    for (int row = 0; row < 3; ++row) {
      for (int x = 0; x < 3; ++x) k[row][x] = in.load(kernel + (8 - 3 * row - x) * count + c) * gain;
      here[row] = read(row, 0);
    }
    for (int64_t w = 0; w < width; ++w) {
      const Float v = in.load(value + w * value_stride + c);
      Float above = {}, level = {}, below = {};
      for (int row = 0; row < 3; ++row) {
        right[row] = w + 1 < width ? read(row, w + 1) : Float{};
        s[row][0] += v * left[row], s[row][1] += v * here[row], s[row][2] += v * right[row];
      }
      above = left[0] * k[0][0] + here[0] * k[0][1] + right[0] * k[0][2];
      level = left[1] * k[1][0] + here[1] * k[1][1] + right[1] * k[1][2];
      below = left[2] * k[2][0] + here[2] * k[2][1] + right[2] * k[2][2];
      add(w, above + level + below);
      for (int row = 0; row < 3; ++row) left[row] = here[row], here[row] = right[row];
    }
    for (int row = 0; row < 3; ++row) {
      for (int x = 0; x < 3; ++x) {
        float* sum = sums + (8 - 3 * row - x) * count + c;
        in.store(sum, in.load(sum) + s[row][x]);
      }
    }
  });
}

// One value for each rebuilt map: to(w, c) <- row(w, c / copies).
template <class T>
void spread(const T* row, int64_t stride, int64_t copies, float* to, int64_t count, int64_t width) {
  for (int64_t w = 0; w < width; ++w)
    for (int64_t c = 0, from = 0; c < count; ++from)
      for (const int64_t next = std::min(c + copies, count); c < next; ++c)
        to[w * count + c] = static_cast<float>(row[w * stride + from]);
}

// to(w, c / copies) += row(w, c).
inline void gather(const float* row, int64_t count, int64_t copies, float* to, int64_t stride,
                   int64_t width) {
  for (int64_t w = 0; w < width; ++w) {
    for (int64_t c = 0, from = 0; c < count; ++from) {
      float sum = 0;
      for (const int64_t next = std::min(c + copies, count); c < next; ++c)
        sum += row[w * count + c];
      to[w * stride + from] += sum;
    }
  }
}

}  // namespace vared_mm
