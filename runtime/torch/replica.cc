#include "runtime/torch/replica.h"

#include <cmath>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/rng.h"

namespace acceptlab::torch_stage {
namespace {

// He: normal with deviation sqrt(2 / fan-in), where fan-in is what one output value sums over.
void initialise_weight(torch::Tensor& weight, at::Generator& generator) {
  const double fan_in = static_cast<double>(weight.numel() / weight.size(0));
  weight.normal_(0.0, std::sqrt(2.0 / fan_in), generator);
}

void initialise(torch::nn::Module& module, at::Generator& generator) {
  if (auto* conv = module.as<torch::nn::Conv2d>()) {
    initialise_weight(conv->weight, generator);
    if (conv->bias.defined()) conv->bias.zero_();
  } else if (auto* linear = module.as<torch::nn::Linear>()) {
    initialise_weight(linear->weight, generator);
    if (linear->bias.defined()) linear->bias.zero_();
  }
}

}  // namespace

torch::nn::Sequential build_unit(const Model& model, int unit, std::uint64_t seed) {
  ACCEPTLAB_CHECK(unit >= 0 && unit < model.unit_count());
  torch::nn::Sequential module = model.units[static_cast<std::size_t>(unit)].make();
  at::Generator generator =
      at::detail::createCPUGenerator(mix64(mix64(seed) ^ static_cast<std::uint64_t>(unit)));
  const torch::NoGradGuard no_grad;
  for (const auto& child : module->modules()) initialise(*child, generator);
  return module;
}

torch::Tensor Replica::forward(torch::Tensor x) {
  for (torch::nn::Sequential& unit : units) x = unit->forward(x);
  return x;
}

void Replica::set_training(bool training) {
  for (torch::nn::Sequential& unit : units) unit->train(training);
}

void Replica::drop_gradients() {
  for (torch::Tensor& weight : weights) weight.mutable_grad() = torch::Tensor();
}

Replica build_replica(const Model& model, UnitRange range, std::uint64_t seed) {
  Replica replica;
  for (int u = range.begin; u < range.end; ++u) {
    torch::nn::Sequential unit = build_unit(model, u, seed);
    for (torch::Tensor& weight : unit->parameters()) replica.weights.push_back(std::move(weight));
    for (torch::Tensor& buffer : unit->buffers()) replica.buffers.push_back(std::move(buffer));
    replica.units.push_back(std::move(unit));
  }
  return replica;
}

void share_buffers(Replica& replica, const Replica& owner) {
  ACCEPTLAB_CHECK(replica.buffers.size() == owner.buffers.size());
  // The module holds each buffer both as a member and in a dictionary; set_data changes both.
  for (std::size_t i = 0; i < owner.buffers.size(); ++i) {
    replica.buffers[i].set_data(owner.buffers[i]);
  }
}

void copy_weights(const std::vector<torch::Tensor>& from, Replica& to) {
  ACCEPTLAB_CHECK(to.graphs == 0 && from.size() == to.weights.size());
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < from.size(); ++i) to.weights[i].copy_(from[i]);
}

}  // namespace acceptlab::torch_stage
