#include "scenarios/methods.h"

#include "runtime/base/check.h"
#include "scenarios/field.h"

namespace acceptlab::scenarios {
namespace {

// The rule's word as a file would give it for that key.
Value value_of(const MethodRow::Rule& rule, const Field& field) {
  if (std::holds_alternative<bool*>(field)) return {rule.word == "true", {}};
  return {rule.word, {}};
}

void store(const MethodRow::Rule& rule, Scenario& scenario) {
  const Key* key = find_key(rule.path);
  ACCEPTLAB_CHECK(key != nullptr);
  const Field field = key->field(scenario, 0);
  ACCEPTLAB_CHECK(!assign(field, key->allowed, value_of(rule, field)));
}

void check_and_store(const MethodRow::Rule& rule, const Settings& settings, Scenario& scenario,
                     Diagnostics& problems) {
  store(rule, scenario);
  const std::string wanted = text_of(find_key(rule.path)->field(scenario, 0)).value_or("");
  const Setting* setting = settings.find(rule.path);
  if (setting == nullptr || toml_text(*setting->value) == wanted) return;
  const Setting* method = settings.find("method");
  problems.add(setting->value->origin, rule.path,
               "must be " + wanted + " with method = " + toml_text(to_string(scenario.method)) +
                   " (" + (method == nullptr ? "default" : method->value->origin.text) + "), got " +
                   toml_text(*setting->value));
}

// The cheapest setting whose accuracy was within half a point of full precision
// (docs/paper_figures.md).
std::vector<MethodRow::Rule> default_codec() {
  return {{"codec.forward", "mbq5"}, {"codec.backward", "suq3"}};
}

std::vector<MethodRow::Rule> accept_sets(const std::string& times) {
  return {{"schedule.kind", "1f1b"},        {"schedule.weights", "replicas"},
          {"partition.solver", "dp"},       {"partition.times", times},
          {"partition.mode", "fixed_skip"}, {"adaptation.enabled", "true"}};
}

}  // namespace

const std::vector<MethodRow>& methods() {
  static const std::vector<MethodRow> rows = {
      {Method::kSingle, {{"schedule.kind", "single"}}, false, {}},
      {Method::kEven,
       {{"schedule.kind", "1f1b"}, {"partition.solver", "even"}, {"partition.mode", "fixed_all"}},
       false,
       {}},
      {Method::kPipedream,
       {{"schedule.kind", "1f1b"},
        {"schedule.weights", "stash"},
        {"partition.solver", "dp"},
        {"partition.times", "equal"},
        {"partition.mode", "fixed_skip"}},
       false,
       {}},
      {Method::kFtpipehd,
       {{"schedule.kind", "1f1b"},
        {"schedule.weights", "replicas"},
        {"partition.solver", "dp"},
        {"partition.times", "capacity"},
        {"partition.mode", "fixed_skip"}},
       false,
       {}},
      {Method::kFtpipehdCodec,
       {{"schedule.kind", "1f1b"},
        {"schedule.weights", "replicas"},
        {"partition.solver", "dp"},
        {"partition.times", "capacity"},
        {"partition.mode", "fixed_skip"}},
       true,
       default_codec()},
      {Method::kAccept, accept_sets("predictor"), true, default_codec()},
      {Method::kAcceptNoCodec, accept_sets("predictor"), false, {}},
      {Method::kAcceptNoPredictor, accept_sets("capacity"), true, default_codec()},
  };
  return rows;
}

void apply_method(const Settings& settings, Scenario& scenario, Diagnostics& problems) {
  for (const MethodRow& row : methods()) {
    if (row.method != scenario.method) continue;
    for (const MethodRow::Rule& rule : row.sets) {
      check_and_store(rule, settings, scenario, problems);
    }
    for (const MethodRow::Rule& rule : row.defaults) {
      if (settings.find(rule.path) == nullptr) store(rule, scenario);
    }
    if (!row.compresses) scenario.codec = CodecSettings{};
  }
}

}  // namespace acceptlab::scenarios
