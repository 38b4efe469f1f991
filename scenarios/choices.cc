#include "scenarios/choices.h"

#include <array>

#include "runtime/base/check.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::array<std::string_view, 9> kMethods = {
    "single",         "even",   "pipedream",       "ftpipehd",
    "ftpipehd+codec", "accept", "accept-no-codec", "accept-no-predictor",
    "custom"};
constexpr std::array<std::string_view, 3> kSchedules = {"1f1b", "gpipe", "single"};
constexpr std::array<std::string_view, 2> kWeights = {"stash", "replicas"};
constexpr std::array<std::string_view, 3> kSolvers = {"dp", "even", "given"};
constexpr std::array<std::string_view, 4> kTimes = {"profile", "capacity", "equal", "predictor"};
constexpr std::array<std::string_view, 3> kOrders = {"fixed_skip", "fixed_all", "free"};
constexpr std::array<std::string_view, 2> kObjectives = {"bottleneck", "makespan"};
constexpr std::array<std::string_view, 2> kNetworks = {"packet", "message"};
constexpr std::array<std::string_view, 5> kBandwidths = {"constant", "steps", "markov",
                                                         "random_walk", "trace"};
constexpr std::array<std::string_view, 2> kCosts = {"measured", "profile"};
constexpr std::array<std::string_view, 2> kActivationFeedbacks = {"none", "delta"};
constexpr std::array<std::string_view, 2> kGradientFeedbacks = {"none", "error"};
constexpr std::array<std::string_view, 6> kFaults = {"kill",      "pause",     "restart",
                                                     "link_down", "bandwidth", "corrupt"};

template <std::size_t kCount>
Words words(const std::array<std::string_view, kCount>& names) {
  return Words(names.data(), names.size());
}

template <typename Enum>
std::string_view word_of(Enum value) {
  const Words names = words_of(value);
  const auto index = static_cast<std::size_t>(value);
  ACCEPTLAB_CHECK(index < names.size());
  return names[index];
}

}  // namespace

Words words_of(Method) { return words(kMethods); }
Words words_of(ScheduleKind) { return words(kSchedules); }
Words words_of(WeightPolicy) { return words(kWeights); }
Words words_of(Solver) { return words(kSolvers); }
Words words_of(TimeSource) { return words(kTimes); }
Words words_of(DeviceOrder) { return words(kOrders); }
Words words_of(PlanObjective) { return words(kObjectives); }
Words words_of(NetworkModel) { return words(kNetworks); }
Words words_of(BandwidthKind) { return words(kBandwidths); }
Words words_of(CostSource) { return words(kCosts); }
Words words_of(ActivationFeedback) { return words(kActivationFeedbacks); }
Words words_of(GradientFeedback) { return words(kGradientFeedbacks); }
Words words_of(FaultKind) { return words(kFaults); }

std::string_view to_string(Method value) { return word_of(value); }
std::string_view to_string(ScheduleKind value) { return word_of(value); }
std::string_view to_string(WeightPolicy value) { return word_of(value); }
std::string_view to_string(Solver value) { return word_of(value); }
std::string_view to_string(TimeSource value) { return word_of(value); }
std::string_view to_string(DeviceOrder value) { return word_of(value); }
std::string_view to_string(PlanObjective value) { return word_of(value); }
std::string_view to_string(NetworkModel value) { return word_of(value); }
std::string_view to_string(BandwidthKind value) { return word_of(value); }
std::string_view to_string(CostSource value) { return word_of(value); }
std::string_view to_string(ActivationFeedback value) { return word_of(value); }
std::string_view to_string(GradientFeedback value) { return word_of(value); }
std::string_view to_string(FaultKind value) { return word_of(value); }

}  // namespace acceptlab::scenarios
