#include "runtime/base/check.h"
#include "runtime/torch/weight_store.h"

namespace acceptlab::torch_stage {
namespace {

// PipeDream's weight stashing (Narayanan et al., SOSP 2019). The master has the newest weights;
// each slot has a copy of the version that its batch began with. With one slot the master itself
// computes.
class StashedWeights : public WeightStore {
 public:
  StashedWeights(const Model& model, const TorchStageOptions& options)
      : master_(build_replica(model, options.units, options.seed)),
        sgd_(options.sgd, master_.weights) {
    if (options.slots == 1) return;
    for (int slot = 0; slot < options.slots; ++slot) {
      stash_.push_back({build_replica(model, options.units, options.seed), 0});
      share_buffers(stash_.back().replica, master_);
    }
  }

  Replica& forward_replica(int slot) override {
    if (stash_.empty()) return master_;
    Stash& stash = at(slot);
    if (stash.version != version_) copy_weights(master_.weights, stash.replica);
    stash.version = version_;
    return stash.replica;
  }

  Replica& replica(int slot) override { return stash_.empty() ? master_ : at(slot).replica; }

  void update(int slot, double learning_rate) override {
    Replica& source = replica(slot);
    ACCEPTLAB_CHECK(source.graphs == 0);
    sgd_.step(master_.weights, source.weights, learning_rate);
    ++version_;
  }

  void aggregate() override {}  // there is one set of weights already

  Replica& newest() override { return master_; }
  std::vector<torch::Tensor>& newest_momenta() override { return sgd_.momenta(); }
  void newest_changed() override { ++version_; }

 private:
  struct Stash {
    Replica replica;
    std::int64_t version;
  };

  Stash& at(int slot) { return stash_[static_cast<std::size_t>(slot)]; }

  Replica master_;
  Sgd sgd_;
  std::vector<Stash> stash_;  // empty where slots == 1
  std::int64_t version_ = 0;  // of the master
};

}  // namespace

std::unique_ptr<WeightStore> make_stashed_weights(const Model& model,
                                                  const TorchStageOptions& options) {
  return std::make_unique<StashedWeights>(model, options);
}

}  // namespace acceptlab::torch_stage
