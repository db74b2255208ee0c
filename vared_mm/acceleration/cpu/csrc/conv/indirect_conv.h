// Convolutions of clips that lie as T H W C, with weights packed for them.
//
// Source: Dukhan, The Indirect Convolution Algorithm (arXiv 1907.02129). A tile of output pixels
// has, for each tap of the kernel, a list of where its inputs lie; zeros stand in for those outside.
// So every stride, padding and part of the frames or channels is computed where it lies: nothing is
// copied, and the result goes where it is wanted.

#pragma once

#include "conv/indirect_tile.h"

namespace vared_mm {

constexpr int64_t kChunk = 320 << 10;  // bytes of weights that stay in the cache
constexpr int64_t kBlock = 380;        // pixels, at least, that share them

class Convolver;

struct Convolution {
  using Runner = Convolver;
  Geometry geometry;
  const float* weights;  // as `pack` lays them
  PostOps post_ops;

  bool by_rows() const { return rows_are_taps(geometry.in_channels); }
  int64_t taps() const { return geometry.taps() / (by_rows() ? geometry.kernel[2] : 1); }
  // Floats of the input that a tap reads.
  int64_t depth() const { return geometry.in_channels * (by_rows() ? geometry.kernel[2] : 1); }
};

// The columns of a line, from `begin` to `end`, whose windows lie inside the input.
struct InnerColumns {
  int64_t begin = 0, end;

  explicit InnerColumns(const Geometry& g) : end(g.out[2]) {
    while (begin < end && !g.inside(2, begin, 0)) ++begin;
    while (end > begin && !g.inside(2, end - 1, g.kernel[2] - 1)) --end;
  }
};

// Lines of one clip's convolution. For one thread. Pixels at the left and right border, whose windows
// lie partly outside the input, come first, each column's together: their tiles leave taps out.
class Convolver {
 public:
  explicit Convolver(const Convolution& layer)
      : layer_(layer),
        g_(layer.geometry),
        taps_(layer.taps()),
        depth_(layer.depth()),
        panels_(panels_of(g_.out_channels, depth_, taps_)),
        columns_(g_) {
    zeros_.resize(depth_);
  }

  // How many lines share the weights that lie in the cache.
  int64_t lines_together() const { return (kBlock + g_.out[2] - 1) / g_.out[2]; }

  // Lines of the result, given by frame and row. `from` is of the clip; a line's first pixel goes
  // to place(frame, row).
  template <class Place>
  void run(const Lines& lines, const float* from, const Place& place) {
    const float* residual = layer_.post_ops.residual;
    lines_ = lines;
    list(from);
    outs_.resize(pixels()), residuals_.resize(residual != nullptr ? pixels() : 0);
    for (int64_t l = 0; l < std::ssize(lines_); ++l) {
      const auto& [t, h] = lines_[l];
      float* to = place(t, h);
      const int64_t first = (t * g_.out[1] + h) * g_.out[2];
      const auto put = [&](int64_t p, int64_t w) {
        outs_[p] = to + w * g_.pitch;
        if (residual != nullptr) residuals_[p] = residual + (first + w) * g_.out_channels;
      };
      for (int64_t i = 0; i < outer(); ++i) put(outer_of(l, i), column(i));
      for (int64_t i = 0; i < inner(); ++i) put(inner_of(l) + i, columns_.begin + i);
    }
    const float* weights = layer_.weights;
    for (const Panel& panel : panels_) {
      run_panel(panel, weights);
      weights += taps_ * weights_of(panel, depth_);
    }
  }

 private:
  using Mask = uint64_t;  // of taps; where there are more than bits, several share one

  static Mask bit(int64_t tap) { return Mask{1} << tap % 64; }

  int64_t pixels() const { return std::ssize(lines_) * g_.out[2]; }

  // Pixels of a line whose windows lie inside, and the others.
  int64_t inner() const { return columns_.end - columns_.begin; }
  int64_t outer() const { return g_.out[2] - inner(); }

  // Where in the lists the inner pixels of a line begin, and where its other pixels are.
  int64_t inner_of(int64_t line) const { return outer() * std::ssize(lines_) + line * inner(); }
  int64_t outer_of(int64_t line, int64_t i) const { return i * std::ssize(lines_) + line; }
  int64_t column(int64_t i) const { return i < columns_.begin ? i : i + inner(); }  // of an outer one

  void run_panel(const Panel& panel, const float* weights) {
    const int64_t step = kPixels[panel.vectors];
    Tile tile;
    tile.channels = panel.channels, tile.first_channel = panel.first;
    tile.post_ops = layer_.post_ops;
    // Taps of which the weights fit into the cache, for all tiles.
    const int64_t bytes = weights_of(panel, depth_) * sizeof(float);
    const int64_t fit = std::max<int64_t>(kChunk / bytes, 1);
    for (int64_t chunk = 0; chunk < taps_; chunk += fit) {
      tile.first = chunk == 0, tile.last = chunk + fit >= taps_;
      used_for_ = 0, used_.clear();
      for (int64_t p = 0; p < pixels(); p += step) {
        tile.to = outs_.data() + p;
        tile.residual = residuals_.empty() ? nullptr : residuals_.data() + p;
        tile.pixels = std::min(step, pixels() - p);
        find_taps(chunk, std::min(chunk + fit, taps_), p, p + tile.pixels);
        multiply_panel(panel.vectors, inputs_.data() + p, weights, tile);
      }
    }
  }

