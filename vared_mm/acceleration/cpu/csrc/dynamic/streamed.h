// What a convolution computes of a group of frames, row by row, just before it is needed: it stays in
// the cache, and never lies in memory as a whole.

#pragma once

#include "conv/row_post_ops.h"
#include "conv/geometry.h"
#include "dynamic/rebuild_mix.h"

namespace vared_mm {

// A source of rows for `forward::Task`. For one thread.
template <class Runner>
class Streamed {
 public:
  Streamed(Runner& runner, const forward::Layer& layer, const float* from)
      : runner_(runner), layer_(layer), from_(from), row_(layer.width * layer.pitch) {
    const int64_t frames = layer.group / layer.step;
    const int64_t rows = (runner.lines_together() + frames - 1) / frames;
    together_ = std::min((rows + 1) & ~1, layer.height);  // even: a runner may take two at a time
    rows_ = std::min(together_ + 2, layer.height);  // a row's neighbours are needed too
    ring_.resize(frames * rows_ * row_);
  }

  // Begin with a group, by its first frame; rows of the result from `top` to `bottom` will be made.
  void begin(int64_t first, int64_t top, int64_t bottom) {
    first_ = first / layer_.step;
    past_ = std::min(first_ + layer_.group / layer_.step, layer_.computed_frames);
    done_ = std::max<int64_t>(top - 2, 0), end_ = std::min(bottom + 2, layer_.height);
  }

  void ensure(int64_t h) {
    while (done_ <= h) {
      const int64_t until = std::min(done_ + together_, end_);
      lines_.clear();
      for (int64_t t = first_; t < past_; ++t)
        for (int64_t row = done_; row < until; ++row) lines_.emplace_back(t, row);
      runner_.run(lines_, from_, [this](int64_t t, int64_t row) { return place(t, row); });
      done_ = until;
    }
  }

  const float* row(int64_t index, int64_t h) { return place(index, h); }

 private:
  float* place(int64_t t, int64_t h) {
    return ring_.data() + ((t - first_) * rows_ + h % rows_) * row_;
  }

  Runner& runner_;
  const forward::Layer& layer_;
  const float* from_;
  int64_t row_, together_, rows_, first_ = 0, past_ = 0, done_ = 0, end_ = 0;
  Buffer ring_;
  Lines lines_;
};

// Convolve, rebuild and mix one clip, by all threads.
template <class Layer>
void run_streamed(const Layer& convolution, const forward::Layer& layer, const float* temporal,
                  const float* channel, RowPostOps& rows, const float* from, float* to) {
  using Runner = typename Layer::Runner;
  const forward::Split split(layer, 1);
  at::parallel_for(0, split.tasks(), 1, [&](int64_t begin, int64_t end) {
    Runner runner(convolution);
    Streamed<Runner> source(runner, layer, from);
    forward::Task<float> work(layer, temporal, channel);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t first = split.first(task), top = split.top(task), bottom = split.bottom(task);
      source.begin(first, top, bottom);
      work.run(source, to, first, top, bottom, rows);
    }
  });
}

}  // namespace vared_mm
