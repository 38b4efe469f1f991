#include "app/predictor/contestant.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "predictor/additive_prior.h"
#include "predictor/probe_design.h"
#include "predictor/probes.h"
#include "predictor/profile_times.h"
#include "predictor/sub_model_predictor.h"
#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

using predictor::AdditivePrior;
using predictor::Structure;

std::vector<Structure> structures_of(const std::vector<UnitRange>& ranges, int units) {
  std::vector<Structure> structures;
  for (const UnitRange range : ranges) structures.push_back(predictor::structure_of(range, units));
  return structures;
}

template <typename Predict>
SubModelTimes all_times(int units, Predict predict) {
  SubModelTimes times;
  for (const UnitRange range : predictor::all_sub_models(units)) times[range] = predict(range);
  return times;
}

class ClosedForm final : public Contestant {
 public:
  ClosedForm(int units, bool designed) : units_(units), designed_(designed) {}

  std::string name() const override {
    return designed_ ? "closed form, designed probes" : "closed form";
  }
  int measurements() const override { return static_cast<int>(probes().size()); }

  void train(const std::vector<Persona>& devices) override {
    std::vector<predictor::DeviceObservations> observed;
    for (const Persona& device : devices) observed.push_back(observations_of(device, units_));
    const auto fit = [&] {
      prior_ = predictor::fit_additive_prior(predictor::sub_model_features(units_), 2, observed,
                                             structures_of(probes_, units_));
    };
    probes_ = predictor::fixed_probes(units_);
    fit();
    if (!designed_) return;
    const std::vector<UnitRange> all = predictor::all_sub_models(units_);
    const int count = static_cast<int>(probes_.size());
    probes_.clear();
    for (const std::size_t c :
         predictor::design_probes(*prior_, structures_of(all, units_), count)) {
      probes_.push_back(all[c]);
    }
    fit();
  }

  SubModelTimes predict(const Persona& device) const override {
    const predictor::SubModelPredictor model(*prior_, units_, timed(device, probes_));
    return all_times(units_, [&](UnitRange range) { return model.time(range); });
  }

 private:
  const std::vector<UnitRange>& probes() const { return probes_; }

  int units_;
  bool designed_;
  std::vector<UnitRange> probes_ = predictor::fixed_probes(units_);
  std::optional<AdditivePrior> prior_;
};

class CapacityRatio final : public Contestant {
 public:
  explicit CapacityRatio(int units) : units_(units) {}
  std::string name() const override { return "capacity ratio (FTPipeHD)"; }
  int measurements() const override { return 1; }
  void train(const std::vector<Persona>& devices) override { central_ = devices.front().times; }
  SubModelTimes predict(const Persona& device) const override {
    const UnitRange whole{0, units_};
    const double capacity = to_milliseconds(timed(device, {whole})[0].time.total()) /
                            to_milliseconds(unit_sum(whole).total());
    return all_times(units_,
                     [&](UnitRange range) { return predictor::scaled(unit_sum(range), capacity); });
  }

 private:
  StageTime unit_sum(UnitRange range) const {
    StageTime sum;
    for (int u = range.begin; u < range.end; ++u) {
      const StageTime unit = central_.at({u, u + 1});
      sum.forward += unit.forward;
      sum.backward += unit.backward;
    }
    return sum;
  }

  int units_;
  SubModelTimes central_;
};

class LayerSums final : public Contestant {
 public:
  explicit LayerSums(int units) : units_(units) {}
  std::string name() const override { return "sum of units measured alone"; }
  int measurements() const override { return units_; }
  void train(const std::vector<Persona>&) override {}
  SubModelTimes predict(const Persona& device) const override {
    return all_times(units_, [&](UnitRange range) {
      StageTime sum;
      for (int u = range.begin; u < range.end; ++u) {
        const StageTime unit = timed(device, {{u, u + 1}})[0].time;
        sum.forward += unit.forward;
        sum.backward += unit.backward;
      }
      return sum;
    });
  }

 private:
  int units_;
};

