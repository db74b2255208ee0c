// What follows a dynamic convolution, in one pass over its result: rebuild the channels and the
// frames that were not computed, mix the candidates, normalise, and clip at zero.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Clips lie as N T H W C. A task is a group of
// frames of one clip and a band of rows; its mixed channels live in a ring of three rows a frame,
// so that what the convolution wrote is read once and the result is written once.

#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "conv/post_ops.h"
#include "simd/rows.h"

namespace vared_mm::forward {

struct AddSpread {  // the rebuilt maps of one computed map lie side by side
  float* row;
  int64_t stride, copies, copy, room;
  template <class In>
  struct Channels {
    using Float = typename In::Float;
    In in;
    const AddSpread& to;
    int64_t c;
    Float scaled(Float gain) const { return gain; }
    Float begin(int64_t) const { return Float{}; }
    void end(int64_t w, Float value) const {
      for (int lane = 0; lane < in.real; ++lane) {
        const int64_t channel = (c + lane) * to.copies + to.copy;
        if (channel < to.room) to.row[w * to.stride + channel] += value[lane];
      }
    }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const { return {in, *this, c}; }
};

template <class T>
struct PutOnto {  // with what was computed there, weighed
  float* row;
  int64_t stride;
  const T* computed;
  int64_t pitch;  // of `computed`
  const float* gains;
  template <class In>
  struct Channels : Put::Channels<In> {
    const T* computed;
    int64_t pitch;
    typename In::Float gain;
    typename In::Float begin(int64_t w) const {
      return this->in.load(computed + w * pitch) * gain;
    }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const {
    return {{in, row + c, stride}, computed + c, pitch, in.load(gains + c)};
  }
};

template <class T>
struct PutResult {  // with post-ops: `value * scale + shift`, and maybe ReLU
  T* row;
  int64_t stride, next;
  const float *scale, *shift;
  bool relu;
  const float* partial = nullptr;  // to be added to the value, `gain` times; null: nothing
  int64_t pitch = 0;               // of `partial`
  float gain = 0;
  void add(const float* more, int64_t its_pitch, float its_gain) {
    partial = more, pitch = its_pitch, gain = its_gain;
  }
  template <class In>
  struct Channels {
    using Float = typename In::Float;
    In in;
    T* row;
    int64_t stride, next;
    Float scale, shift;
    bool relu;
    const float* partial;
    int64_t pitch;
    Float gain;
    Float scaled(Float factor) const { return factor * scale; }
    Float begin(int64_t w) const {
      return partial == nullptr ? shift : shift + in.load(partial + w * pitch) * gain;
    }
    void end(int64_t w, Float value) const {
      in.store(row + w * stride, relu ? clip_at_zero(value) : value);
      __builtin_prefetch(row + w * stride + next, 1, 2);
    }
  };
  template <class In>
  Channels<In> from(In in, int64_t c) const {
    const auto factor = in.load(scale + c);
    const float* more = partial == nullptr ? nullptr : partial + c;
    return {in, row + c, stride, next, factor, in.load(shift + c), relu, more, pitch, factor * gain};
  }
};

struct Layer {
  int64_t frames, height, width, channels;  // of the result
  int64_t computed_frames, kept, step;      // what the convolution gave: every step-th frame
  int64_t pitch;                            // floats from one of its pixels to the next
  int64_t group;                            // frames that are rebuilt together
  std::vector<int64_t> temporal, channel;   // candidates in use, ascending
  std::vector<int64_t> sizes;               // channels that each channel candidate computes
  std::vector<const float*> frame_taps, channel_taps;  // kernels of the candidates, or null
  int64_t taps;
  PostOps post_ops;  // with scale and shift, without a residual and averages
};

// The rows of a computed map that lies in memory.
template <class T>
struct Map {
  const Layer& layer;
  const T* data;
  void ensure(int64_t) const {}
  const T* row(int64_t index, int64_t h) const {
    return data + (index * layer.height + h) * layer.width * layer.pitch;
  }
};

// A group of frames of one clip, from rows of what was computed: source.row(index of the computed
// frame, h), there once source.ensure(h) was called, as long as h - 2 is not needed any more.
template <class T>
class Task {
 public:
  Task(const Layer& layer, const float* temporal, const float* channel)
      : layer_(layer), wide_(whole_lines(layer.channels)), v_t_(temporal), v_c_(channel) {
    const int64_t row = layer.width * wide_, held = layer.group / layer.step;
    ring_.resize(held * 3 * row);
    partial_.resize(row);
    zeros_.resize(layer.width * std::max(wide_, layer.pitch));
    gains_.resize(layer.kept);
    for (int64_t i : layer.channel)
      for (int64_t c = 0; c < std::min(layer.sizes[i], layer.kept); ++c) gains_[c] += v_c_[i];
    gains_t_.resize(layer.channels);
  }

