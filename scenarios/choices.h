#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/base/span.h"
#include "scenarios/scenario.h"

namespace acceptlab::scenarios {

using Words = Span<const std::string_view>;

// The words of an enumeration, in the order of its enumerators. The argument only picks the type.
Words words_of(Method);
Words words_of(ScheduleKind);
Words words_of(WeightPolicy);
Words words_of(Solver);
Words words_of(TimeSource);
Words words_of(DeviceOrder);
Words words_of(PlanObjective);
Words words_of(NetworkModel);
Words words_of(BandwidthKind);
Words words_of(CostSource);
Words words_of(ActivationFeedback);
Words words_of(GradientFeedback);
Words words_of(FaultKind);

}  // namespace acceptlab::scenarios
