// Static layers over clips: what a tensor and a layer's settings come to.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "convolve.h"
#include "windows.h"

namespace vared_mm {

// Of clips (N, C, T, H, W), channels last, and the result of a kernel over them.
inline Geometry geometry_of(const at::Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride,
                            at::IntArrayRef padding, int64_t out_channels) {
  TORCH_CHECK(x.dim() == 5 && x.is_contiguous(at::MemoryFormat::ChannelsLast3d) &&
                  x.scalar_type() == at::kFloat,
              "clips must be float32 and lie as N T H W C");
  Geometry g;
  for (int axis = 0; axis < 3; ++axis) {
    g.in[axis] = x.size(axis + 2), g.kernel[axis] = kernel[axis];
    g.stride[axis] = stride[axis], g.padding[axis] = padding[axis];
    g.out[axis] = (g.in[axis] + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
    TORCH_CHECK(g.out[axis] > 0, "clips are smaller than the kernel");
  }
  g.in_pitch = x.size(1), g.out_pitch = out_channels;
  return g;
}

inline at::Tensor result_like(const at::Tensor& x, int64_t channels, const Geometry& g) {
  return at::empty({x.size(0), channels, g.out[0], g.out[1], g.out[2]}, x.options(),
                   at::MemoryFormat::ChannelsLast3d);
}

inline const float* data_or_null(const std::optional<at::Tensor>& tensor) {
  return tensor.has_value() ? tensor->const_data_ptr<float>() : nullptr;
}

// Packed weights of a dense convolution are a line, the kernels of a depthwise one (taps, C).
inline bool is_depthwise(const at::Tensor& packed) { return packed.dim() == 2; }

// One clip through `Runner`'s blocks, by all threads.
template <class Runner, class Layer, class... Args>
void run_blocks(const Layer& layer, Args... args) {
  const int64_t blocks = Runner(layer).blocks();
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    Runner runner(layer);
    for (int64_t block = begin; block < end; ++block) runner.run(block, args...);
  });
}

// The first `channels` of a convolution's result for one clip.
inline void convolve_clip(const Geometry& geometry, const at::Tensor& packed, int64_t channels,
                          const Epilogue& epilogue, const float* from, const float* residual,
                          float* to) {
  const float* weights = packed.const_data_ptr<float>();
  if (is_depthwise(packed)) {
    TORCH_CHECK(packed.size(0) == geometry.taps() && residual == nullptr, "a depthwise kernel");
    run_blocks<WindowRunner>(Windows{geometry, channels, weights, packed.size(1), epilogue}, from, to);
  } else {
    TORCH_CHECK(packed.numel() == packed_size(channels, geometry.in_pitch, geometry.taps()),
                "weights packed for another layer");
    run_blocks<Convolver>(Convolution{geometry, geometry.in_pitch, channels, weights, epilogue},
                          from, residual, to);
  }
}

}  // namespace vared_mm