  // Frames from `first`, one group of them, rows from `top` to `bottom`; calls written(frame, row,
  // where it lies) once a row is there. Along an axis without rebuilding, rows come straight from the
  // source, or go straight to the result.
  template <class Source, class Written>
  void run(Source&& source, T* out, int64_t first, int64_t top, int64_t bottom,
           Written&& written) {
    const Layer& l = layer_;
    const bool all_channels = l.channel.back() == 0, all_frames = l.temporal.back() == 0;
    const bool straight = all_frames && l.channel.size() == 1 && copies_of(l.kept) == 1;
    const bool mixed = !all_channels && !straight;
    if (straight) gains_.fill(v_t_[0] * v_c_[l.channel.front()]);
    // Rows of the source up to the one below h: a mixed row needs it, and one that comes straight.
    const auto ensure = [&](int64_t h) { source.ensure(std::min(h + 1, l.height - 1)); };
    const auto mix = [&](int64_t h) {
      ensure(h);
      mix_row(source, first, h);
    };
    if (mixed && top > 0) mix(top - 1);
    if (mixed) mix(top);
    for (int64_t h = top; h < bottom; ++h) {
      if (!mixed) ensure(h);
      else if (h + 1 < l.height) mix(h + 1);
      for (int64_t t = first; t < std::min(first + l.group, l.frames); ++t) {
        T* row = out + (t * l.height + h) * l.width * l.channels;
        const auto computed = [&](int64_t of, int64_t at) { return source.row(of / l.step, at); };
        if (all_channels) {
          emit_row<T>(row, t, h, v_c_[0], l.pitch, computed);
        } else if (straight) {
          const auto rows = neighbours<T>(h, [&](int64_t at) { return computed(t, at); });
          const auto out_at = [&](int64_t c) { return result_at(row, c); };
          rebuild_from(rows, l.channel.front(), gains_[0], out_at, out_at(l.kept));
        } else {
          emit_row<float>(row, t, h, 1, wide_, [&](int64_t of, int64_t at) {
            return static_cast<const float*>(ring((of - first) / l.step, at));
          });
        }
        written(t, h, row);
      }
    }
  }

 private:
  float* ring(int64_t index, int64_t h) {
    return ring_.data() + (index * 3 + h % 3) * layer_.width * wide_;
  }

  // A row and those above and below it, zeros where there are none.
  template <class S, class Row>
  Rows<S> neighbours(int64_t h, const Row& row) const {
    const S* zeros = reinterpret_cast<const S*>(zeros_.data());
    return {h > 0 ? row(h - 1) : zeros, row(h), h + 1 < layer_.height ? row(h + 1) : zeros};
  }

  // Out with a row of the result, from a channel on.
  PutResult<T> result_at(T* row, int64_t c) const {
    const Layer& l = layer_;
    const PostOps& p = l.post_ops;
    return {row + c, l.channels, l.width * l.channels, p.scale + c, p.shift + c, p.relu};
  }

