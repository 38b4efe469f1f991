#include "scenarios/rules.h"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "compression/codec_spec.h"
#include "scenarios/fault_rules.h"

namespace acceptlab::scenarios {
namespace {

// What every rule needs, so that a rule reads as one condition and one sentence.
class Rules {
 public:
  Rules(const Settings& settings, const Scenario& scenario, Diagnostics& problems)
      : settings_(settings), scenario_(scenario), problems_(problems) {}

  void check_all() const {
    check_device_names();
    check_training();
    check_data();
    check_codecs();
    check_objective();
    check_cuts();
    check_adaptation();
    check_link_ends();
    check_default_link();
    for (std::size_t i = 0; i < scenario_.network.links.size(); ++i) {
      check_link(scenario_.network.links[i].link, link_path(i) + ".");
    }
    check_cost();
    check_fault_rules(settings_, scenario_, problems_);
  }

 private:
  void require(bool holds, std::initializer_list<std::string> paths,
               const std::string& rule) const {
    if (!holds) settings_.complain(paths, rule, problems_);
  }
  static std::string link_path(std::size_t index) {
    return "network.links[" + std::to_string(index) + "]";
  }

  void check_device_names() const {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < scenario_.devices.size(); ++i) {
      const auto [at, is_new] = first.emplace(scenario_.devices[i].name, i);
      require(is_new, {"devices[" + std::to_string(i) + "].name"},
              "must be unique, but devices[" + std::to_string(at->second) + "] has the name \"" +
                  at->first + "\", too");
    }
  }

  void check_training() const {
    const TrainingSettings& training = scenario_.training;
    const std::string micro = std::to_string(training.micro_batches);
    require(training.micro_batches == 1 || scenario_.schedule.kind != ScheduleKind::k1f1b,
            {"training.micro_batches", "schedule.kind"},
            "must be 1 with schedule.kind = \"1f1b\", got " + micro);
    require(training.micro_batches <= training.batch_samples,
            {"training.micro_batches", "training.batch_samples"},
            "must be at most training.batch_samples = " + std::to_string(training.batch_samples) +
                ", got " + micro);
    const int batches = training.max_batches_per_epoch;
    require(batches == 0 || scenario_.results.warmup_batches < batches,
            {"results.warmup_batches", "training.max_batches_per_epoch"},
            "leaves nothing to measure: an epoch has " + std::to_string(batches) + " batches");
  }

  void check_data() const {
    const std::string& set = scenario_.data.set;
    require((set != "idx" && set != "cifar10") || !scenario_.data.directory.empty(),
            {"data.directory", "data.set"}, "must be given with data.set = \"" + set + "\"");
    require((set != "fashion-mnist" && set != "cifar10") || scenario_.model.classes >= 10,
            {"model.classes", "data.set"},
            "must be 10 or more with data.set = \"" + set + "\", got " +
                std::to_string(scenario_.model.classes));
  }

  void check_codecs() const {
    const CodecSettings& codec = scenario_.codec;
    check_codec("codec.forward", codec.forward);
    check_codec("codec.backward", codec.backward);
    for (const std::string& name : codec.forward_choices) {
      check_codec("codec.forward_choices", name);
    }
    for (const std::string& name : codec.backward_choices) {
      check_codec("codec.backward_choices", name);
    }
    check_choices();
    require(codec.group_values % 8 == 0, {"codec.group_values"},
            "must be a multiple of 8, got " + std::to_string(codec.group_values));
    const compression::CodecSpec forward = compression::parse_codec(codec.forward).value();
    require(codec.activation_feedback == ActivationFeedback::kNone || !is_one_sided(forward),
            {"codec.activation_feedback", "codec.forward"},
            "differences are of both signs, which codec.forward = \"" + codec.forward +
                "\" cannot send");
  }

  void check_codec(const std::string& path, const std::string& name) const {
    const compression::CodecSpec spec = compression::parse_codec(name).value();
    require(scenario_.cost.numerics || !(spec.zeros || spec.lossless), {path, "cost.numerics"},
            "must have neither -zeros nor -zstd with cost.numerics = false: their sizes depend on "
            "the values, got \"" +
                name + "\"");
  }

