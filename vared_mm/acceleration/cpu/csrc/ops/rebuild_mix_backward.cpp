// The operation that gives the gradients of rebuilding and mixing; see rebuild_mix_backward.h.

#include "training/rebuild_mix_backward.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

using namespace vared_mm::backward;

// Kernels (operations, count, taps) of one candidate and back.
void add_operations(const at::Tensor& kernels, int64_t operations, int64_t count, int64_t candidate,
                    int64_t first, int64_t copies, int64_t taps, std::vector<Operation>& to) {
  TORCH_CHECK(kernels.is_contiguous() && kernels.scalar_type() == at::kFloat, "kernels of float32");
  TORCH_CHECK(kernels.numel() == operations * count * taps, "kernels of another layer");
  const float* from = kernels.const_data_ptr<float>();
  for (int64_t index = 0; index < operations; ++index) {
    Operation& o = to.emplace_back(candidate, index + 1, first, count, copies);
    o.kernel.resize(count * taps);
    for (int64_t c = 0; c < count; ++c)
      for (int64_t tap = 0; tap < taps; ++tap) o.kernel[tap * count + c] = *from++;
  }
}

// The sums of all workers, in their order, as the kernels lie.
template <class Gradients>
void gather_gradients(const std::vector<Operation>& operations, int64_t taps, size_t workers,
                      const Gradients& gradients, std::vector<at::Tensor>& kernels) {
  float* to = nullptr;
  int64_t candidate = 0;
  size_t tensor = 0;
  for (size_t index = 0; index < operations.size(); ++index) {
    const Operation& o = operations[index];
    if (o.candidate != candidate) to = kernels[tensor++].mutable_data_ptr<float>();
    candidate = o.candidate;
    for (int64_t c = 0; c < o.count; ++c) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        float sum = 0;
        for (size_t worker = 0; worker < workers; ++worker)
          sum += gradients(worker).correlations[index][tap * o.count + c];
        *to++ = sum;
      }
    }
  }
}

template <class T>
void run_layer(const Layer& layer, const at::Tensor& grad, const at::Tensor& computed,
               const at::Tensor& temporal, const at::Tensor& channel, at::Tensor& result,
               at::Tensor& grad_t, at::Tensor& grad_c, std::vector<at::Tensor>& frame_kernels,
               std::vector<at::Tensor>& channel_kernels) {
  const int64_t group = int64_t{1} << (layer.temporal - 1);
  const int64_t groups = (layer.frames + group - 1) / group, clips = computed.size(0);
  const int64_t size = layer.frames * layer.height * layer.width * layer.channels;
  const int64_t tasks = size > 0 ? clips * groups : 0;
  const int64_t workers = std::min<int64_t>(tasks, at::get_num_threads());
  std::vector<Task<T>> work(workers, Task<T>(layer));
  at::Tensor parts_t = at::zeros({clips, groups, layer.temporal}, at::kDouble);
  at::Tensor parts_c = at::zeros({clips, groups, layer.channel}, at::kDouble);
  at::parallel_for(0, workers, 1, [&](int64_t begin, int64_t end) {
    for (int64_t worker = begin; worker < end; ++worker) {
      for (int64_t task = worker * tasks / workers; task < (worker + 1) * tasks / workers; ++task) {
        const int64_t n = task / groups;
        work[worker].run(computed.const_data_ptr<T>() + n * size, grad.const_data_ptr<T>() + n * size,
                         result.mutable_data_ptr<T>() + n * size, task % groups * group,
                         temporal.const_data_ptr<float>() + n * layer.temporal,
                         channel.const_data_ptr<float>() + n * layer.channel,
                         parts_t.mutable_data_ptr<double>() + task * layer.temporal,
                         parts_c.mutable_data_ptr<double>() + task * layer.channel);
      }
    }
  });
  grad_t = parts_t.sum(1).to(at::kFloat), grad_c = parts_c.sum(1).to(at::kFloat);
  gather_gradients(
      layer.frame_operations, layer.taps, workers,
      [&](size_t worker) -> Sums& { return work[worker].frame_gradients; }, frame_kernels);
  gather_gradients(
      layer.channel_operations, layer.taps, workers,
      [&](size_t worker) -> Sums& { return work[worker].channel_gradients; }, channel_kernels);
}