  // The channel mix of one row of every computed frame of the group, into the ring.
  template <class Source>
  void mix_row(Source& source, int64_t first, int64_t h) {
    const Layer& l = layer_;
    const int64_t from = first / l.step;
    const int64_t until = std::min(from + l.group / l.step, l.computed_frames);
    for (int64_t index = from; index < until; ++index) {
      const Rows<T> rows = neighbours<T>(h, [&](int64_t at) { return source.row(index, at); });
      float* to = ring(index - from, h);
      const int64_t done = weigh_and_rebuild(rows, to);
      for (int64_t i : l.channel) {
        const int64_t size = l.sizes[i], rebuilt = l.channels - size;
        if (rebuilt == 0 || i == done) continue;
        const int64_t copies = copies_of(size);
        if (size == l.kept) clear_tail(to);  // nothing lies behind the computed channels yet
        for (int64_t copy = 0; copy < copies; ++copy) {
          const float* kernel = l.channel_taps[i] + copy * l.taps * size;
          const auto rebuild = [&](const auto& sink, int64_t count) {
            filter(rows, l.pitch, kernel, size, l.taps, v_c_[i], count, l.width, sink);
          };
          if (copies > 1) {
            rebuild(AddSpread{to + size, wide_, copies, copy, rebuilt}, size);
          } else {
            rebuild(Add{to + size, wide_}, rebuilt);
          }
        }
      }
    }
  }

  int64_t copies_of(int64_t size) const { return (layer_.channels - 1) / size; }

  // Weigh a row of computed channels. If the first candidate that rebuilds some gets one at most of
  // each, rebuild them in the same pass, and return that candidate; else -1.
  __attribute__((noinline)) int64_t weigh_and_rebuild(const Rows<T>& rows, float* to) const {
    const Layer& l = layer_;
    const bool onto = l.channel.front() == 0;  // what was computed of the same channels
    const int64_t i = l.channel[onto && l.channel.size() > 1 ? 1 : 0], size = l.sizes[i];
    const auto put_at = [&](int64_t c) { return Put{to + c, wide_}; };
    if (i == 0 || copies_of(size) > 1) {
      weigh(rows[1], l.pitch, gains_.data(), l.kept, l.width, put_at(0));
      return -1;
    }
    if (onto) {
      rebuild_from(rows, i, v_c_[i], put_at,
                   PutOnto<T>{to + size, wide_, rows[1] + size, l.pitch, gains_.data() + size});
    } else {
      rebuild_from(rows, i, v_c_[i], put_at, put_at(size));
    }
    return i;
  }

  // One channel at most of each that candidate i computes, `gain` times, into `rebuilt`, and in the same
  // pass these, weighed, from c on into sink_at(c).
  template <class SinkAt, class Sink>
  void rebuild_from(const Rows<T>& rows, int64_t i, float gain, const SinkAt& sink_at,
                    const Sink& rebuilt) const {
    const Layer& l = layer_;
    const int64_t size = l.sizes[i], count = l.channels - size;
    filter(rows, l.pitch, l.channel_taps[i], size, l.taps, gain, count, l.width, rebuilt,
           Weighed{sink_at(0), gains_.data()});
    if (count < size)
      weigh(rows[1] + count, l.pitch, gains_.data() + count, size - count, l.width, sink_at(count));
  }

  void clear_tail(float* row) const {
    for (int64_t w = 0; w < layer_.width; ++w)
      std::fill_n(row + w * wide_ + layer_.kept, layer_.channels - layer_.kept, 0.f);
  }

  // One row of one frame of the result, from rows with all channels, mixed(frame, row), pixels
  // `pitch` apart, each of which counts `gain`.
  template <class S, class Mixed>
  void emit_row(T* to, int64_t t, int64_t h, float gain, int64_t pitch, const Mixed& mixed) {
    const Layer& l = layer_;
    PutResult<T> result = result_at(to, 0);
    const Put put{partial_.data(), wide_};
    float direct = 0;
    int64_t rebuilt = 0;
    for (int64_t j : l.temporal) {
      const bool held = t % (int64_t{1} << j) == 0;
      if (held) direct += gain * v_t_[j];
      rebuilt += !held;
    }
    bool begun = false;
    if (t % l.step == 0) {
      const S* here = mixed(t, h);
      if (rebuilt == 1 && std::is_same_v<S, float>) {
        result.add(reinterpret_cast<const float*>(here), pitch, direct);
      } else {
        gains_t_.fill(direct);
        if (rebuilt == 0) return weigh(here, pitch, gains_t_.data(), l.channels, l.width, result);
        weigh(here, pitch, gains_t_.data(), l.channels, l.width, put);
        begun = true;
      }
    }
    for (int64_t j : l.temporal) {
      const int64_t factor = int64_t{1} << j, offset = t % factor;
      if (offset == 0) continue;
      const Rows<S> rows = neighbours<S>(h, [&](int64_t at) { return mixed(t - offset, at); });
      const float* kernel = l.frame_taps[j] + (offset - 1) * l.taps * l.channels;
      const auto rebuild = [&](const auto& sink) {
        filter(rows, pitch, kernel, l.channels, l.taps, gain * v_t_[j], l.channels, l.width, sink);
      };
      if (--rebuilt == 0) {
        if (begun) result.add(partial_.data(), wide_, 1);
        rebuild(result);
      } else if (begun) {
        rebuild(Add{put});
      } else {
        rebuild(put);
      }
      begun = true;
    }
  }

