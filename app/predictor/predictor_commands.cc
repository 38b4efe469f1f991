#include "app/predictor/predictor_commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/predictor/accuracy.h"
#include "app/predictor/latency_table.h"
#include "app/predictor/persona_table.h"
#include "app/predictor/predictor_json.h"
#include "app/predictor/report.h"
#include "predictor/additive_prior.h"
#include "predictor/probe_design.h"
#include "predictor/probes.h"
#include "predictor/sub_model_predictor.h"
#include "results/json_object.h"
#include "results/profile_json.h"
#include "results/text_table.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using predictor::AdditivePrior;
using predictor::Structure;
using predictor::SubModelPredictor;
using predictor::TimedSubModel;

AdditivePrior fit(const PersonaTable& table, const std::vector<UnitRange>& probes) {
  std::vector<predictor::DeviceObservations> devices;
  for (const Persona& persona : table.personas) {
    devices.push_back(observations_of(persona, table.units));
  }
  std::vector<Structure> structures;
  for (const UnitRange probe : probes) {
    structures.push_back(predictor::structure_of(probe, table.units));
  }
  return predictor::fit_additive_prior(predictor::sub_model_features(table.units), 2, devices,
                                       structures);
}

std::vector<UnitRange> designed_probes(const AdditivePrior& prior, int units, int count) {
  const std::vector<UnitRange> all = predictor::all_sub_models(units);
  std::vector<Structure> candidates;
  for (const UnitRange range : all) candidates.push_back(predictor::structure_of(range, units));
  std::vector<UnitRange> probes;
  for (const std::size_t c : predictor::design_probes(prior, candidates, count)) {
    probes.push_back(all[c]);
  }
  return probes;
}

// A predictor file and the measured device it is asked about.
struct Subject {
  PredictorFile file;
  DeviceProfile profile;
};

Subject read_subject(const PredictorArguments& arguments) {
  PredictorFile file = read_predictor(arguments.predictor);
  Result<DeviceProfile> read = results::read_profile(arguments.profile);
  if (!read) throw ConfigError(read.error().message);
  DeviceProfile profile = std::move(read).value();
  const std::string wanted =
      predictor_subject(file.model, file.width, file.batch_samples, file.units);
  const std::string has = predictor_subject(profile.model, profile.width, profile.batch_samples,
                                            static_cast<int>(profile.units.size()));
  if (wanted != has) {
    throw ConfigError(arguments.profile + ": is of " + has + "; the predictor is of " + wanted);
  }
  return {std::move(file), std::move(profile)};
}

std::vector<TimedSubModel> probes_of(const Subject& subject, const std::string& origin) {
  std::vector<TimedSubModel> probes;
  for (const UnitRange probe : subject.file.probes) {
    const auto found = subject.profile.sub_models.find(probe);
    if (found == subject.profile.sub_models.end()) {
      throw ConfigError(origin + ": lacks the probe of units " + to_string(probe) +
                        "; measure it with 'acceptlab profile' (all sub-models), or with --probes "
                        "for a predictor trained with --fixed-probes");
    }
    probes.push_back({probe, found->second});
  }
  return probes;
}

SubModelPredictor predictor_for(const Subject& subject, const std::string& origin) {
  return {subject.file.prior, subject.file.units, probes_of(subject, origin)};
}

UnitRange parse_units(const std::string& text, int units) {
  int first = 0;
  int last = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d..%d%c", &first, &last, &rest) != 2 || first < 1 ||
      last < first || last > units) {
    throw ConfigError(fmt::format("--units: '{}' must be FIRST..LAST within 1..{}", text, units));
  }
  return {first - 1, last};
}

nlohmann::ordered_json prediction_json(UnitRange range, const predictor::Prediction& prediction) {
  return {{"first_unit", range.first_unit()},
          {"last_unit", range.last_unit()},
          {"forward_ms", to_milliseconds(prediction.time.forward)},
          {"backward_ms", to_milliseconds(prediction.time.backward)},
          {"total_low_ms", to_milliseconds(prediction.total_low)},
          {"total_high_ms", to_milliseconds(prediction.total_high)}};
}

// The prior that has learned the subject's device, too.
AdditivePrior with_device(const Subject& subject, const SubModelPredictor& model) {
  const AdditivePrior& prior = subject.file.prior;
  std::vector<Structure> probes;
  for (const UnitRange probe : subject.file.probes) {
    probes.push_back(predictor::structure_of(probe, subject.file.units));
  }
  std::vector<predictor::PriorDevice> devices = prior.devices();
  devices.push_back(predictor::prior_device(subject.profile.device, model.posterior().mean_ms(),
                                            prior.features(), probes));
  return {prior.features(), prior.outputs(), std::move(devices), prior.setting()};
}

Accuracy accuracy_over(const DeviceProfile& profile, const SubModelPredictor& model) {
  std::vector<double> predicted;
  std::vector<double> measured;
  for (const auto& [range, time] : profile.sub_models) {
    predicted.push_back(to_milliseconds(model.time(range).total()));
    measured.push_back(to_milliseconds(time.total()));
  }
  return accuracy_of(predicted, measured);
}

}  // namespace

