#include "app/predictor/evaluation.h"

#include <gtest/gtest.h>

#include "app/predictor/network_contestant.h"
#include "runtime/base/result.h"
#include "runtime/torch/setup.h"
#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::app {
namespace {

constexpr int kUnits = 6;

// Every second persona has two cores.
PersonaTable synthetic_table(int count, double noise) {
  PersonaTable table{"cnn", 1.0, 8, kUnits, {}};
  for (int d = 0; d < count; ++d) {
    const predictor::SyntheticDevice device = predictor::synthetic_device(kUnits, d, noise);
    Persona persona{device.name, d % 2 == 0 ? 1.0 : 2.0, {}};
    for (const UnitRange range : predictor::all_sub_models(kUnits)) {
      persona.times[range] = device.time(range);
    }
    table.personas.push_back(persona);
  }
  return table;
}

DeviceProfile model() {
  DeviceProfile profile;
  for (int u = 0; u < kUnits; ++u) {
    UnitProfile unit;
    unit.name = "unit" + std::to_string(u + 1);
    unit.output_shape = {8, 4, 4};
    unit.output_values = 128;
    unit.parameter_values = 1000;
    profile.units.push_back(unit);
  }
  return profile;
}

const GroupAccuracy& find(const EvaluationReport& report, const std::string& contestant,
                          const std::string& group) {
  for (const GroupAccuracy& g : report.accuracies) {
    if (g.contestant == contestant && g.group == group) return g;
  }
  throw ConfigError("no " + contestant + " of " + group);
}

TEST(Evaluation, RanksPredictorsAsTheyAre) {
  const PersonaTable table = synthetic_table(24, 0.01);
  std::vector<std::unique_ptr<Contestant>> contestants;
  contestants.push_back(make_closed_form(kUnits, false));
  contestants.push_back(make_capacity_ratio(kUnits));
  contestants.push_back(make_layer_sums(kUnits));
  contestants.push_back(make_flops(model()));
  EvaluationOptions options;
  options.regret_cases = 80;
  const EvaluationReport report =
      evaluate_predictors(table, model(), &table, contestants, options, [](const std::string&) {});

  const Accuracy closed = find(report, "closed form", "unseen").mean;
  EXPECT_LT(closed.mape_percent, 4.0);
  EXPECT_LT(closed.mape_percent,
            find(report, "capacity ratio (FTPipeHD)", "unseen").mean.mape_percent);
  EXPECT_LT(closed.mape_percent,
            find(report, "linear in multiply-adds", "unseen").mean.mape_percent);
  EXPECT_EQ(find(report, "closed form", "unseen").devices.size(), 24U);
  EXPECT_EQ(find(report, "closed form", "unseen core counts").devices.size(), 12U);

  ASSERT_EQ(report.regrets.size(), 6U);
  EXPECT_EQ(report.regrets[0].cases, 80);
  for (const Regret& regret : report.regrets) EXPECT_GE(regret.mean, 1.0);
  EXPECT_LT(report.regrets[0].mean, report.regrets[1].mean);
  EXPECT_LT(report.regrets[0].mean, 1.05);

  EXPECT_LT(report.adaptation.back().mape_percent, report.adaptation.front().mape_percent);
  EXPECT_GE(report.adaptation.front().covered_percent, 80.0);
  EXPECT_EQ(find(report, "measured again", "repeated").mean.mape_percent, 0.0);  // the same table
}

// The second measurement found two personas, at half the speed and otherwise the same.
TEST(Evaluation, OfASecondMeasurementIsOfThePersonasOfBoth) {
  const PersonaTable table = synthetic_table(8, 0.01);
  PersonaTable again = table;
  again.personas.resize(2);
  for (Persona& persona : again.personas) {
    for (auto& [range, time] : persona.times) {
      time.forward *= 2;
      time.backward *= 2;
    }
  }
  EvaluationOptions options;
  options.folds = 4;
  options.regret_cases = 40;
  const auto evaluate = [&](const PersonaTable& repeat) {
    return evaluate_predictors(table, model(), &repeat, {}, options, [](const std::string&) {});
  };
  const EvaluationReport report = evaluate(again);
  const GroupAccuracy& plain = find(report, "measured again", "repeated");
  EXPECT_EQ(plain.devices,
            (std::vector<std::string>{table.personas[0].name, table.personas[1].name}));
  EXPECT_NEAR(plain.mean.mape_percent, 100.0, 0.01);
  EXPECT_NEAR(find(report, "measured again, to scale", "repeated").mean.mape_percent, 0.0, 0.01);
  ASSERT_EQ(report.regrets.size(), 2U);
  EXPECT_EQ(report.regrets[1].cases, 40);
  EXPECT_NEAR(report.regrets[1].worst, 1.0, 1e-3);

  again.personas[0].times.erase({0, 2});
  EXPECT_THROW(evaluate(again), ConfigError);
  again.batch_samples += 1;
  EXPECT_THROW(evaluate(again), ConfigError);
  again = table;
  for (Persona& persona : again.personas) persona.name += "'";
  EXPECT_THROW(evaluate(again), ConfigError);
}

TEST(Evaluation, OfTrueTimesRegretsNothing) {
  // Sums of units measured alone are exact without noise.
  const PersonaTable table = synthetic_table(8, 0.0);
  std::vector<std::unique_ptr<Contestant>> contestants;
  contestants.push_back(make_layer_sums(kUnits));
  contestants.push_back(make_own_fit(kUnits));
  EvaluationOptions options;
  options.folds = 4;
  options.regret_cases = 40;
  const EvaluationReport report =
      evaluate_predictors(table, model(), nullptr, contestants, options, [](const std::string&) {});
  for (const Regret& regret : report.regrets) EXPECT_NEAR(regret.worst, 1.0, 1e-6);
  EXPECT_LT(find(report, "sum of units measured alone", "unseen").mean.worst_percent, 0.01);
  EXPECT_LT(find(report, "additive fit of the device itself", "unseen").mean.worst_percent, 0.01);
}

TEST(Evaluation, RefusesFoldsThatAreTooMany) {
  const PersonaTable table = synthetic_table(6, 0.01);
  EXPECT_THROW(evaluate_predictors(table, model(), nullptr, {}, {}, [](const std::string&) {}),
               ConfigError);
}

TEST(Networks, LearnDevicesAndStayMonotone) {
  torch_stage::initialise_torch(1);
  const PersonaTable table = synthetic_table(9, 0.01);
  std::vector<Persona> devices = table.personas;
  const Persona unseen = devices.back();
  devices.pop_back();
  for (const bool on_closed_form : {false, true}) {
    const auto network = make_network(kUnits, on_closed_form);
    network->train(devices);
    const SubModelTimes times = network->predict(devices.front());
    std::vector<double> predicted;
    std::vector<double> measured;
    for (const auto& [range, time] : devices.front().times) {
      predicted.push_back(to_milliseconds(times.at(range).total()));
      measured.push_back(to_milliseconds(time.total()));
    }
    EXPECT_LT(accuracy_of(predicted, measured).mape_percent, 10.0);
    const SubModelTimes of_unseen = network->predict(unseen);
    EXPECT_EQ(network->predict(unseen).at({1, 4}).forward, of_unseen.at({1, 4}).forward);
    for (const auto& [range, time] : of_unseen) {
      if (range.end == kUnits) continue;
      EXPECT_GE(of_unseen.at({range.begin, range.end + 1}).total(), time.total());
    }
    // Deterministic: trained again, the same bits.
    const auto again = make_network(kUnits, on_closed_form);
    again->train(devices);
    EXPECT_EQ(again->predict(unseen).at({1, 4}).forward, of_unseen.at({1, 4}).forward);
  }
}

}  // namespace
}  // namespace acceptlab::app
