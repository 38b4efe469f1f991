#include "runtime/torch/profile_subject.h"

#include <utility>

namespace acceptlab::torch_stage {

namespace {

std::size_t at(int unit) { return static_cast<std::size_t>(unit); }

}  // namespace

ProfileSubject::ProfileSubject(const ModelOptions& model, int batch_samples, std::uint64_t seed)
    : model_(make_model(model)) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  std::vector<std::int64_t> shape(model_.input.begin(), model_.input.end());
  shape.insert(shape.begin(), batch_samples);
  torch::Tensor x = torch::randn(shape, generator);
  labels_ = torch::randint(model_.options.classes, {batch_samples}, generator, torch::kInt64);
  const torch::NoGradGuard no_grad;
  for (int u = 0; u < model_.unit_count(); ++u) {
    inputs_.push_back(x);
    replicas_.push_back(build_replica(model_, {u, u + 1}, seed));
    sgd_.emplace_back(SgdOptions{}, replicas_.back().weights);
    x = replicas_.back().forward(x);
  }
}

torch::Tensor ProfileSubject::leaf(const torch::Tensor& x, int unit) {
  return x.detach().requires_grad_(unit > 0);
}

const torch::Tensor& ProfileSubject::input(int unit) const { return inputs_[at(unit)]; }

torch::Tensor ProfileSubject::forward(UnitRange units, torch::Tensor x) {
  for (int u = units.begin; u < units.end; ++u) x = replicas_[at(u)].forward(x);
  if (units.end < unit_count()) return x;
  return torch::nn::functional::cross_entropy(x, labels_);
}

void ProfileSubject::update(int unit) {
  Replica& replica = replicas_[at(unit)];
  sgd_[at(unit)].step(replica.weights, replica.weights, 0.0);
}

void ProfileSubject::drop_gradients(UnitRange units) {
  for (int u = units.begin; u < units.end; ++u) replicas_[at(u)].drop_gradients();
}

}  // namespace acceptlab::torch_stage
