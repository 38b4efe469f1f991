#include "predictor/probe_design.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>

#include "runtime/base/check.h"

namespace acceptlab::predictor {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

double sum_over(const Vector& values, const Structure& structure, Eigen::Index offset) {
  double sum = 0.0;
  for (const int f : structure) sum += values[offset + f];
  return sum;
}

// The covariance as measurements make it smaller.
class Design {
 public:
  Design(const AdditivePrior& prior, const std::vector<Structure>& candidates)
      : prior_(prior),
        candidates_(candidates),
        mean_(Eigen::Map<const Vector>(prior.mean().data(), size())),
        covariance_(Eigen::Map<const Matrix>(prior.covariance().data(), size(), size())) {}

  // What measuring a candidate takes away of the sum of all candidates' relative variances.
  double gain(const Structure& probe) const {
    double gain = 0.0;
    for (Eigen::Index offset = 0; offset < size(); offset += prior_.features()) {
      const Vector direction = covariance_times(probe, offset);
      const double doubt = doubt_of(probe, offset, direction);
      for (const Structure& candidate : candidates_) {
        for (Eigen::Index at = 0; at < size(); at += prior_.features()) {
          const double expected = std::max(sum_over(mean_, candidate, at), kLeastTime);
          const double shared = sum_over(direction, candidate, at) / expected;
          gain += shared * shared / doubt;
        }
      }
    }
    return gain;
  }

  void measure(const Structure& probe) {
    for (Eigen::Index offset = 0; offset < size(); offset += prior_.features()) {
      const Vector direction = covariance_times(probe, offset);
      covariance_.noalias() -=
          direction * direction.transpose() / doubt_of(probe, offset, direction);
    }
  }

 private:
  static constexpr double kLeastTime = 1e-6;

  Eigen::Index size() const { return static_cast<Eigen::Index>(prior_.size()); }
  Vector covariance_times(const Structure& probe, Eigen::Index offset) const {
    Vector direction = Vector::Zero(size());
    for (const int f : probe) direction += covariance_.col(offset + f);
    return direction;
  }
  double doubt_of(const Structure& probe, Eigen::Index offset, const Vector& direction) const {
    const double noise = prior_.setting().noise * sum_over(mean_, probe, offset);
    return sum_over(direction, probe, offset) + noise * noise;
  }

  const AdditivePrior& prior_;
  const std::vector<Structure>& candidates_;
  Vector mean_;
  Matrix covariance_;
};

}  // namespace

std::vector<std::size_t> design_probes(const AdditivePrior& prior,
                                       const std::vector<Structure>& candidates, int count) {
  ACCEPTLAB_CHECK(count >= 1 && count <= static_cast<int>(candidates.size()));
  Design design(prior, candidates);
  std::vector<std::size_t> chosen;
  while (static_cast<int>(chosen.size()) < count) {
    std::size_t best = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      if (std::find(chosen.begin(), chosen.end(), c) != chosen.end()) continue;
      const double gain = design.gain(candidates[c]);
      if (gain > most) {
        most = gain;
        best = c;
      }
    }
    chosen.push_back(best);
    design.measure(candidates[best]);
  }
  return chosen;
}

}  // namespace acceptlab::predictor
