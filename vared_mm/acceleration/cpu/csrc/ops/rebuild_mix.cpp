// The operations that rebuild and mix what a dynamic convolution computed; see rebuild_mix.h.

#include "dynamic/rebuild_mix.h"

#include <ATen/ATen.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

using namespace vared_mm::forward;

// Weights are (N, candidates), along either axis.
void check_weights(const at::Tensor& computed, const at::Tensor& temporal, int64_t many_t,
                   const at::Tensor& channel, int64_t many_c) {
  TORCH_CHECK(computed.dim() == 5, "clips must lie as N T H W C");
  TORCH_CHECK(temporal.is_contiguous() && channel.is_contiguous(), "weights must lie as N S");
  TORCH_CHECK(temporal.sizes() == at::IntArrayRef({computed.size(0), many_t}) &&
                  channel.sizes() == at::IntArrayRef({computed.size(0), many_c}),
              "weights of other clips or candidates");
}

// Candidates in use are some, ascending.
void check_used(at::IntArrayRef used, int64_t candidates) {
  TORCH_CHECK(!used.empty() && used.front() >= 0 && used.back() < candidates &&
                  std::is_sorted(used.begin(), used.end()),
              "no such candidates");
}

void rebuild_mix(const at::Tensor& computed, const at::Tensor& clips, const at::Tensor& temporal,
                 const at::Tensor& channel, at::IntArrayRef temporal_used,
                 at::IntArrayRef channel_used, at::IntArrayRef sizes, at::TensorList frame_taps,
                 at::TensorList channel_taps, const at::Tensor& scale, const at::Tensor& shift,
                 bool relu, at::Tensor& out) {
  TORCH_CHECK(computed.is_contiguous() && out.is_contiguous(), "clips must lie as N T H W C");
  TORCH_CHECK(computed.scalar_type() == out.scalar_type(), "one type of clips");
  check_weights(computed, temporal, frame_taps.size(), channel, channel_taps.size());
  TORCH_CHECK(clips.is_contiguous() && clips.numel() == computed.size(0), "an index of each clip");
  for (int64_t n = 0; n < clips.numel(); ++n) {
    const int64_t to = clips.const_data_ptr<int64_t>()[n];
    TORCH_CHECK(to >= 0 && to < out.size(0), "an index beyond the result");
  }
  check_used(temporal_used, temporal.size(1)), check_used(channel_used, channel.size(1));
  Layer layer;
  layer.frames = out.size(1), layer.height = out.size(2), layer.width = out.size(3);
  layer.channels = out.size(4);
  layer.computed_frames = computed.size(1), layer.kept = layer.pitch = computed.size(4);
  layer.temporal = temporal_used.vec(), layer.channel = channel_used.vec();
  layer.step = int64_t{1} << layer.temporal.front();
  layer.group = int64_t{1} << layer.temporal.back();
  layer.sizes = sizes.vec();
  set_taps(layer, frame_taps, channel_taps);
  const int64_t frames = (layer.frames + layer.step - 1) / layer.step;
  TORCH_CHECK(computed.sizes() == at::IntArrayRef({clips.numel(), frames, layer.height, layer.width,
                                                   layer.sizes[layer.channel.front()]}),
              "what was computed is of another layer");
  for (const at::Tensor& tensor : {scale, shift})
    TORCH_CHECK(tensor.is_contiguous() && tensor.numel() == layer.channels, "a norm of other channels");
  layer.post_ops.scale = scale.const_data_ptr<float>();
  layer.post_ops.shift = shift.const_data_ptr<float>(), layer.post_ops.relu = relu;
  const auto run = [&]<class T>(const T* from) {
    rebuild_clips(layer, from, temporal.const_data_ptr<float>(), temporal.size(1),
                  channel.const_data_ptr<float>(), channel.size(1),
                  clips.const_data_ptr<int64_t>(), clips.numel(), out.mutable_data_ptr<T>());
  };
  if (computed.scalar_type() == at::kFloat) {
    run(computed.const_data_ptr<float>());
  } else {
    TORCH_CHECK(computed.scalar_type() == at::kBFloat16, "clips of float32 or bfloat16");
    run(computed.const_data_ptr<at::BFloat16>());
  }
}

