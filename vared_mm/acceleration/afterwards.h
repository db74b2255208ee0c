// What becomes of a row of a result once it is written, while it lies in the cache.

#pragma once

#include <optional>

#include "averages.h"
#include "geometry.h"

namespace vared_mm {

// Adds a shortcut, clips at zero and sums frames up, for one clip.
class Afterwards {
 public:
  // `residual`: of the clip, or null: nothing is added; `relu`: of the sum; `means`: where the
  // averages of the frames (T, C) go, or null.
  Afterwards(const Geometry& g, const float* residual, bool relu, float* means)
      : g_(g), residual_(residual), relu_(relu), means_(means) {
    if (means != nullptr) sums_.emplace(g.out[0], g.out_channels);
  }

  void operator()(int64_t t, int64_t h, float* row) {
    if (residual_ != nullptr) {
      const float* more = residual_ + (t * g_.out[1] + h) * g_.out[2] * g_.out_channels;
      change(row, [&](auto in, int64_t i) { return in.load(row + i) + in.load(more + i); });
    } else if (relu_) {
      change(row, [&](auto in, int64_t i) { return in.load(row + i); });
    }
    if (sums_) sums_->add(t, row, g_.out[2]);
  }

  // Once all rows are written.
  void finish() const {
    if (sums_) sums_->average(g_.out[1] * g_.out[2], means_);
  }

 private:
  template <class Value>
  void change(float* row, const Value& value_at) const {
    for_blocks(0, g_.out[2] * g_.out_channels, [&](auto in, int64_t i) {
      const auto value = value_at(in, i);
      in.store(row + i, relu_ ? clip_at_zero(value) : value);
    });
  }

  const Geometry& g_;
  const float* residual_;
  bool relu_;
  float* means_;
  std::optional<FrameSums> sums_;
};

}  // namespace vared_mm
