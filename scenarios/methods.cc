#include "scenarios/methods.h"

#include "runtime/base/check.h"
#include "scenarios/field.h"

namespace acceptlab::scenarios {
namespace {

void store(const MethodRow::Rule& rule, Scenario& scenario) {
  const Key* key = find_key(rule.path);
  ACCEPTLAB_CHECK(key != nullptr);
  const Value word{rule.word, {}};
  ACCEPTLAB_CHECK(!assign(key->field(scenario, 0), key->allowed, word));
}

void check_and_store(const MethodRow::Rule& rule, const Settings& settings, Scenario& scenario,
                     Diagnostics& problems) {
  const Setting* setting = settings.find(rule.path);
  const auto* word = setting == nullptr ? nullptr : setting->value->get<std::string>();
  if (word != nullptr && *word != rule.word) {
    const Setting* method = settings.find("method");
    problems.add(setting->value->origin, rule.path,
                 "must be " + toml_text(rule.word) +
                     " with method = " + toml_text(to_string(scenario.method)) + " (" +
                     (method == nullptr ? "default" : method->value->origin.text) + "), got " +
                     toml_text(*word));
  }
  store(rule, scenario);
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
       {{"codec.forward", "mbq4"}, {"codec.backward", "suq8"}}},
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
