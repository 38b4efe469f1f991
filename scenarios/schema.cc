#include "scenarios/schema.h"

#include <algorithm>
#include <utility>

#include "compression/codec_spec.h"
#include "scenarios/codec_name.h"
#include "scenarios/value.h"

namespace acceptlab::scenarios {
namespace {

using Access = std::function<Field(Scenario&, std::size_t)>;
using LinkAccess = std::function<LinkSettings&(Scenario&, std::size_t)>;

// at(&Scenario::model, &ModelSettings::width) finds scenario.model.width.
template <typename... Members>
Access at(Members... members) {
  return [=](Scenario& scenario, std::size_t) -> Field { return &(scenario.*....*members); };
}

template <typename Member>
Access in_device(Member member) {
  return [=](Scenario& s, std::size_t index) -> Field { return &(s.devices.at(index).*member); };
}

template <typename Member>
Access in_fault(Member member) {
  return [=](Scenario& s, std::size_t index) -> Field { return &(s.faults.at(index).*member); };
}

template <typename Member>
Access in_link_override(Member member) {
  return [=](Scenario& s, std::size_t i) -> Field { return &(s.network.links.at(i).*member); };
}

template <typename Member>
Access in_link(LinkAccess link, Member member) {
  return [link = std::move(link), member](Scenario& s, std::size_t index) -> Field {
    return &(link(s, index).*member);
  };
}

Allowed between(double min, double max, std::string unit = "") {
  return {min, max, std::move(unit), {}, {}, TextRole::kPlain};
}
Allowed one_of(std::vector<std::string> words, std::string shown = "") {
  return {0, 0, "", std::move(words), std::move(shown), TextRole::kPlain};
}
Allowed a_path(TextRole role) { return {0, 0, "", {}, {}, role}; }
// Text without rule, true or false, and words that the type of the field already lists.
Allowed any() { return {}; }

Allowed a_codec() {
  Allowed allowed;
  allowed.words_shown = compression::kCodecNameHelp;
  allowed.read = read_codec_name;
  return allowed;
}

std::vector<Key> general_keys() {
  using S = Scenario;
  using M = ModelSettings;
  using D = DataSettings;
  return {
      {"name", at(&S::name), any(), "Title of the results."},
      {"seed", at(&S::seed), between(0, 9007199254740991.0), "Seed of every random stream."},
      {"method", at(&S::method), any(),
       "A named method sets keys of [schedule], [partition], [adaptation] and [codec]; custom sets "
       "none."},
      {"model.name", at(&S::model, &M::name),
       one_of({"mobilenetv2", "cnn", "vgg11", "resnet18", "vit"}), "Network that is trained."},
      {"model.width", at(&S::model, &M::width), between(0.05, 4), "Multiplier of its channels."},
      {"model.classes", at(&S::model, &M::classes), between(2, 10000),
       "Outputs of its classifier."},
      {"data.set", at(&S::data, &D::set), one_of({"fashion-mnist", "idx", "cifar10", "synthetic"}),
       "Samples to train on."},
      {"data.directory", at(&S::data, &D::directory), a_path(TextRole::kDirectory),
       "Where its files are; empty: where the system installs them."},
      {"data.train_samples", at(&S::data, &D::train_samples), between(0, 1e8),
       "Training samples used; 0: all."},
      {"data.test_samples", at(&S::data, &D::test_samples), between(0, 1e8),
       "Test samples used; 0: all."},
  };
}

std::vector<Key> training_keys() {
  using S = Scenario;
  using T = TrainingSettings;
  return {
      {"training.epochs", at(&S::training, &T::epochs), between(1, 10000), "Passes over the data."},
      {"training.batch_samples", at(&S::training, &T::batch_samples), between(1, 65536),
       "Samples of a mini-batch."},
      {"training.max_batches_per_epoch", at(&S::training, &T::max_batches_per_epoch),
       between(0, 1e8), "An epoch ends after so many mini-batches; 0: all."},
      {"training.micro_batches", at(&S::training, &T::micro_batches), between(1, 1024),
       "Parts of a mini-batch; 1f1b takes 1 only."},
      {"training.learning_rate", at(&S::training, &T::learning_rate), between(1e-9, 100),
       "Step of stochastic gradient descent."},
      {"training.momentum", at(&S::training, &T::momentum), between(0, 0.9999),
       "Share of the last step that is kept."},
      {"training.weight_decay", at(&S::training, &T::weight_decay), between(0, 1),
       "L2 penalty, added to the gradient."},
      {"training.lr_milestones", at(&S::training, &T::lr_milestones), between(1, 10000, "epochs"),
       "After so many epochs the learning rate is multiplied by lr_factor."},
      {"training.lr_factor", at(&S::training, &T::lr_factor), between(1e-6, 1),
       "See lr_milestones."},
      {"training.evaluate", at(&S::training, &T::evaluate), any(),
       "Measure the test accuracy after every epoch."},
      {"training.evaluation_batch_samples", at(&S::training, &T::evaluation_batch_samples),
       between(1, 65536), "Samples of a batch of evaluation."},
      {"training.checkpoint_every_epochs", at(&S::training, &T::checkpoint_every_epochs),
       between(0, 10000), "Save the weights so often; 0: never."},
  };
}

std::vector<Key> decision_keys() {
  using S = Scenario;
  using P = PartitionSettings;
  const Needs dp = {"partition.solver", {"dp"}};
  return {
      {"schedule.kind", at(&S::schedule, &ScheduleSettings::kind), any(),
       "Asynchronous 1F1B, synchronous GPipe, or everything on device 0."},
      {"schedule.weights",
       at(&S::schedule, &ScheduleSettings::weights),
       any(),
       "Backward uses stashed versions (PipeDream) or rotating replicas (FTPipeHD).",
       {"schedule.kind", {"1f1b"}}},
      {"schedule.aggregate_every_batches",
       at(&S::schedule, &ScheduleSettings::aggregate_every_batches),
       between(1, 1e6, "batches"),
       "Replicas are averaged so often.",
       {"schedule.weights", {"replicas"}}},
      {"partition.solver", at(&S::partition, &P::solver), any(),
       "Dynamic program, equal numbers of units, or the given cuts."},
      {"partition.cuts",
       at(&S::partition, &P::cuts),
       between(1, 10000),
       "Last unit, counted from 1, of every stage but the last.",
       {"partition.solver", {"given"}}},
      {"partition.times", at(&S::partition, &P::times), any(),
       "What the solver believes: each device's profile, one capacity each, all alike, or a "
       "trained predictor.",
       dp},
      {"partition.predictor",
       at(&S::partition, &P::predictor),
       a_path(TextRole::kFile),
       "File of the trained predictor.",
       {"partition.times", {"predictor"}}},
      {"partition.mode",
       at(&S::partition, &P::mode),
       any(),
       "Devices in the given order, leaving some out or using all of them; free: in any order, "
       "device 0 first.",
       {"partition.solver", {"dp", "even"}}},
      {"partition.objective", at(&S::partition, &P::objective), any(),
       "What the plan makes least: the slowest stage or link, or all of a mini-batch (GPipe).", dp},
      {"partition.memory_factor", at(&S::partition, &P::memory_factor), between(1, 100),
       "Memory a stage needs, as a multiple of its parameter bytes."},
  };
}

std::vector<Key> codec_keys() {
  using S = Scenario;
  using C = CodecSettings;
  return {
      {"codec.forward",
       at(&S::codec, &C::forward),
       a_codec(),
       "Encoding of activations.",
       {"codec.forward_choices", {"[]"}}},
      {"codec.backward",
       at(&S::codec, &C::backward),
       a_codec(),
       "Encoding of gradients.",
       {"codec.backward_choices", {"[]"}}},
      {"codec.forward_choices", at(&S::codec, &C::forward_choices), a_codec(),
       "Encodings of activations, one of which the planner chooses for each cut, and again "
       "whenever "
       "adaptation reconsiders the plan; empty: forward for all. None loses more than the worst of "
       "the list, so list what training survives."},
      {"codec.backward_choices",
       at(&S::codec, &C::backward_choices),
       a_codec(),
       "The same for gradients; empty: backward for all.",
       {"codec.forward_choices", {"[]"}, true}},
      {"codec.time_tolerance",
       at(&S::codec, &C::time_tolerance),
       between(0, 1),
       "Of all plans at most this share slower than the fastest, the one that loses the least "
       "signal "
       "is taken: few bits only where a link holds up training.",
       {"codec.forward_choices", {"[]"}, true}},
      {"codec.group_values", at(&S::codec, &C::group_values),
       between(0, compression::kMaxGroup, "values"),
       "Values that share scales, a multiple of 8; 0: the codec's own choice. Recorded codec times "
       "are those of 0."},
      {"codec.activation_feedback",
       at(&S::codec, &C::activation_feedback),
       any(),
       "delta sends the change since a sample's last epoch, which both ends keep (AQ-SGD).",
       {"codec.forward", {"none"}, true}},
      {"codec.gradient_feedback",
       at(&S::codec, &C::gradient_feedback),
       any(),
       "error adds to a gradient what the one before it lost in encoding.",
       {"codec.backward", {"none"}, true}},
      {"codec.delta_memory_mb",
       at(&S::codec, &C::delta_memory_mb),
       between(1, 1e7, "MB"),
       "Most that delta may keep on all devices together (10^6 bytes); a run that needs more is "
       "refused.",
       {"codec.activation_feedback", {"delta"}}},
  };
}

std::vector<Key> adaptation_keys() {
  using S = Scenario;
  using A = AdaptationSettings;
  const Needs enabled = {"adaptation.enabled", {"true"}};
  return {
      {"adaptation.enabled", at(&S::adaptation, &A::enabled), any(),
       "Devices report their times; where another plan is worth it, units move during the run."},
      {"adaptation.replan_at_batches", at(&S::adaptation, &A::replan_at_batches),
       between(1, 1e8, "batches"),
       "After so many mini-batches of the run a new plan is considered.", enabled},
      {"adaptation.replan_every_batches", at(&S::adaptation, &A::replan_every_batches),
       between(0, 1e8, "batches"),
       "After the last of them, again and again after so many; 0: no more.", enabled},
      {"adaptation.min_gain", at(&S::adaptation, &A::min_gain), between(0, 0.99),
       "Least predicted gain that units move for, as a share of the time per batch.", enabled},
      {"adaptation.hysteresis_factor", at(&S::adaptation, &A::hysteresis_factor), between(1, 1000),
       "The predicted gain until the end of the run must exceed so many times the cost of moving.",
       enabled},
  };
}

std::vector<Key> recovery_keys() {
  using S = Scenario;
  using R = RecoverySettings;
  const Needs enabled = {"recovery.enabled", {"true"}};
  return {
      {"recovery.enabled", at(&S::recovery, &R::enabled), any(),
       "Stages are copied to other devices; where one is lost, training goes on with the rest."},
      {"recovery.replicate_every_batches", at(&S::recovery, &R::replicate_every_batches),
       between(1, 1e8, "batches"),
       "After so many mini-batches of the run the pipeline drains and each stage is copied to the "
       "device behind.",
       enabled},
      {"recovery.central_copy_every_batches", at(&S::recovery, &R::central_copy_every_batches),
       between(1, 1e8, "batches"),
       "After so many also to device 0; a multiple of replicate_every_batches.", enabled},
      {"recovery.batch_deadline_s", at(&S::recovery, &R::batch_deadline_s),
       between(0.001, 1e6, "s"), "Without another mini-batch done in this time devices are probed.",
       enabled},
      {"recovery.probe_timeout_s", at(&S::recovery, &R::probe_timeout_s), between(0.001, 1e6, "s"),
       "A device that has not answered by then is lost.", enabled},
  };
}

std::vector<Key> fault_keys() {
  const auto with = [](std::vector<std::string> kinds) {
    return Needs{"faults[].kind", std::move(kinds)};
  };
  const Needs of_device = with({"kill", "pause", "restart"});
  const Needs of_link = with({"link_down", "bandwidth", "corrupt"});
  return {
      {"faults[].kind", in_fault(&Fault::kind), any(),
       "A device stops for good, stands still, or comes back empty; a link is down or slow in both "
       "directions; a byte of the next message from -> to is changed."},
      {"faults[].at_s", in_fault(&Fault::at_s), between(0, 1e6, "s"), "When, in virtual time."},
      {"faults[].at_batch", in_fault(&Fault::at_batch), between(0, 1e8, "batches"),
       "Or once so many mini-batches of the run are done; 0: at_s says when."},
      {"faults[].device", in_fault(&Fault::device), between(0, 63), "Index of the device.",
       of_device},
      {"faults[].from", in_fault(&Fault::from), between(0, 63), "Index of the sending device.",
       of_link},
      {"faults[].to", in_fault(&Fault::to), between(0, 63), "Index of the receiving device.",
       of_link},
      {"faults[].duration_s", in_fault(&Fault::duration_s), between(0.001, 1e6, "s"),
       "How long it lasts; restart: until the device is back.",
       with({"pause", "restart", "link_down", "bandwidth"})},
      {"faults[].factor", in_fault(&Fault::factor), between(0.0001, 1),
       "What is left of the bandwidth, though not less than 0.1 Mbit/s.", with({"bandwidth"})},
  };
}

std::vector<Key> device_keys() {
  return {
      {"device_count", at(&Scenario::devices), between(1, 64),
       "Short for so many [[devices]] that are all alike."},
      {"devices[].name", in_device(&Device::name), any(), "Unique; empty: \"device<index>\"."},
      {"devices[].slowdown", in_device(&Device::slowdown), between(0.01, 1000),
       "Compute time as a multiple of the reference device's."},
      {"devices[].slowdown_steps", in_device(&Device::slowdown_steps), between(0.01, 1000),
       "[[time_s, factor], ...]: factors on top of slowdown from these times on."},
      {"devices[].memory_mb", in_device(&Device::memory_mb), between(1, 1e7, "MB"),
       "Memory for training (10^6 bytes)."},
      {"devices[].profile", in_device(&Device::profile), a_path(TextRole::kFile),
       "Its measured device profile, for planning and recorded costs; slowdown applies on top."},
  };
}

// The settings of one direction, of the default link ("network.") or of a listed one.
std::vector<Key> link_keys(const std::string& prefix, const LinkAccess& link) {
  using L = LinkSettings;
  const auto field = [&](auto member) { return in_link(link, member); };
  const auto with = [&](std::vector<std::string> kinds) {
    return Needs{prefix + "bandwidth_model", std::move(kinds)};
  };
  const Allowed rate = between(0.1, 10000, "Mbit/s");
  const Allowed time = between(0.001, 1e6, "s");
  return {
      {prefix + "delay_ms", field(&L::delay_ms), between(0, 500, "ms"),
       "Propagation delay, one way."},
      {prefix + "loss_rate", field(&L::loss_rate), between(0, 0.05),
       "Probability that a packet is lost."},
      {prefix + "queue_packets", field(&L::queue_packets), between(0, 1e6, "packets"),
       "Queue of the sending device; 0: never drops."},
      {prefix + "bandwidth_model", field(&L::bandwidth_model), any(),
       "How the bandwidth changes over time."},
      {prefix + "bandwidth_mbit_s", field(&L::bandwidth_mbit_s), rate,
       "Bandwidth; with random_walk: where it starts.", with({"constant", "random_walk"})},
      {prefix + "steps", field(&L::steps), rate, "[[time_s, mbit_s], ...] from time 0 on.",
       with({"steps"})},
      {prefix + "steps_period_s", field(&L::steps_period_s), between(0, 1e6, "s"),
       "The steps repeat after this time; 0: the last one holds.", with({"steps"})},
      {prefix + "markov_good_mbit_s", field(&L::markov_good_mbit_s), rate,
       "Bandwidth in the good state.", with({"markov"})},
      {prefix + "markov_bad_mbit_s", field(&L::markov_bad_mbit_s), rate,
       "Bandwidth in the bad state.", with({"markov"})},
      {prefix + "markov_good_mean_s", field(&L::markov_good_mean_s), time,
       "Mean stay in the good state.", with({"markov"})},
      {prefix + "markov_bad_mean_s", field(&L::markov_bad_mean_s), time,
       "Mean stay in the bad state.", with({"markov"})},
      {prefix + "walk_min_mbit_s", field(&L::walk_min_mbit_s), rate,
       "Lowest bandwidth of the walk.", with({"random_walk"})},
      {prefix + "walk_max_mbit_s", field(&L::walk_max_mbit_s), rate,
       "Highest bandwidth of the walk.", with({"random_walk"})},
      {prefix + "walk_interval_s", field(&L::walk_interval_s), time, "Time between two steps.",
       with({"random_walk"})},
      {prefix + "walk_step", field(&L::walk_step), between(0.001, 0.99),
       "Largest relative change in one step.", with({"random_walk"})},
      {prefix + "trace", field(&L::trace), a_path(TextRole::kFile),
       "Recorded bandwidth: mahimahi format, or .csv with time_s,mbps.", with({"trace"})},
      {prefix + "trace_bin_ms", field(&L::trace_bin_ms), between(1, 60000, "ms"),
       "Window over which a mahimahi trace is averaged.", with({"trace"})},
  };
}

std::vector<Key> network_keys() {
  using S = Scenario;
  using N = NetworkSettings;
  return {
      {"network.model", at(&S::network, &N::model), any(),
       "TCP packet by packet, or whole messages: faster, without loss and queues."},
      {"network.segment_bytes", at(&S::network, &N::segment_bytes), between(536, 60000, "bytes"),
       "TCP payload of a packet."},
      {"network.stall_limit_s", at(&S::network, &N::stall_limit_s), between(1, 1e6, "s"),
       "A run fails after so much virtual time without progress."},
  };
}

std::vector<Key> link_override_keys() {
  return {
      {"network.links[].from", in_link_override(&LinkOverride::from), between(0, 63),
       "Index of the sending device."},
      {"network.links[].to", in_link_override(&LinkOverride::to), between(0, 63),
       "Index of the receiving device."},
      {"network.links[].both", in_link_override(&LinkOverride::both), any(),
       "Holds for the other direction, too."},
  };
}

std::vector<Key> output_keys() {
  using S = Scenario;
  return {
      {"cost.source", at(&S::cost, &CostSettings::source), any(),
       "Compute times: of this execution, or recorded in profiles (deterministic)."},
      {"cost.profile", at(&S::cost, &CostSettings::profile), a_path(TextRole::kFile),
       "Device profile of device 0, and of all devices without one of their own."},
      {"cost.numerics", at(&S::cost, &CostSettings::numerics), any(),
       "Compute the tensors; false: times and sizes only."},
      {"results.timeline_batches", at(&S::results, &ResultSettings::timeline_batches),
       between(0, 1e6, "batches"), "First mini-batches that the timeline shows."},
      {"results.warmup_batches", at(&S::results, &ResultSettings::warmup_batches),
       between(0, 1e6, "batches"), "First mini-batches left out of steady-state figures."},
  };
}

std::vector<Key> build() {
  std::vector<Key> all;
  const auto append = [&](std::vector<Key> keys) {
    std::move(keys.begin(), keys.end(), std::back_inserter(all));
  };
  append(general_keys());
  append(training_keys());
  append(decision_keys());
  append(codec_keys());
  append(adaptation_keys());
  append(recovery_keys());
  append(network_keys());
  append(link_keys("network.",
                   [](Scenario& s, std::size_t) -> LinkSettings& { return s.network.link; }));
  append(output_keys());
  append(device_keys());
  append(link_override_keys());
  append(link_keys("network.links[].", [](Scenario& s, std::size_t index) -> LinkSettings& {
    return s.network.links.at(index).link;
  }));
  append(fault_keys());
  return all;
}

}  // namespace

std::string needed_text(const std::string& word) {
  return word == "true" || word == "false" || word == "[]" ? word : toml_text(word);
}

std::string to_string(const Needs& needs) {
  std::string words;
  for (const std::string& word : needs.words) {
    words += (words.empty() ? "" : " or ") + needed_text(word);
  }
  return needs.key + (needs.otherwise ? " other than " : " = ") + words;
}

std::string Key::path_at(std::size_t index) const {
  std::string text = path;
  const std::size_t brackets = text.find("[]");
  if (brackets != std::string::npos) text.insert(brackets + 1, std::to_string(index));
  return text;
}

const std::vector<Key>& schema() {
  static const std::vector<Key> keys = build();
  return keys;
}

const Key* find_key(const std::string& path) {
  const auto& keys = schema();
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.path == path; });
  return found == keys.end() ? nullptr : &*found;
}

std::size_t item_count(const Key& key, const Scenario& scenario) {
  if (key.path.rfind("devices[]", 0) == 0) return scenario.devices.size();
  if (key.path.rfind("network.links[]", 0) == 0) return scenario.network.links.size();
  if (key.path.rfind("faults[]", 0) == 0) return scenario.faults.size();
  return 1;
}

Scenario one_of_each() {
  Scenario scenario;
  scenario.devices.resize(1);
  scenario.network.links.resize(1);
  scenario.faults.resize(1);
  return scenario;
}

bool is_list_of_tables(const std::string& path) { return is_section(path + "[]"); }

bool is_section(const std::string& path) {
  const std::string prefix = path + ".";
  const auto& keys = schema();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const Key& key) { return key.path.rfind(prefix, 0) == 0; });
}

}  // namespace acceptlab::scenarios
