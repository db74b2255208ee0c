// Static convolutions and poolings as operations; see convolve.h and windows.h.

#include "layers.h"

#include <torch/library.h>

namespace {

using namespace vared_mm;

// Weights (C_out, C_in / groups, kt, kh, kw) as `convolve` takes them; depthwise ones to (taps, C).
at::Tensor pack_weights(const at::Tensor& weight, bool depthwise) {
  const at::Tensor plain = weight.to(at::kFloat).contiguous();
  const int64_t out = plain.size(0), in = plain.size(1), taps = plain[0][0].numel();
  if (depthwise) {
    TORCH_CHECK(in == 1, "a depthwise kernel");
    return plain.view({out, taps}).t().contiguous();
  }
  at::Tensor packed = at::empty(packed_size(out, in, taps), plain.options());
  pack(plain.const_data_ptr<float>(), out, in, taps, packed.mutable_data_ptr<float>());
  return packed;
}

at::Tensor convolve(const at::Tensor& clips, const at::Tensor& packed,
                    const std::optional<at::Tensor>& shift,
                    const std::optional<at::Tensor>& residual, at::IntArrayRef kernel,
                    at::IntArrayRef stride, at::IntArrayRef padding, int64_t channels, bool relu) {
  const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
  const Geometry g = geometry_of(x, kernel, stride, padding, channels);
  const at::Tensor out = result_like(x, g);
  if (out.is_meta()) return out;
  at::Tensor more;
  if (residual.has_value()) {
    TORCH_CHECK(residual->sizes() == out.sizes(), "a residual of another size");
    more = residual->contiguous(at::MemoryFormat::ChannelsLast3d);
  }
  with_layer(g, packed, {nullptr, data_or_null(shift), relu}, [&](const auto& layer) {
    using Layer = std::decay_t<decltype(layer)>;
    for (int64_t n = 0; n < x.size(0); ++n) {
      const float* from = x.const_data_ptr<float>() + n * x[0].numel();
      float* to = out.mutable_data_ptr<float>() + n * out[0].numel();
      if constexpr (std::is_same_v<Layer, Convolution>) {
        const float* rest =
            more.defined() ? more.const_data_ptr<float>() + n * out[0].numel() : nullptr;
        run_lines<Convolver>(layer, to, from, rest);
      } else {
        TORCH_CHECK(!more.defined(), "a depthwise convolution adds no residual");
        run_lines<WindowRunner>(layer, to, from);
      }
    }
  });
  return out;
}

at::Tensor max_pool(const at::Tensor& clips, at::IntArrayRef kernel, at::IntArrayRef stride,
                    at::IntArrayRef padding) {
  const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
  const Geometry g = geometry_of(x, kernel, stride, padding, x.size(1));
  const at::Tensor out = result_like(x, g);
  if (out.is_meta()) return out;
  const Windows layer{g, nullptr, {}};
  for (int64_t n = 0; n < x.size(0); ++n) {
    run_lines<WindowRunner>(layer, out.mutable_data_ptr<float>() + n * out[0].numel(),
                            x.const_data_ptr<float>() + n * x[0].numel());
  }
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
  m.def(
      "convolve(Tensor clips, Tensor packed, Tensor? shift, Tensor? residual, int[] kernel, "
      "int[] stride, int[] padding, int channels, bool relu) -> Tensor",
      as_laid_out);
  m.impl("convolve", c10::DispatchKey::CPU, TORCH_FN(convolve));
  m.impl("convolve", c10::DispatchKey::Meta, TORCH_FN(convolve));
  m.def("max_pool(Tensor clips, int[] kernel, int[] stride, int[] padding) -> Tensor", as_laid_out);
  m.impl("max_pool", c10::DispatchKey::CPU, TORCH_FN(max_pool));
  m.impl("max_pool", c10::DispatchKey::Meta, TORCH_FN(max_pool));
  m.def("has_wide_vectors() -> bool", TORCH_FN(has_wide_vectors));
}