  void check_choices() const {
    const CodecSettings& codec = scenario_.codec;
    if (!codec.is_chosen()) return;
    const std::string one_only =
        "must be \"none\" with codecs to choose from: what feedback remembers belongs to one";
    require(codec.activation_feedback == ActivationFeedback::kNone,
            {"codec.activation_feedback", "codec.forward_choices"}, one_only);
    require(codec.gradient_feedback == GradientFeedback::kNone,
            {"codec.gradient_feedback", "codec.forward_choices"}, one_only);
    require(scenario_.partition.objective == PlanObjective::kBottleneck,
            {"codec.forward_choices", "partition.objective"},
            "must be empty with partition.objective = \"makespan\", which weighs no quality");
  }

  static bool is_one_sided(const compression::CodecSpec& spec) {
    const bool has_range =
        spec.scheme == compression::Scheme::kUniform || spec.scheme == compression::Scheme::kSuq;
    return has_range && spec.range == compression::Range::kKnown &&
           (spec.low >= 0.0F || spec.high <= 0.0F);
  }

  void check_objective() const {
    const PartitionSettings& partition = scenario_.partition;
    require(partition.mode != DeviceOrder::kFree || partition.solver == Solver::kDp,
            {"partition.mode", "partition.solver"},
            "must not be \"free\" with partition.solver = \"even\", which orders nothing");
    require(partition.objective != PlanObjective::kMakespan ||
                scenario_.schedule.kind == ScheduleKind::kGpipe,
            {"partition.objective", "schedule.kind"},
            "must be \"bottleneck\" unless schedule.kind = \"gpipe\": only there a mini-batch ends "
            "before the next begins");
  }

  void check_cuts() const {
    const PartitionSettings& partition = scenario_.partition;
    if (partition.solver != Solver::kGiven || scenario_.schedule.kind == ScheduleKind::kSingle) {
      return;
    }
    require(!partition.cuts.empty(), {"partition.cuts", "partition.solver"},
            "must be given with partition.solver = \"given\"");
    require(partition.cuts.size() < scenario_.devices.size() || partition.cuts.empty(),
            {"partition.cuts"},
            "makes " + std::to_string(partition.cuts.size() + 1) + " stages for " +
                std::to_string(scenario_.devices.size()) + " devices");
  }

  void check_adaptation() const {
    const PartitionSettings& partition = scenario_.partition;
    require(partition.times != TimeSource::kPredictor || !partition.predictor.empty(),
            {"partition.predictor", "partition.times", "method"},
            "must be given with partition.times = \"predictor\"");
    const AdaptationSettings& adaptation = scenario_.adaptation;
    if (!adaptation.enabled) return;
    require(scenario_.schedule.kind != ScheduleKind::kSingle,
            {"adaptation.enabled", "schedule.kind"},
            "must be false with schedule.kind = \"single\": one device has nothing to move");
    require(partition.solver == Solver::kDp, {"adaptation.enabled", "partition.solver"},
            "must be false unless partition.solver = \"dp\", which can choose another plan");
    require(
        partition.times == TimeSource::kCapacity || partition.times == TimeSource::kPredictor,
        {"adaptation.enabled", "partition.times"},
        "must be false unless partition.times = \"capacity\" or \"predictor\", which learn from "
        "reported times");
    require(!adaptation.replan_at_batches.empty() || adaptation.replan_every_batches > 0,
            {"adaptation.replan_at_batches", "adaptation.enabled"},
            "must name a batch, or replan_every_batches must be above 0");
  }

