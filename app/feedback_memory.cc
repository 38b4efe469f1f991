#include "app/feedback_memory.h"

#include <cstdio>
#include <numeric>
#include <string>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using scenarios::Scenario;

double megabytes(Bytes size) { return static_cast<double>(size.count()) / 1e6; }

std::string megabytes_text(double megabytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", megabytes);
  return text;
}

Bytes sum_of(const std::vector<Bytes>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), Bytes(0));
}

// float32 of one sample that cross the cut behind each stage but the last.
std::vector<Bytes> sample_sizes(const Plan& plan, const DeviceProfile& model) {
  std::vector<Bytes> sizes;
  for (std::size_t k = 0; k + 1 < plan.stages.size(); ++k) {
    const auto last_unit = static_cast<std::size_t>(plan.stages[k].units.end - 1);
    sizes.emplace_back(4 * model.units[last_unit].output_values);
  }
  return sizes;
}

void check_limit(const Scenario& scenario, const std::vector<Bytes>& deltas) {
  const double needed = megabytes(sum_of(deltas));
  if (needed <= scenario.codec.delta_memory_mb) return;
  throw ConfigError("codec.activation_feedback = \"delta\" would keep " + megabytes_text(needed) +
                    " MB, all training samples at both ends of every cut; codec.delta_memory_mb "
                    "allows " +
                    megabytes_text(scenario.codec.delta_memory_mb));
}

void check_devices(const Scenario& scenario, const Plan& plan, const DeviceProfile& model,
                   const std::vector<Bytes>& memory) {
  for (std::size_t k = 0; k < plan.stages.size(); ++k) {
    const auto device = static_cast<std::size_t>(plan.stages[k].device.value);
    const std::optional<double> limit = scenario.devices[device].memory_mb;
    if (!limit || memory[k] == Bytes(0)) continue;
    double training = 0.0;
    for (int u = plan.stages[k].units.begin; u < plan.stages[k].units.end; ++u) {
      const auto& unit = model.units[static_cast<std::size_t>(u)];
      training +=
          scenario.partition.memory_factor * 4e-6 * static_cast<double>(unit.parameter_values);
    }
    if (training + megabytes(memory[k]) <= *limit) continue;
    throw ConfigError(
        "devices[" + std::to_string(device) + "].memory_mb = " + megabytes_text(*limit) +
        " is too small: its stage needs " + megabytes_text(training) + " MB for training and " +
        megabytes_text(megabytes(memory[k])) + " MB for the codecs' feedback");
  }
}

}  // namespace

std::vector<Bytes> feedback_memory(const Scenario& scenario, const Plan& plan,
                                   const TrainingShape& shape, const DeviceProfiles& profiles) {
  const bool delta = scenario.codec.activation_feedback == scenarios::ActivationFeedback::kDelta;
  const bool error = scenario.codec.gradient_feedback == scenarios::GradientFeedback::kError;
  const std::vector<Bytes> cuts = sample_sizes(plan, profiles[0]);
  const int largest_micro = shape.samples_in_micro(BatchKey{});
  std::vector<Bytes> memory(plan.stages.size());
  for (std::size_t k = 0; delta && k < cuts.size(); ++k) {
    memory[k] += cuts[k] * shape.train_samples;
    memory[k + 1] += cuts[k] * shape.train_samples;
  }
  check_limit(scenario, memory);
  for (std::size_t k = 0; error && k < cuts.size(); ++k) memory[k + 1] += cuts[k] * largest_micro;
  check_devices(scenario, plan, profiles[0], memory);
  return memory;
}

std::string feedback_memory_text(const std::vector<Bytes>& by_stage) {
  if (sum_of(by_stage) == Bytes(0)) return "";
  std::string stages;
  for (std::size_t k = 0; k < by_stage.size(); ++k) {
    stages += (k == 0 ? "stage " : ", stage ") + std::to_string(k) + ": " +
              megabytes_text(megabytes(by_stage[k]));
  }
  return "codec memory: " + megabytes_text(megabytes(sum_of(by_stage))) + " MB of feedback (" +
         stages + ")";
}

}  // namespace acceptlab::app