// Gradients of the clips, V_t, V_c, and of the kernels as they came.
std::vector<at::Tensor> rebuild_mix_backward(const at::Tensor& grad, const at::Tensor& computed,
                                             const at::Tensor& temporal, const at::Tensor& channel,
                                             at::IntArrayRef kept, at::TensorList frame_kernels,
                                             at::TensorList channel_kernels) {
  TORCH_CHECK(computed.is_contiguous() && grad.is_contiguous(), "clips must lie as N T H W C");
  TORCH_CHECK(computed.dim() == 5 && computed.sizes() == grad.sizes() &&
                  computed.scalar_type() == grad.scalar_type(),
              "a gradient of the size and type of the clips");
  TORCH_CHECK(temporal.is_contiguous() && channel.is_contiguous(), "weights must lie as N S");
  const int64_t clips = computed.size(0), many_t = frame_kernels.size() + 1;
  const int64_t many_c = channel_kernels.size() + 1;
  TORCH_CHECK(temporal.sizes() == at::IntArrayRef({clips, many_t}) &&
                  channel.sizes() == at::IntArrayRef({clips, many_c}) && std::ssize(kept) == many_c,
              "weights of other clips or candidates");
  Layer layer;
  layer.frames = computed.size(1), layer.height = computed.size(2), layer.width = computed.size(3);
  layer.channels = computed.size(4), layer.kept = kept.vec();
  layer.temporal = temporal.size(1), layer.channel = channel.size(1), layer.taps = 1;
  for (const at::TensorList list : {frame_kernels, channel_kernels})
    for (const at::Tensor& kernels : list) layer.taps = kernels.size(-1) * kernels.size(-1);
  TORCH_CHECK(layer.taps == 1 || layer.taps == 9, "cheap operations are of one pixel or 3 x 3");
  std::vector<at::Tensor> grads_frame, grads_channel;
  for (size_t index = 0; index < frame_kernels.size(); ++index) {
    const at::Tensor& kernels = frame_kernels[index];
    add_operations(kernels, (int64_t{2} << index) - 1, layer.channels, index + 1, 0, 1, layer.taps,
                   layer.frame_operations);
    grads_frame.push_back(at::empty_like(kernels));
  }
  for (size_t index = 0; index < channel_kernels.size(); ++index) {
    const int64_t first = kept[index + 1];
    TORCH_CHECK(first > 0 && first <= layer.channels, "candidates of another layer");
    add_operations(channel_kernels[index], 1, layer.channels - first, index + 1, first,
                   (layer.channels - 1) / first, layer.taps, layer.channel_operations);
    grads_channel.push_back(at::empty_like(channel_kernels[index]));
  }
  at::Tensor result = at::empty_like(computed), grad_t, grad_c;
  if (computed.scalar_type() == at::kFloat) {
    run_layer<float>(layer, grad, computed, temporal, channel, result, grad_t, grad_c, grads_frame,
                     grads_channel);
  } else {
    TORCH_CHECK(computed.scalar_type() == at::kBFloat16, "clips of float32 or bfloat16");
    run_layer<at::BFloat16>(layer, grad, computed, temporal, channel, result, grad_t, grad_c,
                            grads_frame, grads_channel);
  }
  std::vector<at::Tensor> all{result, grad_t, grad_c};
  all.insert(all.end(), grads_frame.begin(), grads_frame.end());
  all.insert(all.end(), grads_channel.begin(), grads_channel.end());
  return all;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(vared_mm_native, m) {
  m.def(
      "rebuild_mix_backward(Tensor grad, Tensor computed, Tensor temporal, Tensor channel, "
      "int[] kept, Tensor[] frame_kernels, Tensor[] channel_kernels) -> Tensor[]");
  m.impl("rebuild_mix_backward", c10::DispatchKey::CPU, TORCH_FN(rebuild_mix_backward));
}
