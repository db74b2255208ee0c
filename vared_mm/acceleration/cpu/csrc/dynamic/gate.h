// What a gate decides; see decide.cpp.

#pragma once

#include <ATen/ATen.h>

#include <tuple>

namespace vared_mm {

// Weights of the candidates along time and channels, and which clips had none, along either.
using Decided = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

// From means (N, T, C) of the frames. `outputs`: candidates along both axes, 0 for an axis without a
// choice.
Decided decide(const at::Tensor& means, int64_t bins, const at::Tensor& squeeze,
               const at::Tensor& shift, const at::Tensor& excite, const at::Tensor& beta,
               at::IntArrayRef outputs, double threshold);

}  // namespace vared_mm