  void check_link_ends() const {
    std::map<std::pair<int, int>, std::size_t> first;
    for (std::size_t i = 0; i < scenario_.network.links.size(); ++i) {
      const LinkOverride& link = scenario_.network.links[i];
      const std::string from = link_path(i) + ".from";
      const std::string to = link_path(i) + ".to";
      require(settings_.find(from) != nullptr, {from, to}, "must be given");
      require(settings_.find(to) != nullptr, {to, from}, "must be given");
      if (settings_.find(from) == nullptr || settings_.find(to) == nullptr) continue;
      check_device_exists(link.from, from);
      check_device_exists(link.to, to);
      require(link.from != link.to, {to}, "a link cannot lead from a device to itself");
      if (link.from == link.to) continue;
      check_listed_once(first, i, link.from, link.to);
      if (link.both) check_listed_once(first, i, link.to, link.from);
    }
  }

  void check_device_exists(int device, const std::string& path) const {
    const int devices = static_cast<int>(scenario_.devices.size());
    require(device < devices, {path},
            "there is no device " + std::to_string(device) + ", the scenario has " +
                std::to_string(devices) + ", counted from 0");
  }

  void check_listed_once(std::map<std::pair<int, int>, std::size_t>& first, std::size_t index,
                         int from, int to) const {
    const auto [at, is_new] = first.emplace(std::make_pair(from, to), index);
    require(is_new, {link_path(index) + ".from"},
            "direction " + std::to_string(from) + " -> " + std::to_string(to) +
                " is set by network.links[" + std::to_string(at->second) + "] already");
  }

  void check_default_link() const { check_link(scenario_.network.link, "network."); }

  void check_link(const LinkSettings& link, const std::string& at) const {
    const auto need = [&](bool holds, const char* key, const std::string& rule) {
      require(holds,
              {at + key, at + "bandwidth_model", std::string("network.") + key,
               "network.bandwidth_model"},
              rule);
    };
    if (link.bandwidth_model == BandwidthKind::kSteps) {
      need(!link.steps.empty(), "steps", "must be given with bandwidth_model = \"steps\"");
      need(link.steps.empty() || link.steps.front().time_s == 0, "steps",
           "the first step must be at time 0");
      need(link.steps.empty() || link.steps_period_s == 0 ||
               link.steps_period_s > link.steps.back().time_s,
           "steps_period_s", "must be 0 or later than the last step");
    }
    if (link.bandwidth_model == BandwidthKind::kTrace) {
      need(!link.trace.empty(), "trace", "must be given with bandwidth_model = \"trace\"");
    }
    if (link.bandwidth_model == BandwidthKind::kRandomWalk) {
      need(link.walk_min_mbit_s < link.walk_max_mbit_s, "walk_min_mbit_s",
           "must be less than walk_max_mbit_s");
      need(link.bandwidth_mbit_s >= link.walk_min_mbit_s &&
               link.bandwidth_mbit_s <= link.walk_max_mbit_s,
           "bandwidth_mbit_s", "the walk must start between its lowest and its highest bandwidth");
    }
    if (scenario_.network.model == NetworkModel::kMessage) {
      const std::string rule = "must be 0 with network.model = \"message\": use \"packet\"";
      need(link.loss_rate == 0, "loss_rate", rule);
      need(link.queue_packets == 0, "queue_packets", rule);
    }
  }

  void check_cost() const {
    if (scenario_.cost.source == CostSource::kMeasured) {
      require(scenario_.cost.numerics, {"cost.numerics", "cost.source"},
              "must be true with cost.source = \"measured\": nothing is measured without tensors");
      return;
    }
    for (std::size_t i = 0; i < scenario_.devices.size(); ++i) {
      require(!scenario_.devices[i].profile.empty() || !scenario_.cost.profile.empty(),
              {"cost.profile", "cost.source"},
              "must be given with cost.source = \"profile\": devices[" + std::to_string(i) +
                  "] has no profile of its own");
    }
  }

  const Settings& settings_;
  const Scenario& scenario_;
  Diagnostics& problems_;
};

}  // namespace

void check_rules(const Settings& settings, const Scenario& scenario, Diagnostics& problems) {
  Rules(settings, scenario, problems).check_all();
}

}  // namespace acceptlab::scenarios
