#include "runtime/torch/setup.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <ctime>
#include <thread>

namespace acceptlab::torch_stage {
namespace {

double processor_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

TEST(Setup, BackwardRunsInTheCallingThread) {
  initialise_torch(1);
  torch::Tensor x = torch::ones({2, 2}).requires_grad_();
  torch::Tensor y = x * 2;
  std::thread::id seen;
  y.register_hook([&](const torch::Tensor&) { seen = std::this_thread::get_id(); });
  y.sum().backward();
  EXPECT_EQ(seen, std::this_thread::get_id());
}

// Work in other threads would be missed by the costs that stages report.
TEST(Setup, NoOtherThreadComputes) {
  initialise_torch(1);
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(32, 64, 3));
  const torch::Tensor images = torch::randn({8, 32, 32, 32});
  const torch::Tensor matrix = torch::randn({700, 700});
  const double process = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const double thread = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (int i = 0; i < 10; ++i) {
    conv->forward(images).sum().backward();
    torch::mm(matrix, matrix);
  }
  const double process_spent = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - process;
  const double thread_spent = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - thread;
  EXPECT_LT(process_spent, 1.1 * thread_spent);
}

TEST(Setup, SeedsTorchsOwnNumbers) {
  initialise_torch(5);
  const torch::Tensor once = torch::rand({4});
  initialise_torch(5);
  EXPECT_TRUE(torch::equal(torch::rand({4}), once));
}

TEST(Setup, EnvironmentSaysWhatDecidesTheSpeed) {
  initialise_torch(1);
  const auto environment = torch_environment();
  EXPECT_EQ(environment.at("torch_threads"), "1");
  for (const char* key : {"torch_version", "torch_cpu_capability", "blas", "torch_mkldnn"}) {
    ASSERT_EQ(environment.count(key), 1U) << key;
    EXPECT_FALSE(environment.at(key).empty()) << key;
    EXPECT_NE(environment.at(key), "unknown") << key;
  }
}

}  // namespace
}  // namespace acceptlab::torch_stage
