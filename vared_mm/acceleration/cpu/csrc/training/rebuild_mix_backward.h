// Gradients of rebuilding and mixing all candidates, in one pass over the convolution's result.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 and 3.5. Clips lie as N T H W C. A task is a group of
// frames of one clip. Row by row, the mixed channels of a frame that others are rebuilt from are
// computed again, and their gradient lives in a ring of three rows. A weight's gradient is the
// product of a kernel and of its correlation, so only the correlations are summed over pixels.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include "training/correlate.h"

namespace vared_mm::backward {

// One cheap operation; its kernels as (taps, count).
struct Operation {
  int64_t candidate, offset;      // of them: j and the frame's offset, or i
  int64_t first, count, copies;   // the maps that it yields, of each source
  Buffer kernel;
};

struct Layer {
  int64_t frames, height, width, channels, taps;
  int64_t temporal, channel;  // candidates
  std::vector<int64_t> kept;  // channels that each channel candidate computes
  std::vector<Operation> frame_operations, channel_operations;
};

// What is summed over the pixels of a task, or of several: of each operation a correlation.
struct Sums {
  explicit Sums(const std::vector<Operation>& operations, int64_t taps) {
    for (const Operation& operation : operations)
      correlations.emplace_back().resize(operation.count * taps);
  }
  void clear() {
    for (Buffer& sum : correlations) sum.fill(0);
  }
  std::vector<Buffer> correlations;
};

// <kernel, correlation>; the kernel's gradient += gain * correlation.
double settle(const Operation& operation, int64_t taps, Buffer& sums, float gain, Buffer& gradient) {
  double product = 0;
  for (int64_t at = 0; at < operation.count * taps; ++at) {
    product += static_cast<double>(operation.kernel[at]) * sums[at];
    gradient[at] += gain * sums[at];
  }
  return product;
}

template <class T>
class Task {
 public:
  explicit Task(const Layer& layer)
      : frame_gradients(layer.frame_operations, layer.taps),
        channel_gradients(layer.channel_operations, layer.taps),
        l_(layer),
        group_(int64_t{1} << (layer.temporal - 1)),
        frame_sums_(layer.frame_operations, layer.taps) {
    const int64_t row = layer.width * layer.channels, sources = (group_ + 1) / 2;
    for (int source = 0; source < 2; ++source) {
      sums_.emplace_back(layer.channel_operations, layer.taps);
      products_.emplace_back().resize(layer.channels);
    }
    held_.resize(layer.temporal);
    for (Buffer& sum : held_) sum.resize(layer.channels);
    ring_.resize(sources * 3 * row);
    mixed_.resize(row), zeros_.resize(row), spread_.resize(row), rebuilt_.resize(row);
    for (Buffer& spread_row : spread_rows_) spread_row.resize(row);
    if constexpr (!std::is_same_v<T, float>) result_.resize(row);
    gains_.resize(layer.channels), gains_t_.resize(layer.channels);
  }

  // Frames from `first`, one group of them; adds to the gradients of the clip's weights.
  void run(const T* computed, const T* grad, T* out, int64_t first, const float* v_t,
           const float* v_c, double* grad_t, double* grad_c) {
    computed_ = computed, grad_ = grad, v_t_ = v_t, v_c_ = v_c;
    clear();
    const int64_t until = std::min(first + group_, l_.frames);
    for (int64_t h = 0; h < l_.height; ++h) {
      for (int64_t t = first; t < until; ++t) {
        T* to = out + (t * l_.height + h) * l_.width * l_.channels;
        if (l_.temporal == 1 || t % 2 == 1) {
          finish_row(around(grad_, t, h), v_t_[0], t, h, 0, to);
          continue;
        }
        if (h == 0) mix_back(first, t, 0);
        if (h + 1 < l_.height) mix_back(first, t, h + 1);
        const float* zeros = zeros_.data();
        finish_row(std::array{h > 0 ? ring(first, t, h - 1) : zeros,
                              static_cast<const float*>(ring(first, t, h)),
                              h + 1 < l_.height ? ring(first, t, h + 1) : zeros},
                   1, t, h, 1, to);
      }
    }
    settle_weights(grad_t, grad_c);
  }

  Sums frame_gradients, channel_gradients;  // of the kernels, of all tasks so far

 private:
  void clear() {
    frame_sums_.clear();
    for (Sums& sums : sums_) sums.clear();
    for (Buffer& sum : products_) sum.fill(0);
    for (Buffer& sum : held_) sum.fill(0);
    gains_.fill(0);
    for (int64_t i = 0; i < l_.channel; ++i)
      for (int64_t c = 0; c < l_.kept[i]; ++c) gains_[c] += v_c_[i];
  }

  float* ring(int64_t first, int64_t t, int64_t h) {
    return ring_.data() + ((t - first) / 2 * 3 + h % 3) * l_.width * l_.channels;
  }

  // Rows h - 1 to h + 1 of a frame; zeros beyond it.
  std::array<const T*, 3> around(const T* clip, int64_t t, int64_t h) {
    const int64_t row = l_.width * l_.channels;
    const T *here = clip + (t * l_.height + h) * row;
    const T* zeros = reinterpret_cast<const T*>(zeros_.data());
    return {h > 0 ? here - row : zeros, here, h + 1 < l_.height ? here + row : zeros};
  }

