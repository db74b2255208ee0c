// What a convolution and a pooling have in common: which inputs each output pixel meets.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "lanes.h"

namespace vared_mm {

using Triple = std::array<int64_t, 3>;  // along time, height and width

struct Geometry {
  Triple in, out, kernel, stride, padding;  // sizes in pixels
  int64_t in_pitch;                         // channels that a pixel of the input has
  int64_t out_pitch;

  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  int64_t lines() const { return out[0] * out[1]; }

  int64_t place(int axis, int64_t at, int64_t tap) const {
    return at * stride[axis] - padding[axis] + tap;
  }
  // Whether a tap along one axis meets the input.
  bool inside(int axis, int64_t at, int64_t tap) const {
    const int64_t to = place(axis, at, tap);
    return to >= 0 && to < in[axis];
  }
  // Frame and row of a line of output pixels. Where the kernel reaches along time alone, a row's
  // frames follow each other: they share their inputs.
  std::pair<int64_t, int64_t> line(int64_t index) const {
    if (kernel[0] > 1 && kernel[1] == 1 && kernel[2] == 1) return {index % out[0], index / out[0]};
    return {index / out[1], index % out[1]};
  }
};

// What becomes of a sum: `sum * gain + shift + residual`, then maybe zero where it is below.
struct Epilogue {
  const float* gain = nullptr;   // of each channel; null: 1
  const float* shift = nullptr;  // of each channel; null: 0
  bool relu = false;
};

}  // namespace vared_mm
