#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "predictor/structure.h"

namespace acceptlab::predictor {

// One time to learn from or to estimate.
struct NetworkRow {
  Structure structure;
  std::vector<double> hardware;  // the device's probe times, ms, probe after probe, all outputs
  std::vector<double> base_ms;   // an estimate of each output that the network corrects by a factor
};

struct NetworkOptions {
  int features = 0;         // length of the binary vector
  int hardware_values = 0;  // probes times outputs
  int outputs = 0;
  int hidden = 64;
  int epochs = 150;
  int batch_rows = 256;
  double learning_rate = 2e-3;
  double weight_decay = 1e-4;
  std::uint64_t seed = 1;
};

// AccEPT's dual-stream network (paper, section on the predictor): an encoder of the structure and
// one of the hardware, two layers each, joined and regressed to the logarithm of each output over
// its base. Probe times enter as logarithms relative to their mean, so that a device slower by one
// factor looks the same. The loss is the Huber loss of the logarithm: relative error, and strays
// count less.
// With the mean of the device's probes as base it is the paper's network; with the closed form's
// estimate as base it learns what that misses.
class DualStreamNetwork {
 public:
  // Throws ConfigError on sizes that are not positive or that rows disagree with, or no rows.
  // Computes on the calling thread; deterministic for the seed.
  static DualStreamNetwork train(const NetworkOptions& options, const std::vector<NetworkRow>& rows,
                                 const std::vector<std::vector<double>>& times_ms,
                                 const std::function<void(int epochs_done)>& progress = {});

  DualStreamNetwork(DualStreamNetwork&&) noexcept;
  DualStreamNetwork& operator=(DualStreamNetwork&&) noexcept;
  ~DualStreamNetwork();

  // Estimated times, ms: [row][output], all above 0.
  std::vector<std::vector<double>> predict(const std::vector<NetworkRow>& rows) const;

  // Continuous learning: one gradient step on a new measurement together with a sample of what was
  // learned before, so that earlier devices are not forgotten.
  void adapt(const NetworkRow& row, const std::vector<double>& times_ms);

 private:
  struct State;
  explicit DualStreamNetwork(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace acceptlab::predictor
