#include "results/summary_json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "results/json_object.h"
#include "results/text_file.h"

namespace acceptlab::results {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* kFormat = "acceptlab-summary";
constexpr int kVersion = 4;
constexpr double kAny = std::numeric_limits<double>::max();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// Six decimals (of a millisecond: one nanosecond). What is not finite becomes null.
OrderedJson rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  const double scaled = value * 1e6;
  return std::abs(scaled) < 9e15 ? std::round(scaled) / 1e6 : value;
}
OrderedJson rounded(std::optional<double> value) {
  return value ? rounded(*value) : OrderedJson(nullptr);
}

OrderedJson to_json(const StageSummary& stage) {
  OrderedJson json;
  json["stage"] = stage.stage;
  json["device"] = stage.device.value;
  json["device_name"] = stage.device_name;
  json["first_unit"] = stage.units.first_unit();
  json["last_unit"] = stage.units.last_unit();
  json["predicted_ms"] = rounded(stage.predicted_ms);
  json["compute_ms"] = rounded(stage.compute_ms);
  json["codec_ms"] = rounded(stage.codec_ms);
  json["update_ms"] = rounded(stage.update_ms);
  json["wait_ms"] = rounded(stage.wait_ms);
  json["busy_ms"] = rounded(stage.busy_ms);
  json["busy_percent"] = rounded(stage.busy_percent);
  json["activation_bytes"] = rounded(stage.activation_bytes);
  json["gradient_bytes"] = rounded(stage.gradient_bytes);
  json["max_staleness_updates"] = stage.max_staleness_updates;
  json["codec_memory_bytes"] = stage.codec_memory_bytes;
  return json;
}

OrderedJson to_json(const CutSummary& cut) {
  OrderedJson json;
  json["from_stage"] = cut.from_stage;
  json["from_device"] = cut.from.value;
  json["to_device"] = cut.to.value;
  json["predicted_ms"] = rounded(cut.predicted_ms);
  json["activation_ms"] = rounded(cut.activation_ms);
  json["gradient_ms"] = rounded(cut.gradient_ms);
  return json;
}

OrderedJson to_json(const LinkSummary& link) {
  OrderedJson json;
  json["from_device"] = link.from.value;
  json["to_device"] = link.to.value;
  json["busy_ms"] = rounded(link.busy_ms);
  json["utilisation_percent"] = rounded(link.utilisation_percent);
  json["messages"] = link.messages;
  json["message_bytes"] = link.message_bytes;
  json["wire_bytes"] = link.wire_bytes;
  json["dropped_packets"] = link.dropped_packets;
  return json;
}

OrderedJson to_json(const RepartitionSummary& change) {
  OrderedJson json;
  json["epoch"] = change.epoch;
  json["batch"] = change.batch;
  json["plan_before"] = change.plan_before;
  json["plan_after"] = change.plan_after;
  json["start_ms"] = rounded(change.start_ms);
  json["drain_ms"] = rounded(change.drain_ms);
  json["move_ms"] = rounded(change.move_ms);
  json["moved_bytes"] = change.moved_bytes;
  json["predicted_gain_ms"] = rounded(change.predicted_gain_ms);
  json["predicted_cost_ms"] = rounded(change.predicted_cost_ms);
  json["time_per_batch_before_ms"] = rounded(change.before_ms);
  json["time_per_batch_after_ms"] = rounded(change.after_ms);
  return json;
}

OrderedJson to_json(const RecoverySummary& recovery) {
  OrderedJson json;
  json["cause"] = recovery.cause;
  json["what"] = recovery.what;
  json["lost_devices"] = recovery.lost;
  json["restarted_devices"] = recovery.restarted;
  json["epoch"] = recovery.epoch;
  json["batch"] = recovery.batch;
  json["resumed_epoch"] = recovery.resumed_epoch;
  json["resumed_batch"] = recovery.resumed_batch;
  json["retrained_batches"] = recovery.retrained_batches;
  json["detected_ms"] = rounded(recovery.detected_ms);
  json["silent_ms"] = rounded(recovery.silent_ms);
  json["recover_ms"] = rounded(recovery.recover_ms);
  json["retrain_ms"] = rounded(recovery.retrain_ms);
  json["total_ms"] = rounded(recovery.total_ms);
  json["moved_bytes"] = recovery.moved_bytes;
  json["plan_before"] = recovery.plan_before;
  json["plan_after"] = recovery.plan_after;
  return json;
}

