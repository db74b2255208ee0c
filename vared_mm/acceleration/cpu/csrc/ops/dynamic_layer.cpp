// A dynamic convolution of float32 clips as one call: decide, convolve what each clip's weights ask
// for, rebuild the rest, mix, normalise, and clip at zero.
//
// Source: VA-RED2 (arXiv 2102.07887), Eq. 3.1 to 3.5.

#include <torch/custom_class.h>
#include <torch/library.h>

#include "conv/layers.h"
#include "dynamic/gate.h"
#include "dynamic/streamed.h"

namespace {

using namespace vared_mm;
using Tensors = std::vector<at::Tensor>;
using Ints = std::vector<int64_t>;
using Maybe = std::optional<at::Tensor>;

constexpr int64_t kFrames = 4;  // at least, that share inputs where a kernel is several frames long

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
  DynamicLayer(Tensors packed, Maybe bias, std::vector<Ints> geometry, Ints sizes,
               std::vector<Tensors> taps, at::Tensor scale, at::Tensor shift)
      : packed_(std::move(packed)),
        bias_(std::move(bias)),
        geometry_(std::move(geometry)),
        taps_(std::move(taps)),
        scale_(std::move(scale)),
        shift_(std::move(shift)) {
    TORCH_CHECK(packed_.size() == sizes.size() && geometry_.size() == 3 && taps_.size() == 2,
                "settings of another layer");
    layer_.channels = sizes[0], layer_.sizes = std::move(sizes);
    for (const Maybe& values : {bias_, Maybe(scale_), Maybe(shift_)})
      data_or_null(values, layer_.channels);  // refuses those of another layer
    forward::set_taps(layer_, taps_[0], taps_[1]);
  }

  // The gate: tensors as `decide` takes them.
  void set_gate(int64_t bins, Tensors weights, Ints outputs) {
    bins_ = bins, gate_ = std::move(weights), outputs_ = std::move(outputs);
  }

  // Decide and compute. `threshold`: of the gate, which runs if there is one; `gate_means`: averages
  // of the clips' frames, for the gate, if they are known; `given`: weights along time and channels,
  // (N, candidates), float32, that are followed in place of the gate's. The rest are post-ops, with
  // the layer's own scale and shift. Returns what the gate decided, if it ran, last.
  std::tuple<at::Tensor, Maybe, Tensors> run(const at::Tensor& clips,
                                             std::optional<double> threshold,
                                             const Maybe& gate_means,
                                             const std::optional<Tensors>& given,
                                             const Maybe& residual, bool relu, bool means) const {
    const at::Tensor x = clips.contiguous(at::MemoryFormat::ChannelsLast3d);
    Tensors decided;
    if (threshold) {
      const auto [temporal, channel, fallback] = decide_for(x, gate_means, *threshold);
      decided = {temporal, channel, fallback};
    }
    const Tensors& weights = given ? *given : decided;
    TORCH_CHECK(weights.size() >= 2, "neither a gate nor an override decides");
    const auto [out, of_out] = compute(x, weights[0], weights[1], residual, relu, means);
    return {out, of_out, decided};
  }

 private:
  Decided decide_for(const at::Tensor& x, const Maybe& means, double threshold) const {
    TORCH_CHECK(gate_.size() == 4, "a layer without a gate");
    TORCH_CHECK(!means || means->sizes() == at::IntArrayRef({x.size(0), x.size(2), x.size(1)}),
                "averages of other clips");
    const int64_t bins = bins_ > 0 ? bins_ : x.size(2);
    return decide(means ? *means : average_frames(x), bins, gate_[0], gate_[1], gate_[2], gate_[3],
                  outputs_, threshold);
  }

  std::tuple<at::Tensor, Maybe> compute(const at::Tensor& x, const at::Tensor& temporal,
                                        const at::Tensor& channel, const Maybe& residual, bool relu,
                                        bool averaged) const {
    const at::Tensor weights_t = temporal.contiguous(), weights_c = channel.contiguous();
    TORCH_CHECK(temporal.sizes() == at::IntArrayRef({x.size(0), std::ssize(taps_[0])}) &&
                    channel.sizes() == at::IntArrayRef({x.size(0), std::ssize(taps_[1])}),
                "weights of other clips or candidates");
    TORCH_CHECK(!is_depthwise(packed_[0]) || x.size(1) == layer_.channels, "clips of other channels");
    const Geometry full = geometry_of(x, geometry_[0], geometry_[1], geometry_[2], layer_.channels);
    const at::Tensor out = result_like(x, full), more = residual_for(out, residual);
    const at::Tensor means = means_like(out, averaged);
    const float* scale = scale_.const_data_ptr<float>();
    const float* shift = shift_.const_data_ptr<float>();
    for (int64_t n = 0; n < x.size(0); ++n) {
      const PostOps post_ops{scale, shift, clip_of(more, n), relu, clip_of(means, n)};
      run_clip(full, clip_of(x, n), clip_of(weights_t, n), temporal.size(1),
               clip_of(weights_c, n), channel.size(1), post_ops, clip_of(out, n));
    }
    return {out, averaged ? Maybe(means) : std::nullopt};
  }

  void run_clip(const Geometry& full, const float* from, const float* v_t, int64_t size_t,
                const float* v_c, int64_t size_c, const PostOps& post_ops, float* to) const {
    forward::Layer layer = layer_;
    layer.post_ops = post_ops.before_residual();
    layer.frames = full.out[0], layer.height = full.out[1], layer.width = full.out[2];
    layer.temporal = in_use(v_t, size_t), layer.channel = in_use(v_c, size_c);
    if (layer.temporal.back() == 0 && layer.channel.back() == 0)
      return run_dense(full, v_t[0] * v_c[0], post_ops, from, to);
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
    RowPostOps rows(full, post_ops.from_residual());
    with_layer(part, packed_[first], {nullptr, bias()}, [&](const auto& convolution) {
      run_streamed(convolution, layer, v_t, v_c, rows, from, to);
    });
    rows.write_means();
  }

  // With one candidate, which computes everything, the convolution itself gives the result.
  void run_dense(const Geometry& full, float weight, PostOps post_ops, const float* from,
                 float* to) const {
    const float* bias = this->bias();
    Buffer scale, shift;
    scale.resize(layer_.channels), shift.resize(layer_.channels);
    for (int64_t c = 0; c < layer_.channels; ++c) {
      scale[c] = weight * post_ops.scale[c];
      shift[c] = (bias != nullptr ? bias[c] * scale[c] : 0) + post_ops.shift[c];
    }
    post_ops.scale = scale.data(), post_ops.shift = shift.data();
    run_whole(full, packed_[0], post_ops, from, to);
  }

  const float* bias() const { return data_or_null(bias_, layer_.channels); }

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
                       std::vector<Tensors>, at::Tensor, at::Tensor>())
      .def("set_gate", &DynamicLayer::set_gate)
      .def("run", &DynamicLayer::run);
}
