#include "app/predictor/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/predictor/regret.h"
#include "predictor/additive_prior.h"
#include "predictor/probes.h"
#include "predictor/profile_times.h"
#include "predictor/sub_model_predictor.h"
#include "runtime/base/result.h"
#include "runtime/base/rng.h"

namespace acceptlab::app {

namespace {

const std::vector<int> kAdaptationSamples = {0, 1, 2, 5, 10, 20, 40};

double total_ms(const StageTime& time) { return to_milliseconds(time.total()); }

Accuracy accuracy_of_device(const SubModelTimes& predicted, const Persona& device) {
  std::vector<double> estimates;
  std::vector<double> measured;
  for (const auto& [range, time] : device.times) {
    estimates.push_back(total_ms(predicted.at(range)));
    measured.push_back(total_ms(time));
  }
  return accuracy_of(estimates, measured);
}

// Devices to train on and devices to test, by index.
struct Split {
  std::vector<Persona> train;
  std::vector<Persona> test;
};

template <typename IsTested>
Split split(const PersonaTable& table, IsTested is_tested) {
  Split split;
  for (std::size_t p = 0; p < table.personas.size(); ++p) {
    (is_tested(p) ? split.test : split.train).push_back(table.personas[p]);
  }
  return split;
}

std::vector<std::size_t> shuffled(std::size_t count, Rng& rng) {
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

std::vector<Split> folds_of(const PersonaTable& table, const EvaluationOptions& options) {
  const std::size_t count = table.personas.size();
  const auto folds = static_cast<std::size_t>(options.folds);
  if (folds < 2 || count < 2 * folds) {
    throw ConfigError(fmt::format("{} folds need at least {} personas, the table has {}",
                                  options.folds, 2 * folds, count));
  }
  Rng rng(options.seed, "folds");
  std::vector<std::size_t> fold_of(count);
  const std::vector<std::size_t> order = shuffled(count, rng);
  for (std::size_t i = 0; i < count; ++i) fold_of[order[i]] = i % folds;
  std::vector<Split> all;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    all.push_back(split(table, [&](std::size_t p) { return fold_of[p] == fold; }));
  }
  return all;
}

GroupAccuracy group_for(const Contestant& contestant, const std::string& group) {
  GroupAccuracy result;
  result.contestant = contestant.name();
  result.measurements = contestant.measurements();
  result.group = group;
  return result;
}

void add(GroupAccuracy& group, const Persona& device, const SubModelTimes& predicted) {
  group.devices.push_back(device.name);
  group.each.push_back(accuracy_of_device(predicted, device));
  group.mean = mean_of(group.each);
}

GroupAccuracy test(Contestant& contestant, const std::string& name, const Split& split) {
  GroupAccuracy group = group_for(contestant, name);
  contestant.train(split.train);
  for (const Persona& device : split.test) add(group, device, contestant.predict(device));
  return group;
}

double sum_ms(const Persona& device, const std::vector<UnitRange>& sub_models) {
  double sum = 0.0;
  for (const predictor::TimedSubModel& t : timed(device, sub_models)) sum += total_ms(t.time);
  return sum;
}

// The second measurement of a device; to scale, at the speed that the device had at the first,
// which predictors know from the probes.
SubModelTimes again_of(const Persona& again, const Persona& device, int units, bool to_scale) {
  const std::vector<UnitRange> probes = predictor::fixed_probes(units);
  const double factor = to_scale ? sum_ms(device, probes) / sum_ms(again, probes) : 1.0;
  SubModelTimes times;
  for (const auto& t : timed(again, predictor::all_sub_models(units))) {
    times[t.units] = predictor::scaled(t.time, factor);
  }
  return times;
}

// What the second measurement says of the first, as if it were a predictor. All personas of both
// are one group of devices, as none was trained on.
void add_measured_again(const PersonaTable& table, const DeviceProfile& model,
                        const PersonaTable& repeat, const EvaluationOptions& options, bool to_scale,
                        EvaluationReport& report) {
  GroupAccuracy group;
  group.contestant = to_scale ? "measured again, to scale" : "measured again";
  group.measurements = static_cast<int>(predictor::all_sub_models(table.units).size());
  group.group = "repeated";
  std::vector<Persona> devices;
  std::vector<SubModelTimes> times;
  for (const Persona& device : table.personas) {
    for (const Persona& again : repeat.personas) {
      if (device.name != again.name) continue;
      devices.push_back(device);
      times.push_back(again_of(again, device, table.units, to_scale));
      add(group, device, times.back());
    }
  }
  report.accuracies.push_back(group);
  if (devices.size() < 2) return;
  RegretCases regret(table, model, options);
  regret.add(devices, times, options.regret_cases);
  report.regrets.push_back(regret.result(group.contestant));
}

void check_repeat(const PersonaTable& table, const PersonaTable& repeat) {
  if (repeat.model != table.model || repeat.width != table.width ||
      repeat.batch_samples != table.batch_samples || repeat.units != table.units) {
    throw ConfigError("the repeated measurement is of another model or mini-batch");
  }
  for (const Persona& device : table.personas) {
    for (const Persona& again : repeat.personas) {
      if (device.name == again.name) return;
    }
  }
  throw ConfigError("the repeated measurement is of no persona of the table");
}

// Gathers one point of the adaptation curve.
struct Gathered {
  double error = 0.0;
  double within = 0.0;
  double covered = 0.0;
  double count = 0.0;

