// Gates: average each frame, two small layers, weights of the candidates.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.4. Clips lie as N T H W C.

#include "dynamic/gate.h"

#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "simd/frame_means.h"

namespace {

using namespace vared_mm;

// Means (T, C) -> descriptor (C, bins); bins overlap where T is no multiple of them.
void describe(const float* means, int64_t frames, int64_t channels, int64_t bins, float* to) {
  for (int64_t bin = 0; bin < bins; ++bin) {
    const int64_t first = bin * frames / bins, last = ((bin + 1) * frames + bins - 1) / bins;
    for (int64_t c = 0; c < channels; ++c) {
      float sum = 0;
      for (int64_t t = first; t < last; ++t) sum += means[t * channels + c];
      to[c * bins + bin] = sum / static_cast<float>(last - first);
    }
  }
}

float dot(const float* a, const float* b, int64_t count) {
  Lanes<16>::Float total = {};
  float sum = 0;
  int64_t i = 0;
  for (; count - i >= 16; i += 16) total += load<16>(a + i) * load<16>(b + i);
  for (; i < count; ++i) sum += a[i] * b[i];
  for (int lane = 0; lane < 16; ++lane) sum += total[lane];
  return sum;
}

// One axis: weights from scores, in place; whether the clip had none and fell back.
bool weigh_candidates(float* scores, int64_t count, float threshold) {
  float total = 0, left = 0, rescue = 1.f / static_cast<float>(count);
  bool alone = true;
  for (int64_t i = 0; i < count; ++i) {
    scores[i] = scores[i] < 0 ? 0 : scores[i];  // NaN stays
    total += scores[i];
  }
  if (threshold > 0) {
    for (int64_t i = 0; i < count; ++i) {
      scores[i] *= static_cast<float>(scores[i] > threshold);
      left += scores[i];
    }
    for (int64_t i = 0; i < count && left > 0; ++i) scores[i] *= total / left;
    if (total > 0) rescue = total;
  }
  for (int64_t i = 0; i < count; ++i) alone = alone && scores[i] == 0;
  if (alone) scores[count - 1] = rescue;
  return alone;
}

}  // namespace

namespace vared_mm {

at::Tensor average_frames(const at::Tensor& clips) {
  TORCH_CHECK(clips.is_contiguous(at::MemoryFormat::ChannelsLast3d), "clips must lie as N T H W C");
  const int64_t frames = clips.size(0) * clips.size(2), channels = clips.size(1);
  const int64_t pixels = clips.size(3) * clips.size(4);
  TORCH_CHECK(channels > 0, "clips without channels");
  at::Tensor means = at::empty({clips.size(0), clips.size(2), channels},
                               clips.options().dtype(at::kFloat));
  if (means.is_meta()) return means;
  FrameSums sums(frames, channels);
  const auto average = [&](const auto* from) {
    at::parallel_for(0, frames, 1, [&](int64_t begin, int64_t end) {
      for (int64_t frame = begin; frame < end; ++frame)
        sums.add(frame, from + frame * pixels * channels, pixels);
    });
    sums.average(pixels, means.mutable_data_ptr<float>());
  };
  if (clips.scalar_type() == at::kFloat) {
    average(clips.const_data_ptr<float>());
  } else {
    TORCH_CHECK(clips.scalar_type() == at::kBFloat16, "clips of float32 or bfloat16");
    average(clips.const_data_ptr<at::BFloat16>());
  }
  return means;
}

Decided decide(const at::Tensor& means, int64_t bins, const at::Tensor& squeeze,
               const at::Tensor& shift, const at::Tensor& excite, const at::Tensor& beta,
               at::IntArrayRef outputs, double threshold) {
  const int64_t batch = means.size(0), frames = means.size(1), channels = means.size(2);
  const int64_t hidden = squeeze.size(0), features = squeeze.size(1);
  TORCH_CHECK(frames > 0 && bins > 0 && features == channels * bins, "a gate for other channels");
  TORCH_CHECK(outputs.size() == 2 && excite.numel() == (outputs[0] + outputs[1]) * hidden &&
                  beta.numel() == outputs[0] + outputs[1] && shift.numel() == hidden,
              "a gate of other sizes");
  for (const at::Tensor* tensor : {&means, &squeeze, &shift, &excite, &beta})
    TORCH_CHECK(tensor->is_contiguous(), "averages and weights of a gate must lie in order");
  const at::Tensor temporal = at::ones({batch, std::max<int64_t>(outputs[0], 1)}, at::kFloat);
  const at::Tensor channel = at::ones({batch, std::max<int64_t>(outputs[1], 1)}, at::kFloat);
  const at::Tensor fallback = at::zeros({batch, 2}, at::kBool);
  std::vector<float> descriptor(features), inner(hidden);
  for (int64_t n = 0; n < batch; ++n) {
    describe(means.const_data_ptr<float>() + n * frames * channels, frames, channels, bins,
             descriptor.data());
    const float* weight = squeeze.const_data_ptr<float>();
    for (int64_t h = 0; h < hidden; ++h, weight += features) {
      const float sum = dot(descriptor.data(), weight, features);
      inner[h] = std::tanh(sum + shift.const_data_ptr<float>()[h]);
    }
    const float* row = excite.const_data_ptr<float>();
    const float* start = beta.const_data_ptr<float>();
    const at::Tensor* axes[2] = {&temporal, &channel};
    for (int axis = 0; axis < 2; ++axis) {
      float* scores = axes[axis]->mutable_data_ptr<float>() + n * axes[axis]->size(1);
      for (int64_t i = 0; i < outputs[axis]; ++i, row += hidden) {
        scores[i] = std::tanh(dot(inner.data(), row, hidden) + *start++);
      }
      if (outputs[axis] > 0) {
        fallback.mutable_data_ptr<bool>()[2 * n + axis] =
            weigh_candidates(scores, outputs[axis], static_cast<float>(threshold));
      }
    }
  }
  return {temporal, channel, fallback};
}

}  // namespace vared_mm

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  m.def("average_frames(Tensor clips) -> Tensor", {at::Tag::needs_fixed_stride_order});
  m.impl("average_frames", c10::DispatchKey::CPU, TORCH_FN(vared_mm::average_frames));
  m.impl("average_frames", c10::DispatchKey::Meta, TORCH_FN(vared_mm::average_frames));
  m.def(
      "decide(Tensor means, int bins, Tensor squeeze, Tensor shift, Tensor excite, Tensor beta, "
      "int[] outputs, float threshold) -> (Tensor temporal, Tensor channel, Tensor fallback)");
  m.impl("decide", c10::DispatchKey::CPU, TORCH_FN(vared_mm::decide));
}
