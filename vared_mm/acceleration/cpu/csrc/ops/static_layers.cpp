// Static convolutions and poolings as operations; see the headers in conv/.

#include "conv/layers.h"

#include <torch/library.h>

#include "conv/max_pool.h"

namespace {

using namespace vared_mm;

// Weights (C_out, C_in / groups, kt, kh, kw) as `convolve` takes them; depthwise ones to (taps, C).
at::Tensor pack_weights(const at::Tensor& weight, bool depthwise) {
  TORCH_CHECK(weight.dim() == 5 && weight.numel() > 0, "weights of clips");
  at::Tensor plain = weight.to(at::kFloat);
  if (depthwise) {
    TORCH_CHECK(plain.size(1) == 1, "a depthwise kernel");
    return plain.flatten(1).t().contiguous();
  }
  const int64_t channels = plain.size(1);
  if (rows_are_taps(channels)) plain = plain.permute({0, 4, 1, 2, 3}).flatten(1, 2);
  plain = plain.flatten(2).contiguous();
  const int64_t out = plain.size(0), in = plain.size(1), taps = plain.size(2);
  const int64_t size = packed_size(out, in, taps);
  at::Tensor packed = at::empty(size + 1, plain.options());
  float* to = packed.mutable_data_ptr<float>();
  pack(plain.const_data_ptr<float>(), out, in, taps, to);
  to[size] = static_cast<float>(channels);
  return packed;
}

// The result, with the averages of its frames or without.
template <bool averaged>
MaybeAveraged<averaged> convolve(const at::Tensor& clips, const at::Tensor& packed,
                                 at::IntArrayRef kernel, at::IntArrayRef stride,
                                 at::IntArrayRef padding, int64_t channels,
                                 const std::optional<at::Tensor>& shift,
                                 const std::optional<at::Tensor>& residual, bool relu) {
  const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
  const Geometry g = geometry_of(x, kernel, stride, padding, channels);
  const at::Tensor out = result_like(x, g), means = means_like(out, averaged);
  if (out.is_meta()) return with_means<averaged>(out, means);
  const at::Tensor more = residual_for(out, residual);
  const float* bias = data_or_null(shift, channels);
  TORCH_CHECK(!is_depthwise(packed) || x.size(1) == channels, "weights packed for another layer");
  for (int64_t n = 0; n < x.size(0); ++n) {
    const PostOps post_ops{nullptr, bias, clip_of(more, n), relu, clip_of(means, n)};
    run_whole(g, packed, post_ops, clip_of(x, n), clip_of(out, n));
  }
  return with_means<averaged>(out, means);
}

at::Tensor max_pool(const at::Tensor& clips, at::IntArrayRef kernel, at::IntArrayRef stride,
                    at::IntArrayRef padding) {
  const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
  const Geometry g = geometry_of(x, kernel, stride, padding, x.size(1));
  for (int axis = 0; axis < 3; ++axis)
    TORCH_CHECK(2 * padding[axis] <= kernel[axis], "padding must be half of the kernel at most");
  const at::Tensor out = result_like(x, g);
  if (out.is_meta()) return out;
  const MaxPool layer{g};
  RowPostOps nothing(g, {});
  for (int64_t n = 0; n < x.size(0); ++n)
    run_lines<MaxPoolRunner>(layer, nothing, clip_of(out, n), clip_of(x, n));
  return out;
}

// Whether vectors of sixteen channels are this processor's own: else oneDNN is quicker.
bool has_wide_vectors() {
#ifdef __AVX512BW__
  return true;
#else
  return false;
#endif
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  // A compiler is to lay inputs out as the model does: channels last.
  const std::vector<at::Tag> as_laid_out{at::Tag::needs_fixed_stride_order};
  m.def("pack_weights(Tensor weight, bool depthwise) -> Tensor");
  m.impl("pack_weights", c10::DispatchKey::CPU, TORCH_FN(pack_weights));
  const std::string convolution =
      "(Tensor clips, Tensor packed, int[] kernel, int[] stride, int[] padding, int channels, "
      "Tensor? shift, Tensor? residual, bool relu) -> ";
  m.def(("convolve" + convolution + "Tensor").c_str(), as_laid_out);
  m.impl("convolve", c10::DispatchKey::CPU, TORCH_FN(convolve<false>));
  m.impl("convolve", c10::DispatchKey::Meta, TORCH_FN(convolve<false>));
  m.def(("convolve_averaged" + convolution + "(Tensor result, Tensor means)").c_str(), as_laid_out);
  m.impl("convolve_averaged", c10::DispatchKey::CPU, TORCH_FN(convolve<true>));
  m.impl("convolve_averaged", c10::DispatchKey::Meta, TORCH_FN(convolve<true>));
  m.def("max_pool(Tensor clips, int[] kernel, int[] stride, int[] padding) -> Tensor", as_laid_out);
  m.impl("max_pool", c10::DispatchKey::CPU, TORCH_FN(max_pool));
  m.impl("max_pool", c10::DispatchKey::Meta, TORCH_FN(max_pool));
  m.def("has_wide_vectors() -> bool", TORCH_FN(has_wide_vectors));
}