int predictor_train_command(const PredictorArguments& arguments) {
  const PersonaTable table = without(read_persona_table(arguments.personas), arguments.without);
  std::vector<UnitRange> probes = predictor::fixed_probes(table.units);
  AdditivePrior prior = fit(table, probes);
  if (!arguments.fixed_probes) {
    probes = designed_probes(prior, table.units, static_cast<int>(probes.size()));
    prior = fit(table, probes);
  }
  const PredictorFile file{table.model,
                           table.width,
                           table.batch_samples,
                           table.units,
                           fmt::format("{} personas", table.personas.size()),
                           probes,
                           prior};
  write_predictor(file, arguments.out);
  std::printf("%s, width %g, batch %d: trained on %zu personas, noise %.1f %%; probes:",
              table.model.c_str(), table.width, table.batch_samples, table.personas.size(),
              100.0 * prior.setting().noise);
  for (const UnitRange probe : probes) std::printf(" %s", to_string(probe).c_str());
  std::printf("\npredictor: %s\n", arguments.out.c_str());
  return 0;
}

int predictor_latency_table_command(const PredictorArguments& arguments) {
  const LatencyTable table =
      read_latency_table(arguments.latency_table, parse_one_hot(arguments.one_hot));
  LatencyTask task;
  task.probes = parse_row_list(arguments.probes);
  task.train_rows = parse_rows(arguments.train_rows);
  task.test_rows = parse_rows(arguments.test_rows);
  task.train_devices = arguments.train_devices;
  task.test_devices = arguments.test_devices;
  const std::vector<LatencyResult> results = evaluate_latency_table(table, task);
  if (arguments.json) {
    nlohmann::ordered_json json;
    for (const LatencyResult& result : results) {
      json["devices"][result.device] = to_json(result.accuracy);
      json["devices"][result.device]["own_fit"] = to_json(result.own_fit);
    }
    std::printf("%s", results::dump_json(json).c_str());
    return 0;
  }
  results::TextTable text(
      {"device", "MAPE %", "within 5 %", "within 10 %", "Spearman", "own fit: MAPE %", "Spearman"});
  for (const LatencyResult& r : results) {
    text.row({r.device, fmt::format("{:.2f}", r.accuracy.mape_percent),
              fmt::format("{:.1f}", r.accuracy.within_5_percent),
              fmt::format("{:.1f}", r.accuracy.within_10_percent),
              fmt::format("{:.3f}", r.accuracy.spearman),
              fmt::format("{:.2f}", r.own_fit.mape_percent),
              fmt::format("{:.3f}", r.own_fit.spearman)});
  }
  std::printf("%s", text.render().c_str());
  return 0;
}

int predictor_predict_command(const PredictorArguments& arguments) {
  const Subject subject = read_subject(arguments);
  const SubModelPredictor model = predictor_for(subject, arguments.profile);
  std::vector<UnitRange> ranges = predictor::all_sub_models(subject.file.units);
  if (!arguments.units.empty()) ranges = {parse_units(arguments.units, subject.file.units)};
  if (arguments.json) {
    nlohmann::ordered_json json;
    for (const UnitRange range : ranges) {
      json["sub_models"].push_back(prediction_json(range, model.predict(range)));
    }
    std::printf("%s", results::dump_json(json).c_str());
    return 0;
  }
  results::TextTable text({"units", "forward ms", "backward ms", "total ms", "90 % low", "high"});
  for (const UnitRange range : ranges) {
    const predictor::Prediction p = model.predict(range);
    const auto cell = [](Duration d) { return fmt::format("{:.3f}", to_milliseconds(d)); };
    text.row({to_string(range), cell(p.time.forward), cell(p.time.backward), cell(p.time.total()),
              cell(p.total_low), cell(p.total_high)});
  }
  std::printf("%s", text.render().c_str());
  return 0;
}

int predictor_adapt_command(const PredictorArguments& arguments) {
  const Subject subject = read_subject(arguments);
  SubModelPredictor model = predictor_for(subject, arguments.profile);
  const Accuracy before = accuracy_over(subject.profile, model);
  int learned = 0;
  for (const auto& [range, time] : subject.profile.sub_models) {
    model.observe({range, time});
    ++learned;
  }
  const Accuracy after = accuracy_over(subject.profile, model);
  PredictorFile adapted = subject.file;
  adapted.prior = with_device(subject, model);
  adapted.trained_on += "; adapted to " + subject.profile.device;
  write_predictor(adapted, arguments.out);
  if (arguments.json) {
    const nlohmann::ordered_json json = {
        {"sub_models", learned}, {"before", to_json(before)}, {"after", to_json(after)}};
    std::printf("%s", results::dump_json(json).c_str());
    return 0;
  }
  std::printf("%d sub-models of %s: MAPE %.2f %% from the probes, %.2f %% after adapting\n",
              learned, subject.profile.device.c_str(), before.mape_percent, after.mape_percent);
  std::printf("predictor: %s\n", arguments.out.c_str());
  return 0;
}

}  // namespace acceptlab::app
