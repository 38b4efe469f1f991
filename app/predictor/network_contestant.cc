#include "app/predictor/network_contestant.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "predictor/network/dual_stream.h"
#include "predictor/probes.h"

namespace acceptlab::app {

namespace {

using predictor::DualStreamNetwork;
using predictor::NetworkRow;

constexpr int kOutputs = 2;

std::vector<double> milliseconds(const StageTime& time) {
  return {to_milliseconds(time.forward), to_milliseconds(time.backward)};
}

// Each sub-model at least as long as those one unit shorter, from the shortest on.
void make_monotone(SubModelTimes& times, int units) {
  for (int length = 2; length <= units; ++length) {
    for (int begin = 0; begin + length <= units; ++begin) {
      StageTime& time = times.at({begin, begin + length});
      for (const UnitRange inner :
           {UnitRange{begin + 1, begin + length}, UnitRange{begin, begin + length - 1}}) {
        time.forward = std::max(time.forward, times.at(inner).forward);
        time.backward = std::max(time.backward, times.at(inner).backward);
      }
    }
  }
}

class Network final : public Contestant {
 public:
  Network(int units, bool on_closed_form) : units_(units), on_closed_form_(on_closed_form) {}

  std::string name() const override {
    return on_closed_form_ ? "network on the closed form" : "dual-stream network";
  }
  int measurements() const override { return static_cast<int>(probes_.size()); }

  void train(const std::vector<Persona>& devices) override {
    std::vector<NetworkRow> rows;
    std::vector<std::vector<double>> times;
    for (std::size_t d = 0; d < devices.size(); ++d) {
      // What it corrects is the estimate of a closed form that has not seen the device, as it will
      // be of a new one.
      std::vector<Persona> others = devices;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(d));
      if (on_closed_form_) base_->train(others);
      const SubModelTimes base = base_of(devices[d]);
      for (const auto& [range, time] : devices[d].times) {
        rows.push_back(row_of(devices[d], range, base.at(range)));
        times.push_back(milliseconds(time));
      }
    }
    if (on_closed_form_) base_->train(devices);
    predictor::NetworkOptions options;
    options.features = units_;
    options.hardware_values = static_cast<int>(probes_.size()) * kOutputs;
    options.outputs = kOutputs;
    network_.emplace(DualStreamNetwork::train(options, rows, times));
  }

  SubModelTimes predict(const Persona& device) const override {
    const SubModelTimes base = base_of(device);
    const std::vector<UnitRange> all = predictor::all_sub_models(units_);
    std::vector<NetworkRow> rows;
    for (const UnitRange range : all) rows.push_back(row_of(device, range, base.at(range)));
    const std::vector<std::vector<double>> predicted = network_->predict(rows);
    SubModelTimes times;
    for (std::size_t r = 0; r < all.size(); ++r) {
      times[all[r]] = {from_milliseconds(predicted[r][0]), from_milliseconds(predicted[r][1])};
    }
    make_monotone(times, units_);
    return times;
  }

 private:
  // What the network's factors are of.
  SubModelTimes base_of(const Persona& device) const {
    if (on_closed_form_) return base_->predict(device);
    StageTime mean;
    for (const predictor::TimedSubModel& probe : timed(device, probes_)) {
      mean.forward += probe.time.forward / static_cast<int>(probes_.size());
      mean.backward += probe.time.backward / static_cast<int>(probes_.size());
    }
    SubModelTimes base;
    for (const UnitRange range : predictor::all_sub_models(units_)) base[range] = mean;
    return base;
  }

  NetworkRow row_of(const Persona& device, UnitRange range, const StageTime& base) const {
    NetworkRow row;
    for (int u = range.begin; u < range.end; ++u) row.structure.push_back(u);
    for (const predictor::TimedSubModel& probe : timed(device, probes_)) {
      for (const double time : milliseconds(probe.time)) row.hardware.push_back(time);
    }
    // Never 0: a factor of it could not be learned.
    for (const double time : milliseconds(base)) row.base_ms.push_back(std::max(1e-6, time));
    return row;
  }

  int units_;
  bool on_closed_form_;
  std::vector<UnitRange> probes_ = predictor::fixed_probes(units_);
  std::unique_ptr<Contestant> base_ = make_closed_form(units_, false);
  std::optional<DualStreamNetwork> network_;
};

}  // namespace

std::unique_ptr<Contestant> make_network(int units, bool on_closed_form) {
  return std::make_unique<Network>(units, on_closed_form);
}

}  // namespace acceptlab::app