class OwnFit final : public Contestant {
 public:
  explicit OwnFit(int units) : units_(units) {}
  std::string name() const override { return "additive fit of the device itself"; }
  int measurements() const override {
    return static_cast<int>(predictor::all_sub_models(units_).size());
  }
  void train(const std::vector<Persona>&) override {}
  SubModelTimes predict(const Persona& device) const override {
    const int features = predictor::sub_model_features(units_);
    const std::vector<double> fitted =
        predictor::fit_additive_times(features, 2, observations_of(device, units_).observations);
    return all_times(units_, [&](UnitRange range) {
      double forward = 0.0;
      double backward = 0.0;
      for (const int f : predictor::structure_of(range, units_)) {
        forward += fitted[static_cast<std::size_t>(f)];
        backward += fitted[static_cast<std::size_t>(features + f)];
      }
      return StageTime{from_milliseconds(std::max(0.0, forward)),
                       from_milliseconds(std::max(0.0, backward))};
    });
  }

 private:
  int units_;
};

// Least squares of relative errors of time = slope * work + shared.
struct Line {
  double slope = 0.0;
  double shared = 0.0;
  double at(double work) const { return std::max(0.0, slope * work + shared); }
};

Line fit_line(const std::vector<double>& work, const std::vector<double>& time) {
  double ww = 0.0, w1 = 0.0, one = 0.0, wt = 0.0, t1 = 0.0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    const double weight = 1.0 / (time[i] * time[i]);
    ww += weight * work[i] * work[i];
    w1 += weight * work[i];
    one += weight;
    wt += weight * work[i] * time[i];
    t1 += weight * time[i];
  }
  const double determinant = ww * one - w1 * w1;
  if (determinant <= 0.0) return {0.0, t1 / one};
  return {(wt * one - t1 * w1) / determinant, (ww * t1 - w1 * wt) / determinant};
}

class Flops final : public Contestant {
 public:
  explicit Flops(const DeviceProfile& model) {
    for (const UnitProfile& unit : model.units) {
      double positions = 1.0;
      for (std::size_t d = 1; d < unit.output_shape.size(); ++d) positions *= unit.output_shape[d];
      work_.push_back(work_.back() + static_cast<double>(unit.parameter_values) * positions);
    }
  }
  std::string name() const override { return "linear in multiply-adds"; }
  int measurements() const override { return static_cast<int>(probes().size()); }
  void train(const std::vector<Persona>&) override {}
  SubModelTimes predict(const Persona& device) const override {
    std::vector<double> work;
    std::vector<double> forward;
    std::vector<double> backward;
    for (const predictor::TimedSubModel& probe : timed(device, probes())) {
      work.push_back(work_of(probe.units));
      forward.push_back(to_milliseconds(probe.time.forward));
      backward.push_back(to_milliseconds(probe.time.backward));
    }
    const Line forward_line = fit_line(work, forward);
    const Line backward_line = fit_line(work, backward);
    return all_times(units(), [&](UnitRange range) {
      return StageTime{from_milliseconds(forward_line.at(work_of(range))),
                       from_milliseconds(backward_line.at(work_of(range)))};
    });
  }

 private:
  int units() const { return static_cast<int>(work_.size()) - 1; }
  std::vector<UnitRange> probes() const { return predictor::fixed_probes(units()); }
  double work_of(UnitRange range) const {
    return work_[static_cast<std::size_t>(range.end)] -
           work_[static_cast<std::size_t>(range.begin)];
  }

  std::vector<double> work_ = {0.0};  // of the units before
};

}  // namespace

std::unique_ptr<Contestant> make_closed_form(int units, bool designed_probes) {
  return std::make_unique<ClosedForm>(units, designed_probes);
}
std::unique_ptr<Contestant> make_capacity_ratio(int units) {
  return std::make_unique<CapacityRatio>(units);
}
std::unique_ptr<Contestant> make_layer_sums(int units) {
  return std::make_unique<LayerSums>(units);
}
std::unique_ptr<Contestant> make_own_fit(int units) { return std::make_unique<OwnFit>(units); }
std::unique_ptr<Contestant> make_flops(const DeviceProfile& model) {
  return std::make_unique<Flops>(model);
}

}  // namespace acceptlab::app
