// Post-ops that are left for a row of a result once it is written, while it lies in the cache.

#pragma once

#include <optional>

#include "conv/geometry.h"
#include "conv/post_ops.h"
#include "simd/frame_means.h"

namespace vared_mm {

// Adds a residual, clips at zero and sums frames up, for one clip.
class RowPostOps {
 public:
  RowPostOps(const Geometry& g, const PostOps& post_ops) : g_(g), post_ops_(post_ops) {
    if (post_ops.means != nullptr) sums_.emplace(g.out[0], g.out_channels);
  }

  void operator()(int64_t t, int64_t h, float* row) {
    const float* residual = post_ops_.residual;
    if (residual != nullptr) {
      const float* more = residual + (t * g_.out[1] + h) * g_.out[2] * g_.out_channels;
      change(row, [&](auto in, int64_t i) { return in.load(row + i) + in.load(more + i); });
    } else if (post_ops_.relu) {
      change(row, [&](auto in, int64_t i) { return in.load(row + i); });
    }
    if (sums_) sums_->add(t, row, g_.out[2]);
  }

  // Once all rows are written.
  void write_means() const {
    if (sums_) sums_->average(g_.out[1] * g_.out[2], post_ops_.means);
  }

 private:
  template <class Value>
  void change(float* row, const Value& value_at) const {
    for_blocks(0, g_.out[2] * g_.out_channels, [&](auto in, int64_t i) {
      const auto value = value_at(in, i);
      in.store(row + i, post_ops_.relu ? clip_at_zero(value) : value);
    });
  }

  const Geometry& g_;
  PostOps post_ops_;
  std::optional<FrameSums> sums_;
};

}  // namespace vared_mm