  // The mixed channels of one row, again.
  void mix_row(int64_t t, int64_t h) {
    const auto rows = around(computed_, t, h);
    weigh(rows[1], l_.channels, gains_.data(), l_.channels, l_.width,
          Put{mixed_.data(), l_.channels});
    for (const Operation& o : l_.channel_operations) {
      const Add sink{mixed_.data() + o.first, l_.channels};
      const auto rebuild = [&](const auto& from, int64_t stride) {
        filter(from, stride, o.kernel.data(), o.count, l_.taps, v_c_[o.candidate], o.count,
               l_.width, sink);
      };
      if (o.copies == 1) {
        rebuild(rows, l_.channels);
      } else {
        std::array<const float*, 3> spreads;
        for (int row = 0; row < 3; ++row) {
          float* to = spread_rows_[row].data();
          spread(rows[row], l_.channels, o.copies, to, o.count, l_.width);
          spreads[row] = to;
        }
        rebuild(spreads, o.count);
      }
    }
  }

  // The gradient of one row of mixed channels, into the ring, of a frame that others come from.
  void mix_back(int64_t first, int64_t t, int64_t h) {
    mix_row(t, h);
    float* to = ring(first, t, h);
    int64_t level = 0;  // candidates 0 to `level` hold the frame
    while (level + 1 < l_.temporal && t % (int64_t{2} << level) == 0) ++level;
    gains_t_.fill(std::accumulate(v_t_, v_t_ + level + 1, 0.f));
    weigh_back(around(grad_, t, h)[1], mixed_.data(), l_.channels, gains_t_.data(), to,
               held_[level].data(), l_.channels, l_.width);
    for (size_t index = 0; index < l_.frame_operations.size(); ++index) {
      const Operation& o = l_.frame_operations[index];
      if (o.candidate > level || t + o.offset >= l_.frames) continue;
      filter_back(around(grad_, t + o.offset, h).data(), l_.channels, mixed_.data(), l_.channels,
                  o.kernel.data(), v_t_[o.candidate], l_.taps, to, l_.channels,
                  frame_sums_.correlations[index].data(), l_.channels, l_.width);
    }
  }

  // One row of the result's gradient, from three rows of that of the mixed channels over `gain`.
  template <class G>
  void finish_row(std::array<const G*, 3> rows, float gain, int64_t t, int64_t h, int source,
                  T* out) {
    const T* value = around(computed_, t, h)[1];
    float* to;
    if constexpr (std::is_same_v<T, float>) to = out;
    else to = result_.data();
    for (int64_t c = 0; c < l_.channels; ++c) gains_t_[c] = gain * gains_[c];
    weigh_back(rows[1], value, l_.channels, gains_t_.data(), to, products_[source].data(),
               l_.channels, l_.width);
    for (size_t index = 0; index < l_.channel_operations.size(); ++index) {
      const Operation& o = l_.channel_operations[index];
      const G* behind[3] = {rows[0] + o.first, rows[1] + o.first, rows[2] + o.first};
      const auto back = [&](const auto* from, int64_t stride, float* onto, int64_t onto_stride) {
        filter_back(behind, l_.channels, from, stride, o.kernel.data(), gain * v_c_[o.candidate],
                    l_.taps, onto, onto_stride, sums_[source].correlations[index].data(), o.count,
                    l_.width);
      };
      if (o.copies == 1) {
        back(value, l_.channels, to, l_.channels);
      } else {
        spread(value, l_.channels, o.copies, spread_.data(), o.count, l_.width);
        rebuilt_.fill(0);
        back(spread_.data(), o.count, rebuilt_.data(), o.count);
        gather(rebuilt_.data(), o.count, o.copies, to, l_.channels, l_.width);
      }
    }
    if constexpr (!std::is_same_v<T, float>)
      for (int64_t at = 0; at < l_.width * l_.channels; ++at) out[at] = static_cast<T>(to[at]);
  }

  void settle_weights(double* grad_t, double* grad_c) {
    for (int64_t level = 1; level < l_.temporal; ++level) {
      double sum = 0;
      for (int64_t c = 0; c < l_.channels; ++c) sum += held_[level][c];
      for (int64_t j = 0; j <= level; ++j) grad_t[j] += sum;
    }
    for (size_t index = 0; index < l_.frame_operations.size(); ++index) {
      const Operation& o = l_.frame_operations[index];
      grad_t[o.candidate] += settle(o, l_.taps, frame_sums_.correlations[index],
                                    v_t_[o.candidate], frame_gradients.correlations[index]);
    }
    for (int source = 0; source < 2; ++source) {
      std::vector<double> share(l_.channel);  // of each candidate, before the gain
      const float gain = source ? 1 : v_t_[0];
      for (int64_t i = 0; i < l_.channel; ++i)
        for (int64_t c = 0; c < l_.kept[i]; ++c) share[i] += products_[source][c];
      for (size_t index = 0; index < l_.channel_operations.size(); ++index) {
        const Operation& o = l_.channel_operations[index];
        share[o.candidate] += settle(o, l_.taps, sums_[source].correlations[index],
                                     gain * v_c_[o.candidate], channel_gradients.correlations[index]);
      }
      for (int64_t i = 0; i < l_.channel; ++i) {
        grad_c[i] += gain * share[i];
        if (source == 0) grad_t[0] += v_c_[i] * share[i];
      }
    }
  }

  const Layer& l_;
  const int64_t group_;
  const T *computed_, *grad_;
  const float *v_t_, *v_c_;
  Sums frame_sums_;
  std::vector<Sums> sums_;        // of the channels: frames that nothing comes from, and the others
  std::vector<Buffer> products_;  // <computed, gradient> of each channel, likewise
  std::vector<Buffer> held_;      // <mixed, gradient>, by the last candidate that holds the frame
  Buffer ring_, mixed_, zeros_, spread_, rebuilt_, result_, gains_, gains_t_;
  std::array<Buffer, 3> spread_rows_;
};

}  // namespace vared_mm::backward
