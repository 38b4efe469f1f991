// Learns from devices that were measured, predicts a new one from ten measurements, chooses the cut
// by that, and makes what crosses it small.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "compression/decoder.h"
#include "compression/encoder.h"
#include "partition/solve.h"
#include "predictor/probes.h"
#include "predictor/sub_model_predictor.h"

namespace {

using namespace acceptlab;  // NOLINT(google-build-using-namespace)

constexpr int kUnits = 6;
constexpr double kUnitMs[kUnits] = {4.0, 9.0, 7.0, 7.0, 5.0, 2.0};

// A made-up device in place of measurements: how much slower it is at convolutions, the first four
// units, and at the rest.
struct Board {
  const char* name;
  double convolutions;
  double others;

  StageTime measure(UnitRange units) const {
    double ms = 0.1;  // of every call
    for (int u = units.begin; u < units.end; ++u) {
      ms += kUnitMs[u] * (u < 4 ? convolutions : others);
    }
    return {from_milliseconds(ms), from_milliseconds(1.6 * ms)};
  }
};

constexpr Board kKnown[] = {
    {"server", 0.5, 0.6}, {"laptop", 1.0, 1.0}, {"old laptop", 1.7, 1.5}, {"board", 4.0, 5.0}};
constexpr Board kNew = {"new board", 3.0, 3.6};

predictor::AdditivePrior learn() {
  std::vector<predictor::DeviceObservations> devices;
  for (const Board& board : kKnown) {
    predictor::DeviceObservations device{board.name, {}};
    for (const UnitRange range : predictor::all_sub_models(kUnits)) {
      device.observations.push_back(
          predictor::observation_of({range, board.measure(range)}, kUnits));
    }
    devices.push_back(device);
  }
  std::vector<predictor::Structure> probes;
  for (const UnitRange range : predictor::fixed_probes(kUnits)) {
    probes.push_back(predictor::structure_of(range, kUnits));
  }
  return predictor::fit_additive_prior(predictor::sub_model_features(kUnits), 2, devices, probes);
}

predictor::SubModelPredictor probe(const predictor::AdditivePrior& prior, const Board& board) {
  std::vector<predictor::TimedSubModel> probes;
  for (const UnitRange range : predictor::fixed_probes(kUnits)) {
    probes.push_back({range, board.measure(range)});
  }
  return {prior, kUnits, probes};
}

partition::Device device_of(const predictor::AdditivePrior& prior, const Board& board) {
  const predictor::SubModelPredictor times = probe(prior, board);
  partition::Device device;
  device.name = board.name;
  device.bandwidth_bytes_per_s = 2.5e6;  // 20 Mbit/s
  device.sub_model_times.resize(kUnits * kUnits);
  for (const UnitRange range : predictor::all_sub_models(kUnits)) {
    const StageTime time = times.time(range);
    device.sub_model_times[static_cast<std::size_t>(range.begin * kUnits + range.end - 1)] = {
        1e3 * to_milliseconds(time.forward), 1e3 * to_milliseconds(time.backward)};
  }
  return device;
}

partition::Solution plan(const predictor::AdditivePrior& prior) {
  partition::Problem problem;
  for (int u = 0; u < kUnits; ++u) {
    partition::Unit unit;
    unit.name = "unit" + std::to_string(u + 1);
    unit.activation_bytes = unit.gradient_bytes = 262'144.0 / (1 << u);
    problem.units.push_back(unit);
  }
  problem.codecs = {{"mbq4/suq8", 7.9, 3.9, {}, {}, 0.0}};
  problem.devices = {device_of(prior, kKnown[2]), device_of(prior, kNew)};
  return partition::solve(problem).value();
}

// Returns by how much a tensor shrinks on its way.
double send(std::size_t values) {
  std::vector<float> tensor(values);
  for (std::size_t i = 0; i < values; ++i) tensor[i] = std::sin(0.01F * static_cast<float>(i));
  compression::Encoder encoder(compression::parse_codec("mbq4").value());
  const std::vector<std::uint8_t> message =
      encoder.encode(tensor, compression::Shape::vector(values), {}).value();
  std::vector<float> back(values);
  compression::Decoder().decode(message, back).value();
  return static_cast<double>(values * sizeof(float)) / static_cast<double>(message.size());
}

}  // namespace

int main() try {
  const predictor::AdditivePrior prior = learn();
  const UnitRange whole{0, kUnits};
  const double predicted = to_milliseconds(probe(prior, kNew).time(whole).total());
  std::printf("%s: %.1f ms predicted, %.1f ms measured\n", kNew.name, predicted,
              to_milliseconds(kNew.measure(whole).total()));
  const partition::Solution solution = plan(prior);
  for (const partition::Placement& stage : solution.stages) {
    std::printf("device %d trains units %d..%d\n", stage.device, stage.first + 1, stage.last + 1);
  }
  std::printf("%.1f ms per mini-batch, %s\n", solution.cost.objective_us / 1e3,
              solution.is_optimal ? "proven optimal" : "not proven optimal");
  std::printf("mbq4 sends a tensor %.2f times smaller\n", send(16'384));
} catch (const std::exception& error) {
  std::fprintf(stderr, "consumer: %s\n", error.what());
  return 1;
}