  const Layer& layer_;
  const int64_t wide_;  // floats from one mixed pixel to the next
  const float *v_t_, *v_c_;
  Buffer ring_, partial_, zeros_, gains_, gains_t_;
};

// Groups of frames, and bands of rows where there are fewer groups than threads want.
struct Split {
  const Layer& layer;
  int64_t groups, bands;

  Split(const Layer& of, int64_t clips) : layer(of) {
    groups = (layer.frames + layer.group - 1) / layer.group;
    const int64_t threads = at::get_num_threads(), wanted = threads > 1 ? 4 * threads : 1;
    const int64_t most = std::max<int64_t>(layer.height / 8, 1);  // a band has a halo of two rows
    bands = std::clamp<int64_t>(wanted / (clips * groups), 1, most);
  }
  int64_t tasks() const { return groups * bands; }
  int64_t first(int64_t task) const { return task / bands * layer.group; }  // frame
  int64_t top(int64_t task) const { return task % bands * layer.height / bands; }
  int64_t bottom(int64_t task) const { return (task % bands + 1) * layer.height / bands; }
};

// Rebuild and mix `clips` clips that have the same candidates in use; clip n goes to index[n].
// Weights are (clips, candidates), `step` apart.
template <class T>
void rebuild_clips(const Layer& layer, const T* computed, const float* temporal, int64_t step_t,
                   const float* channel, int64_t step_c, const int64_t* index, int64_t clips,
                   T* out) {
  if (clips * layer.frames * layer.height * layer.width == 0) return;
  const Split split(layer, clips);
  const int64_t in_size = layer.computed_frames * layer.height * layer.width * layer.pitch;
  const int64_t out_size = layer.frames * layer.height * layer.width * layer.channels;
  at::parallel_for(0, clips * split.tasks(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      const int64_t n = at / split.tasks(), task = at % split.tasks();
      Task<T> work(layer, temporal + n * step_t, channel + n * step_c);
      work.run(Map<T>{layer, computed + n * in_size}, out + index[n] * out_size, split.first(task),
               split.top(task), split.bottom(task), [](int64_t, int64_t, const T*) {});
    }
  });
}

// A layer's kernels, by candidate, checked against its channels and sizes; candidate 0 rebuilds nothing.
inline void set_taps(Layer& layer, at::TensorList frame_taps, at::TensorList channel_taps) {
  layer.taps = 1;
  const auto add = [&](std::vector<const float*>& to, at::TensorList from) {
    for (const at::Tensor& taps : from) {
      to.push_back(taps.numel() ? taps.const_data_ptr<float>() : nullptr);
      if (taps.numel()) layer.taps = taps.size(1);
    }
  };
  add(layer.frame_taps, frame_taps), add(layer.channel_taps, channel_taps);
  TORCH_CHECK(layer.taps == 1 || layer.taps == 9, "cheap operations are of one pixel or 3 x 3");
  const auto check = [&](const at::Tensor& taps, int64_t rows, int64_t count) {
    TORCH_CHECK(taps.is_contiguous() && taps.numel() == rows * layer.taps * count,
                "cheap operations of another layer");
  };
  TORCH_CHECK(channel_taps.size() == layer.sizes.size(), "candidates of another layer");
  for (size_t j = 0; j < frame_taps.size(); ++j)
    check(frame_taps[j], (int64_t{1} << j) - 1, layer.channels);
  for (size_t i = 0; i < channel_taps.size(); ++i) {
    const int64_t size = layer.sizes[i];
    TORCH_CHECK(size > 0 && size <= layer.channels, "candidates of another layer");
    check(channel_taps[i], (layer.channels - 1) / size, size);
  }
}

}  // namespace vared_mm::forward