  void add(const predictor::SubModelPredictor& model, const Persona& device) {
    for (const auto& [range, time] : device.times) {
      const predictor::Prediction prediction = model.predict(range);
      const double off = std::abs(total_ms(prediction.time) / total_ms(time) - 1.0);
      error += off;
      within += off <= 0.1 ? 1.0 : 0.0;
      covered +=
          time.total() >= prediction.total_low && time.total() <= prediction.total_high ? 1.0 : 0.0;
      count += 1.0;
    }
  }
};

class Adaptation {
 public:
  Adaptation(const PersonaTable& table, const EvaluationOptions& options)
      : units_(table.units), options_(options), points_(kAdaptationSamples.size()) {}

  void run(const Split& split) {
    std::vector<predictor::DeviceObservations> observed;
    for (const Persona& device : split.train) observed.push_back(observations_of(device, units_));
    std::vector<predictor::Structure> probes;
    for (const UnitRange range : predictor::fixed_probes(units_)) {
      probes.push_back(predictor::structure_of(range, units_));
    }
    const predictor::AdditivePrior prior =
        predictor::fit_additive_prior(predictor::sub_model_features(units_), 2, observed, probes);
    for (const Persona& device : split.test) {
      for (int repeat = 0; repeat < options_.adaptation_repeats; ++repeat) {
        follow(prior, device, repeat);
      }
    }
  }

  std::vector<AdaptationPoint> points() const {
    std::vector<AdaptationPoint> all;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const Gathered& g = points_[i];
      all.push_back({kAdaptationSamples[i], 100.0 * g.error / g.count, 100.0 * g.within / g.count,
                     100.0 * g.covered / g.count});
    }
    return all;
  }

 private:
  void follow(const predictor::AdditivePrior& prior, const Persona& device, int repeat) {
    predictor::SubModelPredictor model(prior, units_,
                                       timed(device, predictor::fixed_probes(units_)));
    Rng rng(options_.seed + static_cast<std::uint64_t>(repeat), "samples of " + device.name);
    std::vector<UnitRange> ranges;
    for (const auto& entry : device.times) ranges.push_back(entry.first);
    const std::vector<std::size_t> order = shuffled(ranges.size(), rng);
    int given = 0;
    for (std::size_t point = 0; point < points_.size(); ++point) {
      const int wanted = std::min(kAdaptationSamples[point], static_cast<int>(order.size()));
      for (; given < wanted; ++given) {
        const UnitRange range = ranges[order[static_cast<std::size_t>(given)]];
        model.observe({range, device.times.at(range)});
      }
      points_[point].add(model, device);
    }
  }

  int units_;
  const EvaluationOptions& options_;
  std::vector<Gathered> points_;
};

}  // namespace

EvaluationReport evaluate_predictors(const PersonaTable& table, const DeviceProfile& model,
                                     const PersonaTable* repeat,
                                     const std::vector<std::unique_ptr<Contestant>>& contestants,
                                     const EvaluationOptions& options,
                                     const std::function<void(const std::string&)>& progress) {
  EvaluationReport report;
  if (repeat != nullptr) check_repeat(table, *repeat);
  const std::vector<Split> folds = folds_of(table, options);
  const Split cores = split(table, [&](std::size_t p) { return table.personas[p].cores != 1.0; });
  for (const auto& contestant : contestants) {
    progress(contestant->name());
    report.accuracies.push_back(test(*contestant, "seen", {table.personas, table.personas}));
    GroupAccuracy unseen = group_for(*contestant, "unseen");
    RegretCases regret(table, model, options);
    for (const Split& fold : folds) {
      contestant->train(fold.train);
      std::vector<SubModelTimes> predicted;
      for (const Persona& device : fold.test) {
        predicted.push_back(contestant->predict(device));
        add(unseen, device, predicted.back());
      }
      regret.add(fold.test, predicted, options.regret_cases / options.folds);
    }
    report.accuracies.push_back(unseen);
    if (cores.train.size() >= 3 && !cores.test.empty()) {
      report.accuracies.push_back(test(*contestant, "unseen core counts", cores));
    }
    report.regrets.push_back(regret.result(contestant->name()));
  }
  for (const bool to_scale : {false, true}) {
    if (repeat != nullptr) add_measured_again(table, model, *repeat, options, to_scale, report);
  }
  progress("adaptation");
  Adaptation adaptation(table, options);
  for (const Split& fold : folds) adaptation.run(fold);
  report.adaptation = adaptation.points();
  return report;
}

}  // namespace acceptlab::app
