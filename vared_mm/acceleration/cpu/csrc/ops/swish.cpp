// Swish of clips as one pass, maybe with the scaling of a squeeze-and-excitation before it.

#include <torch/library.h>

#include <limits>

#include "conv/layers.h"

namespace {

using namespace vared_mm;

// exp(x) to a relative 3e-7; beyond -87 and 88 as there.
template <class Float>
inline Float exponential(Float x) {
  x = at_most(at_least(x, Float{} - 87), Float{} + 88);
  // x = whole * ln 2 + r. A sum this large has no bits left but those of a whole number.
  const Float sum = x * 1.44269504f + 12582912.f, whole = sum - 12582912.f;
  const Float r = x - whole * 0.693145752f - whole * 1.42860677e-6f;  // ln 2 as two floats
  Float power = r * (1.f / 720) + 1.f / 120;
  for (const float coefficient : {1.f / 24, 1.f / 6, 0.5f, 1.f, 1.f}) power = power * r + coefficient;
  using Word = decltype(x < x);
  Word exponent, bits;
  std::memcpy(&exponent, &sum, sizeof exponent), std::memcpy(&bits, &power, sizeof bits);
  bits += exponent << 23;
  std::memcpy(&power, &bits, sizeof power);
  return power;
}

// to <- swish(scale * from), `count` values.
void swish_row(const float* from, const float* scale, int64_t count, float* to) {
  for_blocks(0, count, [&](auto in, int64_t i) {
    const auto value = in.load(from + i) * in.load(scale + i);
    in.store(to + i, value / (exponential(-value) + 1));
  });
}

constexpr int64_t kGroups = 4;  // of pixels, that are summed up together

// One clip by its frames; `scale` is of its channels, or null. Some pixels at a time, so that vectors
// are whole.
void swish_clip(const float* from, const float* scale, int64_t frames, int64_t pixels,
                int64_t channels, FrameSums* sums, float* to) {
  const int64_t beside = std::min(pixels_beside(channels), pixels);
  Buffer gains;
  gains.resize(beside * channels);
  for (int64_t i = 0; i < beside * channels; ++i) gains[i] = scale ? scale[i % channels] : 1;
  at::parallel_for(0, frames, 1, [&](int64_t begin, int64_t end) {
    for (int64_t frame = begin; frame < end; ++frame) {
      for (int64_t first = 0; first < pixels; first += kGroups * beside) {
        const int64_t past = std::min(first + kGroups * beside, pixels), row = frame * pixels;
        for (int64_t p = first; p < past; p += beside) {
          const int64_t at = (row + p) * channels, some = std::min(beside, past - p);
          swish_row(from + at, gains.data(), some * channels, to + at);
        }
        if (sums != nullptr) sums->add(frame, to + (row + first) * channels, past - first);
      }
    }
  });
}

// The result, with the averages of its frames or without. `scale`: of each clip's channels.
template <bool averaged>
MaybeAveraged<averaged> swish(const at::Tensor& clips, const std::optional<at::Tensor>& scale) {
  TORCH_CHECK(clips.dim() == 5 && clips.scalar_type() == at::kFloat, "clips must be float32");
  const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
  const at::Tensor out = at::empty_like(x), means = means_like(out, averaged);
  if (out.is_meta()) return with_means<averaged>(out, means);
  if (out.numel() == 0) {
    if (averaged) means.fill_(std::numeric_limits<float>::quiet_NaN());
    return with_means<averaged>(out, means);
  }
  const int64_t clip_channels = x.size(0) * x.size(1), pixels = x.size(3) * x.size(4);
  TORCH_CHECK(!scale || scale->numel() == clip_channels, "a scale for other channels");
  const at::Tensor gains = scale ? scale->reshape({x.size(0), x.size(1)}).contiguous() : at::Tensor();
  for (int64_t n = 0; n < x.size(0); ++n) {
    std::optional<FrameSums> sums;
    if (averaged) sums.emplace(x.size(2), x.size(1));
    swish_clip(clip_of(x, n), clip_of(gains, n), x.size(2), pixels, x.size(1),
               sums ? &*sums : nullptr, clip_of(out, n));
    if (sums) sums->average(pixels, clip_of(means, n));
  }
  return with_means<averaged>(out, means);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  const std::vector<at::Tag> as_laid_out{at::Tag::needs_fixed_stride_order};
  m.def("swish(Tensor clips, Tensor? scale) -> Tensor", as_laid_out);
  m.impl("swish", c10::DispatchKey::CPU, TORCH_FN(swish<false>));
  m.impl("swish", c10::DispatchKey::Meta, TORCH_FN(swish<false>));
  m.def("swish_averaged(Tensor clips, Tensor? scale) -> (Tensor result, Tensor means)", as_laid_out);
  m.impl("swish_averaged", c10::DispatchKey::CPU, TORCH_FN(swish<true>));
  m.impl("swish_averaged", c10::DispatchKey::Meta, TORCH_FN(swish<true>));
}
