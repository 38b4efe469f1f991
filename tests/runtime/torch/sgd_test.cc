#include "runtime/torch/sgd.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace acceptlab::torch_stage {
namespace {

struct Case {
  const char* name;
  double momentum;
  double weight_decay;
  friend std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
};

class SgdArithmetic : public testing::TestWithParam<Case> {};

TEST_P(SgdArithmetic, EqualsTorchOptimBitForBit) {
  torch::manual_seed(3);
  std::vector<torch::Tensor> ours;
  std::vector<torch::Tensor> theirs;
  for (const int size : {1, 17, 1000}) {
    theirs.push_back(torch::randn(size).requires_grad_());
    ours.push_back(theirs.back().detach().clone().requires_grad_());
  }
  Sgd sgd({GetParam().momentum, GetParam().weight_decay}, ours);
  torch::optim::SGD reference(theirs, torch::optim::SGDOptions(0.1)
                                          .momentum(GetParam().momentum)
                                          .weight_decay(GetParam().weight_decay));
  for (int step = 0; step < 10; ++step) {
    const double learning_rate = 0.1 / (1 + step);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      theirs[i].mutable_grad() = torch::randn(theirs[i].sizes());
      ours[i].mutable_grad() = theirs[i].grad().clone();
    }
    static_cast<torch::optim::SGDOptions&>(reference.param_groups()[0].options()).lr(learning_rate);
    reference.step();
    sgd.step(ours, ours, learning_rate);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_TRUE(torch::equal(ours[i], theirs[i])) << "step " << step << ", weight " << i;
      EXPECT_FALSE(ours[i].grad().defined());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, SgdArithmetic,
                         testing::Values(Case{"Plain", 0.0, 0.0}, Case{"Momentum", 0.9, 0.0},
                                         Case{"Decay", 0.0, 1e-2}, Case{"Both", 0.9, 5e-4}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace acceptlab::torch_stage
