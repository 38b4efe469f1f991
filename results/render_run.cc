#include <fmt/format.h>

#include <optional>
#include <string>

#include "results/csv.h"
#include "results/manifest.h"
#include "results/render.h"
#include "results/summary_json.h"
#include "results/text_table.h"

namespace acceptlab::results {
namespace fs = std::filesystem;
namespace {

std::string fixed(std::optional<double> value, int decimals) {
  return value ? format_fixed(*value, decimals) : "-";
}

std::string bytes_text(double bytes) {
  if (bytes >= 1e9) return fmt::format("{:.2f} GB", bytes / 1e9);
  if (bytes >= 1e6) return fmt::format("{:.2f} MB", bytes / 1e6);
  if (bytes >= 1e3) return fmt::format("{:.2f} kB", bytes / 1e3);
  return fmt::format("{:.0f} B", bytes);
}

std::string device_text(DeviceId device, const std::string& name) {
  return name.empty() ? std::to_string(device.value) : fmt::format("{} ({})", device.value, name);
}

std::string line(const std::string& key, const std::string& value) {
  return fmt::format("{:<16}{}\n", key, value);
}

std::string setting_text(const RunSummary& s, const fs::path& folder) {
  std::string text = line("run", fmt::format("{} ({})", s.name, folder.string()));
  text += line("method", s.method);
  text += line("model", s.model);
  text += line("data set", s.data_set + (s.synthetic_data ? " (SYNTHETIC)" : ""));
  text += line("costs", s.cost_source);
  const std::string rate =
      s.bandwidth_mbit_s ? fmt::format(", {} Mbit/s", *s.bandwidth_mbit_s) : "";
  text += line("network", s.network_model + rate);
  text += line("times", fmt::format("{}, seed {}", s.clock, s.seed));
  return text;
}

std::string codec_memory_text(const RunSummary& s) {
  std::string stages;
  for (const StageSummary& stage : s.stages) {
    stages += fmt::format("{}stage {} {}", stages.empty() ? "" : ", ", stage.stage,
                          bytes_text(static_cast<double>(stage.codec_memory_bytes)));
  }
  return fmt::format("{} of feedback ({})", bytes_text(static_cast<double>(s.codec_memory_bytes)),
                     stages);
}

std::string times_text(const RunSummary& s) {
  std::string text = line(
      "time per batch",
      fmt::format("{:.3f} ms (median {:.3f} ms; {} of {} batches measured, warm-up {} an epoch)",
                  s.time_per_batch_ms, s.median_time_per_batch_ms, s.measured_batches, s.batches,
                  s.warmup_batches));
  text += line("throughput", fmt::format("{:.1f} samples/s", s.samples_per_s));
  text += line("bubble", fmt::format("{:.1f} % of the stages' time idle", s.bubble_percent));
  text += line("bottleneck", s.bottleneck.name.empty()
                                 ? "none"
                                 : fmt::format("{}: busy {:.3f} ms a batch", s.bottleneck.name,
                                               s.bottleneck.busy_ms));
  if (s.predicted_time_per_batch_ms) {
    text += line("plan predicted", fmt::format("{:.3f} ms a batch ({:+.1f} % against measured)",
                                               *s.predicted_time_per_batch_ms,
                                               s.prediction_error_percent.value_or(0.0)));
  }
  if (s.single_device_ms) {
    text += line("single device", fmt::format("{:.3f} ms a batch; speed-up {}", *s.single_device_ms,
                                              fixed(s.speedup_over_single, 2)));
  }
  text +=
      line("totals",
           fmt::format("{:.3f} s training, {:.3f} s evaluation, {:.3f} s in all; activations {}, "
                       "gradients {}",
                       s.train_s, s.evaluation_s, s.total_s,
                       bytes_text(static_cast<double>(s.activation_bytes)),
                       bytes_text(static_cast<double>(s.gradient_bytes))));
  if (s.activation_bits_per_value) {
    text +=
        line("bits per value",
             fmt::format("{:.2f} activations, {:.2f} gradients, headers included",
                         *s.activation_bits_per_value, s.gradient_bits_per_value.value_or(0.0)));
  }
  if (s.codec_memory_bytes > 0) text += line("codec memory", codec_memory_text(s));
  return text;
}

std::string stages_text(const RunSummary& s) {
  TextTable table({"stage", "device", "units", "predicted ms", "compute ms", "codec ms",
                   "update ms", "wait ms", "busy %", "staleness"});
  for (const StageSummary& stage : s.stages) {
    table.row({std::to_string(stage.stage), device_text(stage.device, stage.device_name),
               to_string(stage.units), fixed(stage.predicted_ms, 3),
               format_fixed(stage.compute_ms, 3), format_fixed(stage.codec_ms, 3),
               format_fixed(stage.update_ms, 3), format_fixed(stage.wait_ms, 3),
               format_fixed(stage.busy_percent, 1), std::to_string(stage.max_staleness_updates)});
  }
  return "\nStages, per batch\n" + table.render(2);
}

std::string cuts_text(const RunSummary& s) {
  TextTable table({"cut", "devices", "predicted ms", "transfer ms", "activation ms", "gradient ms",
                   "activation", "gradient"});
  for (const CutSummary& cut : s.cuts) {
    const auto from = static_cast<std::size_t>(cut.from_stage);
    const double sent = from < s.stages.size() ? s.stages[from].activation_bytes : 0.0;
    const double back = from + 1 < s.stages.size() ? s.stages[from + 1].gradient_bytes : 0.0;
    table.row({fmt::format("{}|{}", cut.from_stage, cut.from_stage + 1),
               fmt::format("{} <-> {}", cut.from.value, cut.to.value), fixed(cut.predicted_ms, 3),
               format_fixed(cut.transfer_ms(), 3), format_fixed(cut.activation_ms, 3),
               format_fixed(cut.gradient_ms, 3), bytes_text(sent), bytes_text(back)});
  }
  return table.empty() ? "" : "\nCuts, per batch\n" + table.render(2);
}

std::string links_text(const RunSummary& s) {
  TextTable table({"link", "busy ms a batch", "utilisation %", "messages", "message bytes",
                   "wire bytes", "dropped packets"});
  for (const LinkSummary& link : s.links) {
    table.row({fmt::format("{} -> {}", link.from.value, link.to.value),
               format_fixed(link.busy_ms, 3), format_fixed(link.utilisation_percent, 1),
               std::to_string(link.messages), bytes_text(static_cast<double>(link.message_bytes)),
               bytes_text(static_cast<double>(link.wire_bytes)),
               std::to_string(link.dropped_packets)});
  }
  return table.empty() ? "" : "\nLinks\n" + table.render(2);
}

std::string repartitions_text(const RunSummary& s) {
  if (s.repartitions.empty()) return "";
  TextTable table({"epoch", "batch", "at s", "drain ms", "move ms", "moved", "before ms",
                   "after ms", "predicted gain", "cost ms"});
  std::string plans = line("  first plan", s.repartitions.front().plan_before);
  for (const RepartitionSummary& change : s.repartitions) {
    table.row({std::to_string(change.epoch), std::to_string(change.batch),
               format_fixed(change.start_ms * 1e-3, 3), format_fixed(change.drain_ms, 3),
               format_fixed(change.move_ms, 3), bytes_text(static_cast<double>(change.moved_bytes)),
               fixed(change.before_ms, 3), fixed(change.after_ms, 3),
               format_fixed(change.predicted_gain_ms, 3),
               format_fixed(change.predicted_cost_ms, 3)});
    plans += line(fmt::format("  from {}.{}", change.epoch, change.batch), change.plan_after);
  }
  return "\nRepartitions (before, after: time per batch)\n" + table.render(2) + plans;
}

std::string or_dash(const std::string& cell) { return cell.empty() ? "-" : cell; }

std::string recoveries_text(const RunSummary& s) {
  if (s.recoveries.empty()) return "";
  TextTable table({"epoch", "batch", "at s", "cause", "lost", "restarted", "resumed", "again",
                   "silent ms", "recover ms", "retrain ms", "total ms", "moved"});
  std::string notes;
  for (const RecoverySummary& r : s.recoveries) {
    table.row({std::to_string(r.epoch), std::to_string(r.batch),
               format_fixed(r.detected_ms * 1e-3, 3), r.cause, or_dash(r.lost),
               or_dash(r.restarted), fmt::format("{}.{}", r.resumed_epoch, r.resumed_batch),
               std::to_string(r.retrained_batches), format_fixed(r.silent_ms, 3),
               format_fixed(r.recover_ms, 3), fixed(r.retrain_ms, 3), fixed(r.total_ms, 3),
               bytes_text(static_cast<double>(r.moved_bytes))});
    notes += fmt::format("  {}.{}: {}; plan {}\n", r.epoch, r.batch, r.what, r.plan_after);
  }
  return "\nRecoveries (again: batches trained once more)\n" + table.render(2) + notes;
}

std::string replication_text(const RunSummary& s) {
  const ReplicationSummary& r = s.replication;
  if (r.count == 0) return "";
  return '\n' +
         line("replication",
              fmt::format("{} times ({} whole): {:.3f} ms drained, {} copied, in all", r.count,
                          r.whole, r.drain_ms, bytes_text(static_cast<double>(r.copied_bytes))));
}

std::string adaptation_text(const std::optional<AdaptationShare>& share) {
  if (!share) return "";
  const AdaptationCost& cost = share->cost;
  return '\n' +
         line("adaptation",
              fmt::format("{:.3f} ms learning from {} stage times, {:.3f} ms for {} decisions: "
                          "{} % of training",
                          to_milliseconds(cost.learning), cost.observations,
                          to_milliseconds(cost.deciding), cost.decisions,
                          fixed(share->percent_of_training, 3)));
}

// From epochs.csv, so that an unfinished run shows its epochs too.
std::string epochs_text(const CsvTable& epochs) {
  TextTable table({"epoch", "at s", "train s", "train loss", "train accuracy %", "test loss",
                   "test accuracy %"});
  for (std::size_t r = 0; r < epochs.rows.size(); ++r) {
    table.row(
        {epochs.at(r, "epoch"), epochs.at(r, "evaluated_s"), epochs.at(r, "train_s"),
         or_dash(epochs.at(r, "train_loss_nats")), or_dash(epochs.at(r, "train_accuracy_percent")),
         or_dash(epochs.at(r, "test_loss_nats")), or_dash(epochs.at(r, "test_accuracy_percent"))});
  }
  return table.empty() ? "" : "\nEpochs\n" + table.render(2);
}

std::string warnings_text(const RunSummary& s) {
  std::string text;
  for (const std::string& warning : s.warnings) text += "warning: " + warning + '\n';
  return text.empty() ? "" : '\n' + text;
}

Result<std::string> render_unfinished(const fs::path& folder, const CsvTable& epochs) {
  const Result<CsvTable> progress = read_csv(folder / "progress.csv");
  if (!progress.ok()) return progress.error();
  std::string text = line("run", folder.string());
  text += line("state", fmt::format("NOT FINISHED: under way or interrupted after {} batches",
                                    progress.value().rows.size()));
  return text + epochs_text(epochs);
}

}  // namespace

Result<std::string> render_run(const fs::path& folder) {
  if (!fs::exists(folder / "manifest.json")) {
    return Error{ErrorKind::kConfig, folder.string() + ": is not a run folder (no manifest.json)"};
  }
  const Result<CsvTable> epochs = read_csv(folder / "epochs.csv");
  if (!epochs.ok()) return epochs.error();
  if (!fs::exists(folder / "summary.json")) return render_unfinished(folder, epochs.value());
  const Result<RunSummary> summary = read_summary(folder);
  if (!summary.ok()) return summary.error();
  const Result<std::optional<AdaptationShare>> adaptation = read_adaptation(folder);
  if (!adaptation.ok()) return adaptation.error();
  const RunSummary& s = summary.value();
  return setting_text(s, folder) + '\n' + times_text(s) + stages_text(s) + cuts_text(s) +
         links_text(s) + repartitions_text(s) + recoveries_text(s) + replication_text(s) +
         adaptation_text(adaptation.value()) + epochs_text(epochs.value()) + warnings_text(s);
}

Result<std::string> render(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    return Error{ErrorKind::kConfig, folder.string() + ": there is no such folder"};
  }
  if (fs::exists(folder / "sweep.csv")) return render_sweep(folder);
  if (fs::exists(folder / "manifest.json")) return render_run(folder);
  if (fs::exists(folder / "fidelity.csv")) return render_fidelity(folder);
  return Error{ErrorKind::kConfig,
               folder.string() +
                   ": holds neither a run (manifest.json) nor a sweep (sweep.csv) "
                   "nor a validation (fidelity.csv)"};
}

}  // namespace acceptlab::results
