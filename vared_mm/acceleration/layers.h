// Static layers over clips: what a tensor and a layer's settings come to.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "afterwards.h"
#include "convolve.h"
#include "depthwise.h"

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
  TORCH_CHECK(residual->sizes() == out.sizes(), "a residual of another size");
  return residual->contiguous(at::MemoryFormat::ChannelsLast3d);
}

// Where a clip begins; null if there are none.
inline float* clip_of(const at::Tensor& clips, int64_t n) {
  if (!clips.defined()) return nullptr;
  return clips.mutable_data_ptr<float>() + n * (clips.numel() / clips.size(0));
}

inline const float* data_or_null(const std::optional<at::Tensor>& tensor) {
  return tensor.has_value() ? tensor->const_data_ptr<float>() : nullptr;
}

// Packed weights of a dense convolution are a line, the kernels of a depthwise one (taps, C).
inline bool is_depthwise(const at::Tensor& packed) { return packed.dim() == 2; }

// One clip through a runner's lines, by all threads; `from` may be several pointers.
template <class Runner, class Layer, class... From>
void run_lines(const Layer& layer, Afterwards& after, float* to, From... from) {
  const Geometry& g = layer.geometry;
  const Chunks chunks(g, Runner(layer).lines_together());
  const auto place = [&](int64_t t, int64_t h) {
    return to + (t * g.out[1] + h) * g.out[2] * g.out_channels;
  };
  at::parallel_for(0, chunks.count(), 1, [&](int64_t begin, int64_t end) {
    Runner runner(layer);
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const Lines lines = chunks.lines(chunk);
      runner.run(lines, from..., place);
      for (const auto& [t, h] : lines) after(t, h, place(t, h));
    }
  });
}

// Calls use(layer) with the layer that packed weights are of, dense or depthwise.
template <class Use>
void with_layer(const Geometry& g, const at::Tensor& packed, const Epilogue& epilogue,
                const Use& use) {
  const float* weights = packed.const_data_ptr<float>();
  if (is_depthwise(packed)) {
    TORCH_CHECK(packed.size(0) == g.taps() && packed.size(1) == g.out_channels,
                "weights packed for another layer");
    TORCH_CHECK(Depthwise::is_known(g), "a depthwise kernel of another kind");
    use(Depthwise{g, weights, epilogue});
  } else {
    const Convolution layer{g, weights, epilogue};
    TORCH_CHECK(packed.numel() == packed_size(g.out_channels, layer.depth(), layer.taps()),
                "weights packed for another layer");
    use(layer);
  }
}

// All of a clip; what follows, but for the sums of frames, is left to the layer if it can do it.
inline void run_whole(const Geometry& g, const at::Tensor& packed, Epilogue epilogue,
                      Afterwards& after, const float* from, float* to) {
  Shortcut shortcut;
  if (!epilogue.relu && !(is_depthwise(packed) && after.adds())) {
    shortcut = after.take(), epilogue.relu = shortcut.relu;
  }
  with_layer(g, packed, epilogue, [&](const auto& layer) {
    if constexpr (std::is_same_v<std::decay_t<decltype(layer)>, Convolution>) {
      run_lines<Convolver>(layer, after, to, from, shortcut.residual);
    } else {
      run_lines<DepthwiseRunner>(layer, after, to, from);
    }
  });
}

}  // namespace vared_mm
