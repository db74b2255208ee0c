// What a layer does with its sums before it hands them on.

#pragma once

namespace vared_mm {

// relu(sum * scale + shift + residual), and the averages of the frames of that; for one clip. Fields
// and their order are those of `PostOps` in common/post_ops.py.
struct PostOps {
  const float* scale = nullptr;     // of each channel; null: 1
  const float* shift = nullptr;     // of each channel; null: 0
  const float* residual = nullptr;  // as the result lies; null: 0
  bool relu = false;
  float* means = nullptr;           // where averages (T, C) go; null: nowhere

  // A kernel that adds no residual leaves the second of these to the rows that it has written.
  PostOps before_residual() const { return {scale, shift, nullptr, relu && residual == nullptr}; }
  PostOps from_residual() const {
    return {nullptr, nullptr, residual, relu && residual != nullptr, means};
  }
  // What is left by a kernel that does all but the averages.
  PostOps only_means() const { return {nullptr, nullptr, nullptr, false, means}; }
};

}  // namespace vared_mm
