// Static layers over clips: what a tensor and a layer's settings come to.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "conv/row_post_ops.h"
#include "conv/indirect_conv.h"
#include "conv/depthwise_conv.h"

namespace vared_mm {

// Of clips (N, C, T, H, W), channels last, and the result of a kernel over them. Refuses what torch
// refuses.
inline Geometry geometry_of(const at::Tensor& x, at::IntArrayRef kernel, at::IntArrayRef stride,
                            at::IntArrayRef padding, int64_t out_channels) {
  TORCH_CHECK(x.dim() == 5 && x.is_contiguous(at::MemoryFormat::ChannelsLast3d) &&
                  x.scalar_type() == at::kFloat,
              "clips must be float32 and lie as N T H W C");
  TORCH_CHECK(kernel.size() == 3 && stride.size() == 3 && padding.size() == 3,
              "kernel, stride and padding are of three axes");
  TORCH_CHECK(x.size(1) > 0 && out_channels > 0, "clips without channels");
  Geometry g;
  for (int axis = 0; axis < 3; ++axis) {
    TORCH_CHECK(kernel[axis] > 0 && stride[axis] > 0 && padding[axis] >= 0,
                "kernel and stride must be above 0, padding not below");
    g.in[axis] = x.size(axis + 2), g.kernel[axis] = kernel[axis];
    g.stride[axis] = stride[axis], g.padding[axis] = padding[axis];
    // Compared before the division: that would round a negative number up to zero.
    const int64_t room = g.in[axis] + 2 * padding[axis] - kernel[axis];
    TORCH_CHECK(g.in[axis] > 0 && room >= 0, "clips of ", x.sizes().slice(2),
                " are smaller than the kernel ", kernel, " with a padding of ", padding);
    g.out[axis] = room / stride[axis] + 1;
  }
  g.in_channels = x.size(1), g.out_channels = g.pitch = out_channels;
  return g;
}

inline at::Tensor result_like(const at::Tensor& x, const Geometry& g) {
  return at::empty({x.size(0), g.out_channels, g.out[0], g.out[1], g.out[2]}, x.options(),
                   at::MemoryFormat::ChannelsLast3d);
}

// Room for the averages (N, T, C) of the frames of a result, if they are wanted.
inline at::Tensor means_like(const at::Tensor& out, bool wanted) {
  if (!wanted) return {};
  return at::empty({out.size(0), out.size(2), out.size(1)}, out.options());
}

// A result, with the averages of its frames or without.
template <bool averaged>
using MaybeAveraged = std::conditional_t<averaged, std::tuple<at::Tensor, at::Tensor>, at::Tensor>;

template <bool averaged>
MaybeAveraged<averaged> with_means(const at::Tensor& out, const at::Tensor& means) {
  if constexpr (averaged) return {out, means};
  else return out;
}

// A tensor that is to be added to a result, as that lies.
inline at::Tensor residual_for(const at::Tensor& out, const std::optional<at::Tensor>& residual) {
  if (!residual.has_value()) return {};
  TORCH_CHECK(residual->sizes() == out.sizes() && residual->scalar_type() == at::kFloat,
              "a residual of another size or type");
  return residual->contiguous(at::MemoryFormat::ChannelsLast3d);
}

// Where a clip begins; null if there are none.
inline float* clip_of(const at::Tensor& clips, int64_t n) {
  if (!clips.defined()) return nullptr;
  return clips.mutable_data_ptr<float>() + n * (clips.numel() / clips.size(0));
}

// One number for each channel; null if there are none.
inline const float* data_or_null(const std::optional<at::Tensor>& tensor, int64_t channels) {
  if (!tensor.has_value()) return nullptr;
  TORCH_CHECK(tensor->is_contiguous() && tensor->numel() == channels, "a bias of other channels");
  return tensor->const_data_ptr<float>();
}

// Packed weights of a dense convolution are a line, which ends with the number of channels that they
// take, the kernels of a depthwise one (taps, C).
inline bool is_depthwise(const at::Tensor& packed) { return packed.dim() == 2; }

// One clip through a runner's lines, by all threads.
template <class Runner, class Layer>
void run_lines(const Layer& layer, RowPostOps& rows, float* to, const float* from) {
  const Geometry& g = layer.geometry;
  const Chunks chunks(g, Runner(layer).lines_together());
  const auto place = [&](int64_t t, int64_t h) {
    return to + (t * g.out[1] + h) * g.out[2] * g.out_channels;
  };
  at::parallel_for(0, chunks.count(), 1, [&](int64_t begin, int64_t end) {
    Runner runner(layer);
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const Lines lines = chunks.lines(chunk);
      runner.run(lines, from, place);
      for (const auto& [t, h] : lines) rows(t, h, place(t, h));
    }
  });
}

// Calls use(layer) with the layer that packed weights are of, dense or depthwise.
template <class Use>
void with_layer(const Geometry& g, const at::Tensor& packed, const PostOps& post_ops,
                const Use& use) {
  TORCH_CHECK(packed.is_contiguous(), "weights must lie as they were packed");
  const float* weights = packed.const_data_ptr<float>();
  if (is_depthwise(packed)) {
    TORCH_CHECK(packed.size(0) == g.taps() && packed.size(1) == g.out_channels &&
                    g.in_channels >= g.out_channels,
                "weights packed for another layer");
    TORCH_CHECK(Depthwise::is_known(g), "a depthwise kernel of another kind");
    use(Depthwise{g, weights, post_ops});
  } else {
    const Convolution layer{g, weights, post_ops};
    const int64_t size = packed_size(g.out_channels, layer.depth(), layer.taps());
    TORCH_CHECK(packed.numel() == size + 1 && weights[size] == static_cast<float>(g.in_channels),
                "weights packed for another layer");
    use(layer);
  }
}

// All of a clip.
inline void run_whole(const Geometry& g, const at::Tensor& packed, const PostOps& post_ops,
                      const float* from, float* to) {
  const bool splits = is_depthwise(packed);
  RowPostOps rows(g, splits ? post_ops.from_residual() : post_ops.only_means());
  with_layer(g, packed, splits ? post_ops.before_residual() : post_ops, [&](const auto& layer) {
    using Runner = typename std::decay_t<decltype(layer)>::Runner;
    run_lines<Runner>(layer, rows, to, from);
  });
  rows.write_means();
}

}  // namespace vared_mm