  // The taps from `begin` to `end` that any of the pixels from `first` to `past` meets.
  void find_taps(int64_t begin, int64_t end, int64_t first, int64_t past) {
    Mask wanted = 0;
    for (int64_t p = first; p < past; ++p) wanted |= met_[p];
    if (wanted == used_for_) return;
    used_for_ = wanted;
    used_.clear();
    for (int64_t tap = begin; tap < end; ++tap)
      if (wanted & bit(tap)) used_.push_back(static_cast<int32_t>(tap));
  }

  void multiply_panel(int vectors, const float* const* from, const float* weights,
                      const Tile& tile) const {
    const Taps taps{used_.data(), std::ssize(used_), room_, depth_};
    switch (vectors) {
      case 0: return multiply_narrow<kPixels[0]>(from, taps, weights, tile);
      case 1: return multiply<kPixels[1], 1>(from, taps, weights, tile);
      case 2: return multiply<kPixels[2], 2>(from, taps, weights, tile);
      case 3: return multiply<kPixels[3], 3>(from, taps, weights, tile);
      case 4: return multiply<kPixels[4], 4>(from, taps, weights, tile);
      default: return multiply<kPixels[5], 5>(from, taps, weights, tile);
    }
  }

  // Where the inputs of the pixels lie, inputs_(tap, pixel), and which taps meet any, met_(pixel).
  // Zeros lie where a last tile, and one after it, have no pixel.
  void list(const float* from) {
    room_ = pixels() + 2 * kPixels[1];
    inputs_.assign(taps_ * room_, zeros_.data());
    met_.assign(pixels(), 0);
    if (layer_.by_rows()) windows_.resize(taps_ * std::ssize(lines_) * outer() * depth_);
    for (int64_t l = 0; l < std::ssize(lines_); ++l) {
      const auto& [t, h] = lines_[l];
      Mask met = 0;
      for (int64_t a = 0, tap = 0; a < g_.kernel[0]; ++a) {
        for (int64_t b = 0; b < g_.kernel[1]; ++b) {
          const bool there = g_.inside(0, t, a) && g_.inside(1, h, b);
          const int64_t row = g_.place(0, t, a) * g_.in[1] + g_.place(1, h, b);
          for (int64_t c = 0; c < (layer_.by_rows() ? 1 : g_.kernel[2]); ++c, ++tap) {
            if (!there) continue;
            met |= bit(tap);
            list_tap(l, tap, c, from + row * g_.in[2] * g_.in_channels);
          }
        }
      }
      std::fill_n(met_.begin() + inner_of(l), inner(), met);
    }
  }

  // For a line, a tap of the kernel's column c, or a whole row of it, on a row of the input.
  void list_tap(int64_t line, int64_t tap, int64_t c, const float* row) {
    const float** const list = inputs_.data() + tap * room_;
    const float* const first = row + g_.place(2, columns_.begin, c) * g_.in_channels;
    const int64_t next = g_.stride[2] * g_.in_channels;
    for (int64_t i = 0; i < inner(); ++i) list[inner_of(line) + i] = first + i * next;
    for (int64_t i = 0; i < outer(); ++i) {
      const int64_t pixel = outer_of(line, i), w = column(i);
      if (layer_.by_rows()) {
        list[pixel] = window((tap * std::ssize(lines_) + line) * outer() + i, w, row);
      } else if (g_.inside(2, w, c)) {
        list[pixel] = row + g_.place(2, w, c) * g_.in_channels;
      } else {
        continue;
      }
      met_[pixel] |= bit(tap);
    }
  }

  // A copy of what the kernel's row meets at the border, with zeros for what lies outside.
  const float* window(int64_t index, int64_t w, const float* row) {
    const int64_t channels = g_.in_channels;
    float* to = windows_.data() + index * depth_;
    for (int64_t c = 0; c < g_.kernel[2]; ++c)
      if (g_.inside(2, w, c))
        std::copy_n(row + g_.place(2, w, c) * channels, channels, to + c * channels);
    return to;
  }

  const Convolution& layer_;
  const Geometry& g_;
  int64_t taps_, depth_;
  std::vector<Panel> panels_;
  InnerColumns columns_;
  int64_t room_ = 0;  // pixels of a tap's list
  Buffer zeros_, windows_;
  Lines lines_;
  std::vector<Mask> met_;
  std::vector<int32_t> used_;  // taps of a tile
  Mask used_for_ = 0;          // what they were found for
  std::vector<const float*> inputs_, residuals_;
  std::vector<float*> outs_;
};

}  // namespace vared_mm
