// What follows a dynamic convolution, in one pass over its result: rebuild the channels and the
// frames that were not computed, mix the candidates, normalise, and clip at zero.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Clips lie as N T H W C. A task is a group of
// frames of one clip and a band of rows; its mixed channels live in a ring of three rows a frame,
// so that what the convolution wrote is read once and the result is written once.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "rows.h"

namespace {

using namespace vared_mm;

struct AddSpread {  // the rebuilt maps of one computed map lie side by side
  float* row;
  int64_t stride, copies, copy, room;
  template <int N>
  void take(int64_t w, int64_t c, typename Lanes<N>::Float value) const {
    float* to = row + w * stride;
    for (int lane = 0; lane < N; ++lane) {
      const int64_t channel = (c + lane) * copies + copy;
      if (channel < room) to[channel] += value[lane];
    }
  }
};

template <class T>
struct Finish {
  T* row;
  int64_t stride, next;
  const float* partial;  // of the same stride, to be added; null: nothing
  float gain;            // of it
  const float *scale, *shift;
  bool relu;
  template <int N>
  void take(int64_t w, int64_t c, typename Lanes<N>::Float value) const {
    if (partial != nullptr) value += load<N>(partial + w * stride + c) * gain;
    value = value * load<N>(scale + c) + load<N>(shift + c);
    if (relu) value = (value < 0) ? value * 0 : value;  // NaN stays
    store<N>(row + w * stride + c, value);
    __builtin_prefetch(row + next + w * stride + c, 1, 2);
  }
};

struct Layer {
  int64_t frames, height, width, channels;  // of the result
  int64_t computed_frames, kept, step;      // what the convolution gave: every step-th frame
  std::vector<int64_t> temporal, channel;   // candidates in use, ascending
  std::vector<int64_t> sizes;               // channels that each channel candidate computes
  std::vector<const float*> frame_taps, channel_taps;  // kernels of the candidates, or null
  int64_t taps;
  const float *scale, *shift;
  bool relu;
};

template <class T>
class Task {
 public:
  Task(const Layer& layer, const float* temporal, const float* channel)
      : layer_(layer), v_t_(temporal), v_c_(channel) {
    group_ = int64_t{1} << layer.temporal.back();
    const int64_t row = layer.width * layer.channels, held = group_ / layer.step;
    ring_.resize(held * 3 * row);
    partial_.resize(row);
    zeros_.resize(layer.width * std::max(layer.channels, layer.kept));
    gains_.resize(layer.kept);
    for (int64_t i : layer.channel)
      for (int64_t c = 0; c < std::min(layer.sizes[i], layer.kept); ++c) gains_[c] += v_c_[i];
    gains_t_.resize(layer.channels);
  }

  // Frames from `first`, one group of them, rows from `top` to `bottom`.
  void run(const T* computed, T* out, int64_t first, int64_t top, int64_t bottom) {
    if (top > 0) mix_row(computed, first, top - 1);
    mix_row(computed, first, top);
    for (int64_t h = top; h < bottom; ++h) {
      if (h + 1 < layer_.height) mix_row(computed, first, h + 1);
      for (int64_t t = first; t < std::min(first + group_, layer_.frames); ++t)
        emit_row(out, first, t, h);
    }
  }

 private:
  float* ring(int64_t index, int64_t h) {
    return ring_.data() + (index * 3 + h % 3) * layer_.width * layer_.channels;
  }

  // The channel mix of one row of every computed frame of the group, into the ring.
  void mix_row(const T* computed, int64_t first, int64_t h) {
    const Layer& l = layer_;
    const int64_t row = l.width * l.kept;
    const T* zeros = reinterpret_cast<const T*>(zeros_.data());
    const int64_t from = first / l.step;
    const int64_t until = std::min(from + group_ / l.step, l.computed_frames);
    for (int64_t index = from; index < until; ++index) {
      const T* here = computed + (index * l.height + h) * row;
      const T* rows[3] = {h > 0 ? here - row : zeros, here, h + 1 < l.height ? here + row : zeros};
      float* to = ring(index - from, h);
      weigh(here, l.kept, gains_.data(), l.kept, l.width, Put{to, l.channels});
      for (int64_t i : l.channel) {
        const int64_t size = l.sizes[i], rebuilt = l.channels - size;
        if (rebuilt == 0) continue;
        const int64_t copies = (rebuilt + size - 1) / size;
        const bool first_there = size == l.kept;  // nothing lies behind the computed channels yet
        if (first_there && copies > 1) clear_tail(to);
        for (int64_t copy = 0; copy < copies; ++copy) {
          const float* kernel = l.channel_taps[i] + copy * l.taps * size;
          const auto rebuild = [&](const auto& sink, int64_t count) {
            filter(rows, l.kept, kernel, size, l.taps, v_c_[i], count, l.width, sink);
          };
          if (copies > 1) {
            rebuild(AddSpread{to + size, l.channels, copies, copy, rebuilt}, size);
          } else if (first_there) {
            rebuild(Put{to + size, l.channels}, rebuilt);
          } else {
            rebuild(Add{to + size, l.channels}, rebuilt);
          }
        }
      }
    }
  }

  void clear_tail(float* row) const {
    for (int64_t w = 0; w < layer_.width; ++w)
      std::fill(row + w * layer_.channels + layer_.kept, row + (w + 1) * layer_.channels, 0.f);
  }

