#include "tests/runtime/torch/reference.h"

#include <gtest/gtest.h>

#include <cstring>

#include "runtime/torch/replica.h"

namespace acceptlab::torch_stage {
namespace {

// The values of one role, one tensor after another, as 64-bit floats.
std::vector<double> flat(const std::vector<UnitState>& units, TensorRole role) {
  std::vector<double> values;
  for (const UnitState& unit : units) {
    for (const TensorState& tensor : unit.tensors) {
      if (tensor.role != role) continue;
      if (tensor.type == ElementType::kInt64) {
        std::int64_t value = 0;
        std::memcpy(&value, tensor.bytes.data(), sizeof value);
        values.push_back(static_cast<double>(value));
        continue;
      }
      std::vector<float> floats(tensor.bytes.size() / sizeof(float));
      std::memcpy(floats.data(), tensor.bytes.data(), tensor.bytes.size());
      values.insert(values.end(), floats.begin(), floats.end());
    }
  }
  return values;
}

std::vector<double> flat(const std::vector<torch::Tensor>& tensors) {
  std::vector<double> values;
  for (const torch::Tensor& tensor : tensors) {
    const torch::Tensor wide = tensor.detach().to(torch::kFloat64).contiguous();
    values.insert(values.end(), wide.data_ptr<double>(), wide.data_ptr<double>() + wide.numel());
  }
  return values;
}

}  // namespace

Reference::Reference(const TorchStageOptions& options) : options_(options) {
  const Model model = make_model(options.model);
  input_ = model.input;
  for (int u = 0; u < model.unit_count(); ++u) {
    units_.push_back(build_unit(model, u, options.seed));
  }
}

torch::Tensor Reference::forward(torch::Tensor x) {
  for (torch::nn::Sequential& unit : units_) x = unit->forward(x);
  return x;
}

torch::Tensor Reference::loss(const Batch& batch, int begin, int count) {
  const std::int64_t each = value_count(input_);
  std::vector<std::uint8_t> raw(batch.images.begin() + begin * each,
                                batch.images.begin() + (begin + count) * each);
  torch::Tensor x =
      torch::from_blob(raw.data(), {count, input_[0], input_[1], input_[2]}, torch::kUInt8)
          .to(torch::kFloat32);
  x = (x / 255.0 - options_.input.mean[0]) / options_.input.deviation[0];
  torch::Tensor labels = torch::empty({count}, torch::kInt64);
  for (int i = 0; i < count; ++i) labels[i] = batch.labels[static_cast<std::size_t>(begin + i)];
  return torch::nn::functional::cross_entropy(forward(x), labels);
}

std::vector<torch::Tensor> Reference::weights(UnitRange range) const {
  std::vector<torch::Tensor> weights;
  for (int u = range.begin; u < range.end; ++u) {
    for (const torch::Tensor& w : units_[static_cast<std::size_t>(u)]->parameters()) {
      weights.push_back(w);
    }
  }
  return weights;
}

std::vector<torch::Tensor> Reference::weights() const {
  return weights({0, static_cast<int>(units_.size())});
}

std::vector<torch::Tensor> Reference::buffers() const {
  std::vector<torch::Tensor> buffers;
  for (const torch::nn::Sequential& unit : units_) {
    for (const torch::Tensor& b : unit->buffers()) buffers.push_back(b);
  }
  return buffers;
}

torch::optim::SGD Reference::make_optimizer(const std::vector<torch::Tensor>& weights) const {
  return torch::optim::SGD(weights, torch::optim::SGDOptions(0.1)
                                        .momentum(options_.sgd.momentum)
                                        .weight_decay(options_.sgd.weight_decay));
}

void Reference::set_training(bool training) {
  for (torch::nn::Sequential& unit : units_) unit->train(training);
}

std::vector<torch::Tensor> deep_copy(const std::vector<torch::Tensor>& tensors) {
  std::vector<torch::Tensor> copies;
  for (const torch::Tensor& t : tensors) copies.push_back(t.detach().clone());
  return copies;
}

void assign(const std::vector<torch::Tensor>& to, const std::vector<torch::Tensor>& from) {
  const torch::NoGradGuard no_grad;
  ASSERT_EQ(to.size(), from.size());
  for (std::size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);
}

void expect_same_model(const std::vector<UnitState>& state, const Reference& reference,
                       const std::vector<torch::Tensor>& weights) {
  EXPECT_TRUE(flat(state, TensorRole::kWeight) == flat(weights)) << "weights differ";
  EXPECT_TRUE(flat(state, TensorRole::kBuffer) == flat(reference.buffers()))
      << "running statistics differ";
}

}  // namespace acceptlab::torch_stage
