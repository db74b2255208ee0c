// A dynamic convolution of float32 clips as one call: decide, convolve what each clip's weights ask
// for, rebuild the rest, mix, normalise, and clip at zero.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 to 3.5.

#include <torch/custom_class.h>
#include <torch/library.h>

#include "decide.h"
#include "layers.h"
#include "streamed.h"

namespace {

using namespace vared_mm;
using Tensors = std::vector<at::Tensor>;
using Ints = std::vector<int64_t>;
using Maybe = std::optional<at::Tensor>;
using Result = std::tuple<at::Tensor, Maybe>;  // of the layer, and the averages (N, T, C) of it

constexpr int64_t kFrames = 4;  // at least, that share inputs where a kernel reaches along time

Ints in_use(const float* weights, int64_t count) {
  Ints found;
  for (int64_t i = 0; i < count; ++i)
    if (weights[i] != 0) found.push_back(i);
  TORCH_CHECK(!found.empty(), "a clip without candidates");
  return found;
}

class DynamicLayer : public torch::CustomClassHolder {
 public:
  // `packed`: weights of each channel candidate; `geometry`: kernel, stride and padding; `sizes`:
  // channels of each candidate; `taps`: kernels of the cheap operations, of frames, of channels.
  DynamicLayer(Tensors packed, std::optional<at::Tensor> bias, std::vector<Ints> geometry,
               Ints sizes, std::vector<Tensors> taps, at::Tensor scale, at::Tensor shift, bool relu)
      : packed_(std::move(packed)),
        bias_(std::move(bias)),
        geometry_(std::move(geometry)),
        taps_(std::move(taps)),
        scale_(std::move(scale)),
        shift_(std::move(shift)) {
    TORCH_CHECK(packed_.size() == sizes.size() && geometry_.size() == 3 && taps_.size() == 2,
                "settings of another layer");
    layer_.channels = sizes[0], layer_.sizes = std::move(sizes), layer_.relu = relu;
    this->bias(), layer_.scale = data_or_null(scale_, layer_.channels);
    layer_.shift = data_or_null(shift_, layer_.channels);
    forward::set_taps(layer_, taps_[0], taps_[1]);
  }

  // The gate: tensors as `decide` takes them.
  void set_gate(int64_t bins, Tensors weights, Ints outputs) {
    bins_ = bins, gate_ = std::move(weights), outputs_ = std::move(outputs);
  }

  // Decide and compute. `means`: averages of the clips' frames, if they are known; `residual` is
  // added to the result, `relu` is of the sum; `averaged`: whether averages of that are wanted too.
  std::tuple<at::Tensor, Maybe, at::Tensor, at::Tensor, at::Tensor> run(
      const at::Tensor& clips, double threshold, const Maybe& means, const Maybe& residual,
      bool relu, bool averaged) const {
    const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
    const auto [temporal, channel, fallback] = decide_for(x, means, threshold);
    const auto [out, of_out] = run_decided(x, temporal, channel, residual, relu, averaged);
    return {out, of_out, temporal, channel, fallback};
  }

  // The gate runs, for its time, but is not followed.
  Result run_instead(const at::Tensor& clips, double threshold, const Maybe& means,
                     const at::Tensor& temporal, const at::Tensor& channel, const Maybe& residual,
                     bool relu, bool averaged) const {
    const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
    decide_for(x, means, threshold);
    return run_decided(x, temporal, channel, residual, relu, averaged);
  }

  // Weights are (N, candidates), float32.
  Result run_decided(const at::Tensor& clips, const at::Tensor& temporal,
                     const at::Tensor& channel, const Maybe& residual, bool relu,
                     bool averaged) const {
    const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
    const at::Tensor weights_t = temporal.contiguous(), weights_c = channel.contiguous();
    TORCH_CHECK(temporal.sizes() == at::IntArrayRef({x.size(0), std::ssize(taps_[0])}) &&
                    channel.sizes() == at::IntArrayRef({x.size(0), std::ssize(taps_[1])}),
                "weights of other clips or candidates");
    TORCH_CHECK(!is_depthwise(packed_[0]) || x.size(1) == layer_.channels, "clips of other channels");
    const Geometry full = geometry_of(x, geometry_[0], geometry_[1], geometry_[2], layer_.channels);
    const at::Tensor out = result_like(x, full), more = residual_for(out, residual);
    const at::Tensor means = means_like(out, averaged);
    for (int64_t n = 0; n < x.size(0); ++n) {
      Afterwards after(full, {clip_of(more, n), relu}, clip_of(means, n));
      run_clip(full, clip_of(x, n), clip_of(weights_t, n), temporal.size(1),
               clip_of(weights_c, n), channel.size(1), after, clip_of(out, n));
      after.finish();
    }
    return {out, averaged ? Maybe(means) : std::nullopt};
  }