OrderedJson to_json(const ReplicationSummary& replication) {
  OrderedJson json;
  json["count"] = replication.count;
  json["whole"] = replication.whole;
  json["drain_ms"] = rounded(replication.drain_ms);
  json["copied_bytes"] = replication.copied_bytes;
  return json;
}

template <typename T>
OrderedJson list_to_json(const std::vector<T>& items) {
  OrderedJson list = OrderedJson::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

void write_setting(const RunSummary& s, OrderedJson& json) {
  json["name"] = s.name;
  json["method"] = s.method;
  json["model"] = s.model;
  json["data_set"] = s.data_set;
  json["synthetic_data"] = s.synthetic_data;
  json["network_model"] = s.network_model;
  json["cost_source"] = s.cost_source;
  json["clock"] = s.clock;
  json["seed"] = s.seed;
  json["bandwidth_mbit_s"] = rounded(s.bandwidth_mbit_s);
}

void write_figures(const RunSummary& s, OrderedJson& json) {
  json["batches"] = s.batches;
  json["measured_batches"] = s.measured_batches;
  json["warmup_batches"] = s.warmup_batches;
  json["time_per_batch_ms"] = rounded(s.time_per_batch_ms);
  json["median_time_per_batch_ms"] = rounded(s.median_time_per_batch_ms);
  json["samples_per_s"] = rounded(s.samples_per_s);
  json["train_s"] = rounded(s.train_s);
  json["evaluation_s"] = rounded(s.evaluation_s);
  json["total_s"] = rounded(s.total_s);
  json["bubble_percent"] = rounded(s.bubble_percent);
  json["bottleneck"]["kind"] = s.bottleneck.kind;
  json["bottleneck"]["name"] = s.bottleneck.name;
  json["bottleneck"]["busy_ms"] = rounded(s.bottleneck.busy_ms);
  json["predicted_time_per_batch_ms"] = rounded(s.predicted_time_per_batch_ms);
  json["prediction_error_percent"] = rounded(s.prediction_error_percent);
  json["single_device_ms"] = rounded(s.single_device_ms);
  json["speedup_over_single"] = rounded(s.speedup_over_single);
  json["activation_bytes"] = s.activation_bytes;
  json["gradient_bytes"] = s.gradient_bytes;
  json["activation_bits_per_value"] = rounded(s.activation_bits_per_value);
  json["gradient_bits_per_value"] = rounded(s.gradient_bits_per_value);
  json["codec_memory_bytes"] = s.codec_memory_bytes;
  json["epochs"] = s.epochs;
  json["train_loss_nats"] = rounded(s.train_loss_nats);
  json["train_accuracy_percent"] = rounded(s.train_accuracy_percent);
  json["test_loss_nats"] = rounded(s.test_loss_nats);
  json["test_accuracy_percent"] = rounded(s.test_accuracy_percent);
}

int read_index(JsonObject& object, const std::string& key) {
  return static_cast<int>(object.integer(key, 0, 1 << 20));
}

double read_amount(JsonObject& object, const std::string& key) {
  return object.number(key, 0.0, kAny);
}

std::optional<double> read_optional(JsonObject& object, const std::string& key) {
  return object.optional_number(key, -kAny, kAny);
}

StageSummary read_stage(JsonObject object) {
  StageSummary stage;
  stage.stage = read_index(object, "stage");
  stage.device.value = read_index(object, "device");
  stage.device_name = object.text("device_name");
  stage.units.begin = static_cast<int>(object.integer("first_unit", 1, 1 << 20)) - 1;
  stage.units.end = static_cast<int>(object.integer("last_unit", 1, 1 << 20));
  stage.predicted_ms = read_optional(object, "predicted_ms");
  stage.compute_ms = read_amount(object, "compute_ms");
  stage.codec_ms = read_amount(object, "codec_ms");
  stage.update_ms = read_amount(object, "update_ms");
  stage.wait_ms = read_amount(object, "wait_ms");
  stage.busy_ms = read_amount(object, "busy_ms");
  stage.busy_percent = read_amount(object, "busy_percent");
  stage.activation_bytes = read_amount(object, "activation_bytes");
  stage.gradient_bytes = read_amount(object, "gradient_bytes");
  stage.max_staleness_updates = object.integer("max_staleness_updates", 0, kMost);
  stage.codec_memory_bytes = object.integer("codec_memory_bytes", 0, kMost);
  object.finish();
  return stage;
}

CutSummary read_cut(JsonObject object) {
  CutSummary cut;
  cut.from_stage = read_index(object, "from_stage");
  cut.from.value = read_index(object, "from_device");
  cut.to.value = read_index(object, "to_device");
  cut.predicted_ms = read_optional(object, "predicted_ms");
  cut.activation_ms = read_amount(object, "activation_ms");
  cut.gradient_ms = read_amount(object, "gradient_ms");
  object.finish();
  return cut;
}

LinkSummary read_link(JsonObject object) {
  LinkSummary link;
  link.from.value = read_index(object, "from_device");
  link.to.value = read_index(object, "to_device");
  link.busy_ms = read_amount(object, "busy_ms");
  link.utilisation_percent = read_amount(object, "utilisation_percent");
  link.messages = object.integer("messages", 0, kMost);
  link.message_bytes = object.integer("message_bytes", 0, kMost);
  link.wire_bytes = object.integer("wire_bytes", 0, kMost);
  link.dropped_packets = object.integer("dropped_packets", 0, kMost);
  object.finish();
  return link;
}

RepartitionSummary read_repartition(JsonObject object) {
  RepartitionSummary change;
  change.epoch = object.integer("epoch", 0, kMost);
  change.batch = object.integer("batch", 0, kMost);
  change.plan_before = object.text("plan_before");
  change.plan_after = object.text("plan_after");
  change.start_ms = read_amount(object, "start_ms");
  change.drain_ms = read_amount(object, "drain_ms");
  change.move_ms = read_amount(object, "move_ms");
  change.moved_bytes = object.integer("moved_bytes", 0, kMost);
  change.predicted_gain_ms = object.number("predicted_gain_ms", -kAny, kAny);
  change.predicted_cost_ms = read_amount(object, "predicted_cost_ms");
  change.before_ms = read_optional(object, "time_per_batch_before_ms");
  change.after_ms = read_optional(object, "time_per_batch_after_ms");
  object.finish();
  return change;
}

RecoverySummary read_recovery(JsonObject object) {
  RecoverySummary recovery;
  recovery.cause = object.text("cause");
  recovery.what = object.text("what");
  recovery.lost = object.text("lost_devices");
  recovery.restarted = object.text("restarted_devices");
  recovery.epoch = object.integer("epoch", 0, kMost);
  recovery.batch = object.integer("batch", 0, kMost);
  recovery.resumed_epoch = object.integer("resumed_epoch", 0, kMost);
  recovery.resumed_batch = object.integer("resumed_batch", 0, kMost);
  recovery.retrained_batches = object.integer("retrained_batches", 0, kMost);
  recovery.detected_ms = read_amount(object, "detected_ms");
  recovery.silent_ms = read_amount(object, "silent_ms");
  recovery.recover_ms = read_amount(object, "recover_ms");
  recovery.retrain_ms = read_optional(object, "retrain_ms");
  recovery.total_ms = read_optional(object, "total_ms");
  recovery.moved_bytes = object.integer("moved_bytes", 0, kMost);
  recovery.plan_before = object.text("plan_before");
  recovery.plan_after = object.text("plan_after");
  object.finish();
  return recovery;
}

ReplicationSummary read_replication(JsonObject object) {
  ReplicationSummary replication;
  replication.count = object.integer("count", 0, kMost);
  replication.whole = object.integer("whole", 0, kMost);
  replication.drain_ms = read_amount(object, "drain_ms");
  replication.copied_bytes = object.integer("copied_bytes", 0, kMost);
  object.finish();
  return replication;
}

void read_setting(JsonObject& object, RunSummary& s) {
  s.name = object.text("name");
  s.method = object.text("method");
  s.model = object.text("model");
  s.data_set = object.text("data_set");
  s.synthetic_data = object.boolean("synthetic_data");
  s.network_model = object.text("network_model");
  s.cost_source = object.text("cost_source");
  s.clock = object.text("clock");
  s.seed = object.unsigned_integer("seed");
  s.bandwidth_mbit_s = read_optional(object, "bandwidth_mbit_s");
}

void read_figures(JsonObject& object, RunSummary& s) {
  s.batches = object.integer("batches", 0, kMost);
  s.measured_batches = object.integer("measured_batches", 0, kMost);
  s.warmup_batches = read_index(object, "warmup_batches");
  s.time_per_batch_ms = read_amount(object, "time_per_batch_ms");
  s.median_time_per_batch_ms = read_amount(object, "median_time_per_batch_ms");
  s.samples_per_s = read_amount(object, "samples_per_s");
  s.train_s = read_amount(object, "train_s");
  s.evaluation_s = read_amount(object, "evaluation_s");
  s.total_s = read_amount(object, "total_s");
  s.bubble_percent = object.number("bubble_percent", -kAny, 100.0);
  JsonObject bottleneck = object.object("bottleneck");
  s.bottleneck.kind = bottleneck.text("kind");
  s.bottleneck.name = bottleneck.text("name");
  s.bottleneck.busy_ms = read_amount(bottleneck, "busy_ms");
  bottleneck.finish();
  s.predicted_time_per_batch_ms = read_optional(object, "predicted_time_per_batch_ms");
  s.prediction_error_percent = read_optional(object, "prediction_error_percent");
  s.single_device_ms = read_optional(object, "single_device_ms");
  s.speedup_over_single = read_optional(object, "speedup_over_single");
  s.activation_bytes = object.integer("activation_bytes", 0, kMost);
  s.gradient_bytes = object.integer("gradient_bytes", 0, kMost);
  // Summaries of earlier versions lack them.
  const auto read_bits = [&object](const std::string& key) {
    return object.has(key) ? read_optional(object, key) : std::nullopt;
  };
  s.activation_bits_per_value = read_bits("activation_bits_per_value");
  s.gradient_bits_per_value = read_bits("gradient_bits_per_value");
  s.codec_memory_bytes = object.integer("codec_memory_bytes", 0, kMost);
  s.epochs = object.integer("epochs", 0, kMost);
  s.train_loss_nats = read_optional(object, "train_loss_nats");
  s.train_accuracy_percent = read_optional(object, "train_accuracy_percent");
  s.test_loss_nats = read_optional(object, "test_loss_nats");
  s.test_accuracy_percent = read_optional(object, "test_accuracy_percent");
}

RunSummary read_object(JsonObject object) {
  if (object.text("format") != kFormat) object.fail("format", fmt::format("must be '{}'", kFormat));
  object.integer("version", kVersion, kVersion);
  RunSummary summary;
  read_setting(object, summary);
  read_figures(object, summary);
  for (const JsonObject& item : object.objects("stages")) {
    summary.stages.push_back(read_stage(item));
  }
  for (const JsonObject& item : object.objects("cuts")) summary.cuts.push_back(read_cut(item));
  for (const JsonObject& item : object.objects("links")) summary.links.push_back(read_link(item));
  for (const JsonObject& item : object.objects("repartitions")) {
    summary.repartitions.push_back(read_repartition(item));
  }
  for (const JsonObject& item : object.objects("recoveries")) {
    summary.recoveries.push_back(read_recovery(item));
  }
  summary.replication = read_replication(object.object("replication"));
  summary.warnings = object.texts("warnings");
  object.finish();
  return summary;
}

}  // namespace

std::string summary_to_json(const RunSummary& summary) {
  OrderedJson json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  write_setting(summary, json);
  write_figures(summary, json);
  json["stages"] = list_to_json(summary.stages);
  json["cuts"] = list_to_json(summary.cuts);
  json["links"] = list_to_json(summary.links);
  json["repartitions"] = list_to_json(summary.repartitions);
  json["recoveries"] = list_to_json(summary.recoveries);
  json["replication"] = to_json(summary.replication);
  json["warnings"] = summary.warnings;
  return dump_json(json);
}

Result<RunSummary> summary_from_json(const std::string& text, const std::string& origin) {
  try {
    const nlohmann::json json = parse_json(text, origin);
    return read_object(JsonObject(json, origin));
  } catch (const ConfigError& e) {
    return Error{ErrorKind::kCorrupt, e.what()};
  }
}

Result<RunSummary> read_summary(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "summary.json";
  const Result<std::string> text = read_text(path);
  if (!text.ok()) return text.error();
  return summary_from_json(text.value(), path.string());
}

}  // namespace acceptlab::results
