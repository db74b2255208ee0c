// What becomes of a row of a result once it is written, while it lies in the cache.

#pragma once

#include <optional>
#include <utility>

#include "averages.h"
#include "geometry.h"

namespace vared_mm {

// What is to be added to one clip's result, or null, and whether the sum is clipped at zero.
struct Shortcut {
  const float* residual = nullptr;
  bool relu = false;
};

// Adds a shortcut and sums frames up, for one clip.
class Afterwards {
 public:
  // `means`: where the averages of the frames (T, C) go, or null.
  Afterwards(const Geometry& g, Shortcut shortcut, float* means)
      : g_(g), shortcut_(shortcut), means_(means) {
    if (means != nullptr) sums_.emplace(g.out[0], g.out_channels);
  }

  bool adds() const { return shortcut_.residual != nullptr; }

  // The shortcut, if a convolution sees to it by itself.
  Shortcut take() { return std::exchange(shortcut_, {}); }

  void operator()(int64_t t, int64_t h, float* row) {
    if (shortcut_.residual != nullptr) {
      const float* more = shortcut_.residual + (t * g_.out[1] + h) * g_.out[2] * g_.out_channels;
      change(row, [&](auto in, int64_t i) { return in.load(row + i) + in.load(more + i); });
    } else if (shortcut_.relu) {
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
      in.store(row + i, shortcut_.relu ? clip_at_zero(value) : value);
    });
  }

  const Geometry& g_;
  Shortcut shortcut_;
  float* means_;
  std::optional<FrameSums> sums_;
};

}  // namespace vared_mm
