// What a convolution and a pooling have in common: which inputs each output pixel meets.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "simd/lanes.h"

namespace vared_mm {

using Triple = std::array<int64_t, 3>;  // along time, height and width

using Lines = std::vector<std::pair<int64_t, int64_t>>;  // of output pixels: frame and row

struct Geometry {
  Triple in, out, kernel, stride, padding;  // sizes in pixels
  int64_t in_channels, out_channels;        // of a pixel
  int64_t pitch;                            // floats from one pixel of the result to the next

  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }

  int64_t place(int axis, int64_t at, int64_t tap) const {
    return at * stride[axis] - padding[axis] + tap;
  }
  // Whether a tap along one axis meets the input.
  bool inside(int axis, int64_t at, int64_t tap) const {
    const int64_t to = place(axis, at, tap);
    return to >= 0 && to < in[axis];
  }
};

// The lines of a clip's result in chunks that are computed together: some rows of a frame, or all
// rows of some frames. Where the kernel is several frames long, frames follow each other, for they share
// their inputs; else rows do.
class Chunks {
 public:
  Chunks(const Geometry& g, int64_t together)
      : g_(g),
        rows_(std::min(together, g.out[1])),
        frames_(std::clamp<int64_t>(together / g.out[1], 1, g.out[0])),
        bands_((g.out[1] + rows_ - 1) / rows_),
        groups_((g.out[0] + frames_ - 1) / frames_) {}

  int64_t count() const { return bands_ * groups_; }

  Lines lines(int64_t chunk) const {
    const bool along_time = g_.kernel[0] > 1;
    const int64_t band = along_time ? chunk / groups_ : chunk % bands_;
    const int64_t group = along_time ? chunk % groups_ : chunk / bands_;
    Lines lines;
    for (int64_t t = group * frames_; t < std::min((group + 1) * frames_, g_.out[0]); ++t)
      for (int64_t h = band * rows_; h < std::min((band + 1) * rows_, g_.out[1]); ++h)
        lines.emplace_back(t, h);
    return lines;
  }

 private:
  const Geometry& g_;
  int64_t rows_, frames_, bands_, groups_;
};

}  // namespace vared_mm
