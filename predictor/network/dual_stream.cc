#include "predictor/network/dual_stream.h"

#include <torch/torch.h>

#include <cmath>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/base/rng.h"

namespace acceptlab::predictor {

namespace {

constexpr int kRehearsedRows = 63;   // beside a new one
constexpr double kAdaptRate = 2e-4;  // learning rate of continuous learning
constexpr double kHuberDelta = 0.1;  // of a logarithm: about 10 %

void check(const NetworkOptions& o) {
  if (o.features < 1 || o.hardware_values < 1 || o.outputs < 1 || o.hidden < 1 || o.epochs < 1 ||
      o.batch_rows < 1) {
    throw ConfigError("dual-stream network: all sizes must be positive");
  }
}

void check_row(const NetworkOptions& o, const NetworkRow& row) {
  if (static_cast<int>(row.hardware.size()) != o.hardware_values ||
      static_cast<int>(row.base_ms.size()) != o.outputs) {
    throw ConfigError("dual-stream network: a row has " + std::to_string(row.hardware.size()) +
                      " probe times and " + std::to_string(row.base_ms.size()) + " outputs, not " +
                      std::to_string(o.hardware_values) + " and " + std::to_string(o.outputs));
  }
}

// Uniform within +-sqrt(6 / inputs), as He et al. (2015), from our own stream: LibTorch's global
// one is the training run's.
void initialise(torch::nn::Linear& layer, Rng& rng) {
  const torch::NoGradGuard no_grad;
  const double bound = std::sqrt(6.0 / static_cast<double>(layer->options.in_features()));
  float* weight = layer->weight.data_ptr<float>();
  for (std::int64_t i = 0; i < layer->weight.numel(); ++i) {
    weight[i] = static_cast<float>(rng.uniform(-bound, bound));
  }
  layer->bias.zero_();
}

struct Net : torch::nn::Module {
  Net(const NetworkOptions& o, Rng& rng)
      : structure1(register_module("structure1", torch::nn::Linear(o.features, o.hidden))),
        structure2(register_module("structure2", torch::nn::Linear(o.hidden, o.hidden))),
        hardware1(register_module("hardware1", torch::nn::Linear(o.hardware_values, o.hidden))),
        hardware2(register_module("hardware2", torch::nn::Linear(o.hidden, o.hidden))),
        joint1(register_module("joint1", torch::nn::Linear(2 * o.hidden, o.hidden))),
        joint2(register_module("joint2", torch::nn::Linear(o.hidden, o.outputs))) {
    for (torch::nn::Linear* layer :
         {&structure1, &structure2, &hardware1, &hardware2, &joint1, &joint2}) {
      initialise(*layer, rng);
    }
    // Begins at the base: a factor of 1.
    const torch::NoGradGuard no_grad;
    joint2->weight.zero_();
  }

  torch::Tensor forward(const torch::Tensor& structure, const torch::Tensor& hardware) {
    const torch::Tensor s = torch::relu(structure2(torch::relu(structure1(structure))));
    const torch::Tensor h = torch::relu(hardware2(torch::relu(hardware1(hardware))));
    return joint2(torch::relu(joint1(torch::cat({s, h}, 1))));
  }

  torch::nn::Linear structure1, structure2, hardware1, hardware2, joint1, joint2;
};

struct Batch {
  torch::Tensor structure;  // [rows, features]
  torch::Tensor hardware;   // [rows, hardware values]
};

Batch batch_of(const NetworkOptions& o, const std::vector<NetworkRow>& rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  Batch batch{torch::zeros({count, o.features}), torch::zeros({count, o.hardware_values})};
  auto structure = batch.structure.accessor<float, 2>();
  auto hardware = batch.hardware.accessor<float, 2>();
  for (std::int64_t r = 0; r < count; ++r) {
    const NetworkRow& row = rows[static_cast<std::size_t>(r)];
    check_row(o, row);
    for (const int f : row.structure) structure[r][f] = 1.0F;
    double mean = 0.0;
    for (const double time : row.hardware) mean += time / o.hardware_values;
    for (int h = 0; h < o.hardware_values; ++h) {
      hardware[r][h] =
          static_cast<float>(std::log(row.hardware[static_cast<std::size_t>(h)] / mean));
    }
  }
  return batch;
}

// Logarithms of times over bases, [rows, outputs].
torch::Tensor targets_of(const NetworkOptions& o, const std::vector<NetworkRow>& rows,
                         const std::vector<std::vector<double>>& times_ms) {
  torch::Tensor targets = torch::zeros({static_cast<std::int64_t>(rows.size()), o.outputs});
  auto target = targets.accessor<float, 2>();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (int output = 0; output < o.outputs; ++output) {
      const auto at = static_cast<std::size_t>(output);
      target[static_cast<std::int64_t>(r)][output] =
          static_cast<float>(std::log(times_ms[r][at] / rows[r].base_ms[at]));
    }
  }
  return targets;
}

torch::Tensor loss_of(Net& net, const torch::Tensor& structure, const torch::Tensor& hardware,
                      const torch::Tensor& targets) {
  return torch::nn::functional::huber_loss(
      net.forward(structure, hardware), targets,
      torch::nn::functional::HuberLossFuncOptions().delta(kHuberDelta));
}

torch::Tensor permutation(std::int64_t count, Rng& rng) {
  torch::Tensor order = torch::arange(count);
  auto at = order.accessor<std::int64_t, 1>();
  for (std::int64_t i = count - 1; i > 0; --i) {
    std::swap(at[i], at[static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(i + 1)))]);
  }
  return order;
}

}  // namespace

