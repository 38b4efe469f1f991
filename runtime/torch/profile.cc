#include "runtime/torch/profile.h"

#include <torch/torch.h>

#include <algorithm>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/torch/cpu_timer.h"
#include "runtime/torch/replica.h"
#include "runtime/torch/setup.h"
#include "runtime/torch/sgd.h"

namespace acceptlab::torch_stage {
namespace {

Duration median(std::vector<Duration> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  if (times.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(times.begin(), middle)) / 2;
}

struct Times {
  std::vector<Duration> forward;
  std::vector<Duration> backward;
  std::vector<Duration> update;
};

// A model made for measuring: its units, and an input for each of them.
class Subject {
 public:
  explicit Subject(const ProfileOptions& options)
      : options_(options), model_(make_model(options.model)) {
    at::Generator generator = at::detail::createCPUGenerator(options.seed);
    std::vector<std::int64_t> shape(model_.input.begin(), model_.input.end());
    shape.insert(shape.begin(), options.batch_samples);
    torch::Tensor x = torch::randn(shape, generator);
    labels_ =
        torch::randint(model_.options.classes, {options.batch_samples}, generator, torch::kInt64);
    const torch::NoGradGuard no_grad;
    for (int u = 0; u < model_.unit_count(); ++u) {
      inputs_.push_back(x);
      replicas_.push_back(build_replica(model_, {u, u + 1}, options.seed));
      sgd_.emplace_back(SgdOptions{}, replicas_.back().weights);
      x = replicas_.back().forward(x);
    }
  }

  int unit_count() const { return model_.unit_count(); }

  // One training step of the whole model, cut after every unit, so that each unit is timed
  // among its neighbours. Appends to `times`, one per unit.
  void step(std::vector<Times>& times) {
    const int units = unit_count();
    std::vector<torch::Tensor> entering;
    std::vector<torch::Tensor> leaving;
    torch::Tensor x = inputs_.front();
    for (int u = 0; u < units; ++u) {
      entering.push_back(leaf(x, u));
      CpuTimer timer;
      leaving.push_back(run({u, u + 1}, entering.back()));
      at(times, u).forward.push_back(timer.lap());
      x = leaving.back();
    }
    torch::Tensor gradient;
    for (int u = units - 1; u >= 0; --u) {
      CpuTimer timer;
      at(leaving, u).backward(gradient);
      at(leaving, u) = torch::Tensor();
      at(times, u).backward.push_back(timer.lap());
      gradient = at(entering, u).grad();
    }
    for (int u = 0; u < units; ++u) {
      CpuTimer timer;
      update(u);
      at(times, u).update.push_back(timer.lap());
    }
  }

  // Forward and backward of `range` as one piece, without update.
  void step(UnitRange range, Times& times) {
    const torch::Tensor input = leaf(at(inputs_, range.begin), range.begin);
    CpuTimer timer;
    torch::Tensor output = run(range, input);
    times.forward.push_back(timer.lap());
    const torch::Tensor gradient =
        range.end == unit_count() ? torch::Tensor() : torch::full_like(output, 1e-3);
    timer.lap();
    output.backward(gradient);
    output = torch::Tensor();
    times.backward.push_back(timer.lap());
    for (int u = range.begin; u < range.end; ++u) at(replicas_, u).drop_gradients();
  }

 private:
  template <typename T>
  static T& at(std::vector<T>& values, int index) {
    return values[static_cast<std::size_t>(index)];
  }

  // What crosses a cut: values without history, with a gradient unless they are the samples.
  static torch::Tensor leaf(const torch::Tensor& x, int unit) {
    return x.detach().requires_grad_(unit > 0);
  }

  torch::Tensor run(UnitRange range, torch::Tensor x) {
    for (int u = range.begin; u < range.end; ++u) x = at(replicas_, u).forward(x);
    if (range.end < unit_count()) return x;
    return torch::nn::functional::cross_entropy(x, labels_);
  }

  // With a learning rate of 0 the arithmetic is that of a real step, but the weights stay sane.
  void update(int u) {
    Replica& replica = at(replicas_, u);
    at(sgd_, u).step(replica.weights, replica.weights, 0.0);
  }

  const ProfileOptions& options_;
  Model model_;
  torch::Tensor labels_;
  std::vector<torch::Tensor> inputs_;  // of each unit
  std::vector<Replica> replicas_;      // one unit each
  std::vector<Sgd> sgd_;
};

void measure_units(Subject& subject, const ProfileOptions& options, DeviceProfile& profile) {
  std::vector<Times> times(profile.units.size());
  for (int i = 0; i < options.warmup; ++i) subject.step(times);
  times.assign(profile.units.size(), {});
  for (int i = 0; i < options.repetitions; ++i) subject.step(times);
  for (std::size_t u = 0; u < times.size(); ++u) {
    profile.units[u].forward = median(times[u].forward);
    profile.units[u].backward = median(times[u].backward);
    profile.units[u].update = median(times[u].update);
  }
}

StageTime measure_range(Subject& subject, const ProfileOptions& options, UnitRange range) {
  Times times;
  for (int i = 0; i < options.warmup; ++i) subject.step(range, times);
  times = {};
  for (int i = 0; i < options.repetitions; ++i) subject.step(range, times);
  return {median(times.forward), median(times.backward)};
}

void check(const ProfileOptions& options) {
  if (options.batch_samples < 1 || options.repetitions < 1 || options.warmup < 0) {
    throw ConfigError("a profile needs at least 1 sample, 1 repetition and 0 warm-up runs");
  }
}

}  // namespace

DeviceProfile profile_model(const ProfileOptions& options) {
  check(options);
  DeviceProfile profile = describe_model(options.model);
  profile.batch_samples = options.batch_samples;
  profile.device = options.device;
  profile.environment = torch_environment();
  Subject subject(options);
  const int units = subject.unit_count();
  const int total = options.sub_models == SubModels::kAll ? 1 + units * (units - 1) / 2 : 1;
  int done = 0;
  const auto report = [&] {
    ++done;
    if (options.progress) options.progress(done, total);
  };
  measure_units(subject, options, profile);
  report();
  if (options.sub_models == SubModels::kNone) return profile;
  for (int begin = 0; begin < units; ++begin) {
    for (int end = begin + 2; end <= units; ++end) {
      const UnitRange range{begin, end};
      profile.sub_models[range] = measure_range(subject, options, range);
      report();
    }
  }
  return profile;
}

DeviceProfile describe_model(const ModelOptions& options) {
  const Model model = make_model(options);
  DeviceProfile profile;
  profile.model = options.name;
  profile.width = options.width;
  profile.classes = options.classes;
  for (const Unit& unit : model.units) {
    UnitProfile sizes;
    sizes.name = unit.name;
    sizes.output_shape = unit.output;
    sizes.output_values = value_count(unit.output);
    for (const torch::Tensor& weight : unit.make()->parameters()) {
      sizes.parameter_values += weight.numel();
    }
    profile.units.push_back(std::move(sizes));
  }
  return profile;
}

}  // namespace acceptlab::torch_stage