// Kernels (C - K, taps) of a channel reconstruction to (copies, taps, K); zeros where none is.
at::Tensor by_copy(const at::Tensor& kernels, int64_t kept, int64_t copies, int64_t taps) {
  at::Tensor made = at::zeros({copies, taps, kept}, kernels.options());
  float* to = made.mutable_data_ptr<float>();
  const float* from = kernels.const_data_ptr<float>();
  for (int64_t c = 0; c < kernels.size(0); ++c)
    for (int64_t tap = 0; tap < taps; ++tap)
      to[(c % copies * taps + tap) * kept + c / copies] = *from++;
  return made;
}

// For training: all candidates, and kernels as the cheap operations have them.
at::Tensor rebuild_mix_all(const at::Tensor& computed, const at::Tensor& temporal,
                           const at::Tensor& channel, at::IntArrayRef kept,
                           at::TensorList frame_kernels, at::TensorList channel_kernels) {
  TORCH_CHECK(computed.dim() == 5 && computed.is_contiguous(), "clips must lie as N T H W C");
  TORCH_CHECK(kept.size() == channel_kernels.size() + 1, "candidates of another layer");
  const int64_t channels = computed.size(4), clips = computed.size(0);
  const auto options = at::TensorOptions(at::kFloat);
  for (const at::TensorList list : {frame_kernels, channel_kernels})
    for (const at::Tensor& kernels : list)
      TORCH_CHECK(kernels.is_contiguous() && kernels.scalar_type() == at::kFloat, "kernels");
  std::vector<at::Tensor> frame_taps{at::empty(0, options)}, channel_taps{at::empty(0, options)};
  for (const at::Tensor& kernels : frame_kernels) {
    const int64_t offsets = kernels.size(0), taps = kernels.size(-1) * kernels.size(-1);
    frame_taps.push_back(kernels.reshape({offsets, channels, taps}).transpose(1, 2).contiguous());
  }
  for (size_t index = 0; index < channel_kernels.size(); ++index) {
    const at::Tensor& kernels = channel_kernels[index];
    const int64_t size = kept[index + 1], copies = (channels - 1) / size;
    const int64_t taps = kernels.size(-1) * kernels.size(-1);
    TORCH_CHECK(size > 0 && kernels.numel() == (channels - size) * taps, "candidates of another layer");
    channel_taps.push_back(by_copy(kernels, size, copies, taps));
  }
  std::vector<int64_t> used_t(temporal.size(1)), used_c(channel.size(1));
  std::iota(used_t.begin(), used_t.end(), 0), std::iota(used_c.begin(), used_c.end(), 0);
  at::Tensor out = at::empty_like(computed);
  rebuild_mix(computed, at::arange(clips, at::kLong), temporal, channel, used_t, used_c, kept,
              frame_taps, channel_taps, at::ones(channels, options), at::zeros(channels, options),
              false, out);
  return out;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  m.def(
      "rebuild_mix(Tensor computed, Tensor clips, Tensor temporal, Tensor channel, "
      "int[] temporal_used, int[] channel_used, int[] sizes, Tensor[] frame_taps, "
      "Tensor[] channel_taps, Tensor scale, Tensor shift, bool relu, Tensor(a!) out) -> ()");
  m.impl("rebuild_mix", c10::DispatchKey::CPU, TORCH_FN(rebuild_mix));
  m.def(
      "rebuild_mix_all(Tensor computed, Tensor temporal, Tensor channel, int[] kept, "
      "Tensor[] frame_kernels, Tensor[] channel_kernels) -> Tensor");
  m.impl("rebuild_mix_all", c10::DispatchKey::CPU, TORCH_FN(rebuild_mix_all));
}