struct DualStreamNetwork::State {
  explicit State(const NetworkOptions& o)
      : options(o), rng(o.seed, "dual-stream network"), net(o, rng) {}

  void step(torch::optim::Optimizer& optimizer, const torch::Tensor& rows) {
    optimizer.zero_grad();
    loss_of(net, learned.structure.index_select(0, rows), learned.hardware.index_select(0, rows),
            targets.index_select(0, rows))
        .backward();
    optimizer.step();
  }

  NetworkOptions options;
  Rng rng;
  Net net;
  Batch learned;          // what was trained on, then everything adapted to
  torch::Tensor targets;  // of them
  std::unique_ptr<torch::optim::AdamW> adapting;
};

DualStreamNetwork::DualStreamNetwork(std::unique_ptr<State> state) : state_(std::move(state)) {}
DualStreamNetwork::DualStreamNetwork(DualStreamNetwork&&) noexcept = default;
DualStreamNetwork& DualStreamNetwork::operator=(DualStreamNetwork&&) noexcept = default;
DualStreamNetwork::~DualStreamNetwork() = default;

DualStreamNetwork DualStreamNetwork::train(const NetworkOptions& options,
                                           const std::vector<NetworkRow>& rows,
                                           const std::vector<std::vector<double>>& times_ms,
                                           const std::function<void(int)>& progress) {
  check(options);
  if (rows.empty() || rows.size() != times_ms.size()) {
    throw ConfigError("dual-stream network: needs a time for each of at least one row");
  }
  auto state = std::make_unique<State>(options);
  state->learned = batch_of(options, rows);
  state->targets = targets_of(options, rows, times_ms);
  torch::optim::AdamW optimizer(
      state->net.parameters(),
      torch::optim::AdamWOptions(options.learning_rate).weight_decay(options.weight_decay));
  const auto count = static_cast<std::int64_t>(rows.size());
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    // Cosine decay to a hundredth.
    const double phase = std::cos(3.141592653589793 * epoch / options.epochs);
    static_cast<torch::optim::AdamWOptions&>(optimizer.param_groups()[0].options())
        .lr(options.learning_rate * (0.505 + 0.495 * phase));
    const torch::Tensor order = permutation(count, state->rng);
    for (std::int64_t begin = 0; begin < count; begin += options.batch_rows) {
      state->step(optimizer, order.slice(0, begin, std::min(count, begin + options.batch_rows)));
    }
    if (progress) progress(epoch + 1);
  }
  return DualStreamNetwork(std::move(state));
}

std::vector<std::vector<double>> DualStreamNetwork::predict(
    const std::vector<NetworkRow>& rows) const {
  const torch::NoGradGuard no_grad;
  const Batch batch = batch_of(state_->options, rows);
  const torch::Tensor logarithms = state_->net.forward(batch.structure, batch.hardware);
  const auto at = logarithms.accessor<float, 2>();
  std::vector<std::vector<double>> times(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (int output = 0; output < state_->options.outputs; ++output) {
      times[r].push_back(rows[r].base_ms[static_cast<std::size_t>(output)] *
                         std::exp(at[static_cast<std::int64_t>(r)][output]));
    }
  }
  return times;
}

void DualStreamNetwork::adapt(const NetworkRow& row, const std::vector<double>& times_ms) {
  State& s = *state_;
  const Batch batch = batch_of(s.options, {row});
  s.learned.structure = torch::cat({s.learned.structure, batch.structure});
  s.learned.hardware = torch::cat({s.learned.hardware, batch.hardware});
  s.targets = torch::cat({s.targets, targets_of(s.options, {row}, {times_ms})});
  if (!s.adapting) {
    s.adapting = std::make_unique<torch::optim::AdamW>(
        s.net.parameters(),
        torch::optim::AdamWOptions(kAdaptRate).weight_decay(s.options.weight_decay));
  }
  const std::int64_t count = s.targets.size(0);
  torch::Tensor rows = torch::full({kRehearsedRows + 1}, count - 1, torch::kInt64);
  auto at = rows.accessor<std::int64_t, 1>();
  for (int r = 0; r < kRehearsedRows; ++r) {
    at[r] = static_cast<std::int64_t>(s.rng.below(static_cast<std::uint64_t>(count)));
  }
  s.step(*s.adapting, rows);
}

}  // namespace acceptlab::predictor