 private:
  const float* bias() const { return data_or_null(bias_, layer_.channels); }

  Decided decide_for(const at::Tensor& x, const Maybe& means, double threshold) const {
    TORCH_CHECK(gate_.size() == 4, "a layer without a gate");
    TORCH_CHECK(!means || means->sizes() == at::IntArrayRef({x.size(0), x.size(2), x.size(1)}),
                "averages of other clips");
    const int64_t bins = bins_ > 0 ? bins_ : x.size(2);
    return decide(means ? *means : average_frames(x), bins, gate_[0], gate_[1], gate_[2], gate_[3],
                  outputs_, threshold);
  }

  void run_clip(const Geometry& full, const float* from, const float* v_t, int64_t size_t,
                const float* v_c, int64_t size_c, Afterwards& after, float* to) const {
    forward::Layer layer = layer_;
    layer.frames = full.out[0], layer.height = full.out[1], layer.width = full.out[2];
    layer.temporal = in_use(v_t, size_t), layer.channel = in_use(v_c, size_c);
    if (layer.temporal.back() == 0 && layer.channel.back() == 0)
      return run_dense(full, v_t[0] * v_c[0], after, from, to);
    const int64_t first = layer.channel.front();
    layer.step = int64_t{1} << layer.temporal.front(), layer.kept = layer.sizes[first];
    layer.computed_frames = (layer.frames + layer.step - 1) / layer.step;
    Geometry part = full;
    part.stride[0] *= layer.step, part.out[0] = layer.computed_frames;
    part.out_channels = layer.kept, part.pitch = layer.pitch = whole_lines(layer.kept);
    layer.group = int64_t{1} << layer.temporal.back();
    if (full.kernel[0] > 1) layer.group = std::max(layer.group, kFrames);
    const int64_t pixels = layer.height * layer.width;
    while (layer.group < layer.frames && layer.group / layer.step * pixels < kBlock) layer.group *= 2;
    with_layer(part, packed_[first], {nullptr, bias(), false},
               [&](const auto& convolution) {
                 run_streamed(convolution, layer, v_t, v_c, after, from, to);
               });
  }

  // With one candidate, which computes everything, the convolution itself gives the result.
  void run_dense(const Geometry& full, float weight, Afterwards& after, const float* from,
                 float* to) const {
    const float* bias = this->bias();
    Buffer gain, shift;
    gain.resize(layer_.channels), shift.resize(layer_.channels);
    for (int64_t c = 0; c < layer_.channels; ++c) {
      gain[c] = weight * layer_.scale[c];
      shift[c] = (bias != nullptr ? bias[c] * gain[c] : 0) + layer_.shift[c];
    }
    run_whole(full, packed_[0], {gain.data(), shift.data(), layer_.relu}, after, from, to);
  }

  Tensors packed_;
  std::optional<at::Tensor> bias_;
  std::vector<Ints> geometry_;
  std::vector<Tensors> taps_;
  at::Tensor scale_, shift_;
  forward::Layer layer_;  // but for what a clip decides
  int64_t bins_ = 0;
  Tensors gate_;
  Ints outputs_;
};

}  // namespace

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  m.class_<DynamicLayer>("DynamicLayer")
      .def(torch::init<Tensors, std::optional<at::Tensor>, std::vector<Ints>, Ints,
                       std::vector<Tensors>, at::Tensor, at::Tensor, bool>())
      .def("set_gate", &DynamicLayer::set_gate)
      .def("run", &DynamicLayer::run)
      .def("run_instead", &DynamicLayer::run_instead)
      .def("run_decided", &DynamicLayer::run_decided);
}