  // One row of one frame of the result, from the ring.
  void emit_row(T* out, int64_t first, int64_t t, int64_t h) {
    const Layer& l = layer_;
    const int64_t row = l.width * l.channels;
    Finish<T> finish{out + (t * l.height + h) * row, l.channels, row, nullptr, 1, l.scale, l.shift,
                     l.relu};
    float direct = 0;
    int64_t rebuilt = 0;
    for (int64_t j : l.temporal) {
      const bool held = t % (int64_t{1} << j) == 0;
      if (held) direct += v_t_[j];
      rebuilt += !held;
    }
    const auto frame = [&](int64_t of) { return (of - first) / l.step; };
    bool begun = false;
    if (t % l.step == 0) {
      const float* here = ring(frame(t), h);
      if (rebuilt == 1) {
        finish.partial = here, finish.gain = direct;
      } else {
        gains_t_.fill(direct);
        if (rebuilt == 0) return weigh(here, l.channels, gains_t_.data(), l.channels, l.width, finish);
        weigh(here, l.channels, gains_t_.data(), l.channels, l.width,
              Put{partial_.data(), l.channels});
        begun = true;
      }
    }
    for (int64_t j : l.temporal) {
      const int64_t factor = int64_t{1} << j, offset = t % factor;
      if (offset == 0) continue;
      const int64_t source = frame(t - offset);
      const float* rows[3] = {h > 0 ? ring(source, h - 1) : zeros_.data(), ring(source, h),
                              h + 1 < l.height ? ring(source, h + 1) : zeros_.data()};
      const float* kernel = l.frame_taps[j] + (offset - 1) * l.taps * l.channels;
      const auto rebuild = [&](const auto& sink) {
        filter(rows, l.channels, kernel, l.channels, l.taps, v_t_[j], l.channels, l.width, sink);
      };
      if (--rebuilt == 0) {
        if (begun) finish.partial = partial_.data();
        rebuild(finish);
      } else if (begun) {
        rebuild(Add{partial_.data(), l.channels});
      } else {
        rebuild(Put{partial_.data(), l.channels});
      }
      begun = true;
    }
  }

  const Layer& layer_;
  const float *v_t_, *v_c_;
  int64_t group_;
  Buffer ring_, partial_, zeros_, gains_, gains_t_;
};

template <class T>
void run_layer(const Layer& layer, const at::Tensor& computed, const at::Tensor& clips,
               const at::Tensor& temporal, const at::Tensor& channel, at::Tensor& out) {
  const int64_t group = int64_t{1} << layer.temporal.back();
  const int64_t groups = (layer.frames + group - 1) / group;
  const int64_t wanted = 4 * at::get_num_threads();  // tasks
  const int64_t most = std::max<int64_t>(layer.height / 8, 1);  // a band has a halo of two rows
  const int64_t bands = std::clamp<int64_t>(wanted / (clips.numel() * groups), 1, most);
  const int64_t* index = clips.const_data_ptr<int64_t>();
  const int64_t in_size = layer.computed_frames * layer.height * layer.width * layer.kept;
  const int64_t out_size = layer.frames * layer.height * layer.width * layer.channels;
  at::parallel_for(0, clips.numel() * groups * bands, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t band = task % bands, part = task / bands % groups, n = task / bands / groups;
      Task<T> work(layer, temporal.const_data_ptr<float>() + n * temporal.size(1),
                   channel.const_data_ptr<float>() + n * channel.size(1));
      work.run(computed.const_data_ptr<T>() + n * in_size,
               out.mutable_data_ptr<T>() + index[n] * out_size, part * group,
               band * layer.height / bands, (band + 1) * layer.height / bands);
    }
  });
}

void rebuild_mix(const at::Tensor& computed, const at::Tensor& clips, const at::Tensor& temporal,
                 const at::Tensor& channel, at::IntArrayRef temporal_used,
                 at::IntArrayRef channel_used, at::IntArrayRef sizes, at::TensorList frame_taps,
                 at::TensorList channel_taps, const at::Tensor& scale, const at::Tensor& shift,
                 bool relu, at::Tensor& out) {
  TORCH_CHECK(computed.is_contiguous() && out.is_contiguous(), "clips must lie as N T H W C");
  TORCH_CHECK(computed.scalar_type() == out.scalar_type(), "one type of clips");
  TORCH_CHECK(temporal.is_contiguous() && channel.is_contiguous(), "weights must lie as N S");
  Layer layer;
  layer.frames = out.size(1), layer.height = out.size(2), layer.width = out.size(3);
  layer.channels = out.size(4);
  layer.computed_frames = computed.size(1), layer.kept = computed.size(4);
  layer.temporal = temporal_used.vec(), layer.channel = channel_used.vec();
  layer.step = int64_t{1} << layer.temporal.front();
  layer.sizes = sizes.vec();
  layer.taps = 1;
  for (const at::Tensor& taps : frame_taps) {  // candidate 0 rebuilds nothing
    layer.frame_taps.push_back(taps.numel() ? taps.const_data_ptr<float>() : nullptr);
    if (taps.numel()) layer.taps = taps.size(1);
  }
  for (const at::Tensor& taps : channel_taps) {
    layer.channel_taps.push_back(taps.numel() ? taps.const_data_ptr<float>() : nullptr);
    if (taps.numel()) layer.taps = taps.size(1);
  }
  layer.scale = scale.const_data_ptr<float>(), layer.shift = shift.const_data_ptr<float>();
  layer.relu = relu;
  if (computed.scalar_type() == at::kFloat) {
    run_layer<float>(layer, computed, clips, temporal, channel, out);
  } else {
    TORCH_CHECK(computed.scalar_type() == at::kBFloat16, "clips of float32 or bfloat16");
    run_layer<at::BFloat16>(layer, computed, clips, temporal, channel, out);
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
