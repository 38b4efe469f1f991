#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/torch/weight_store.h"

namespace acceptlab::torch_stage {
namespace {

using Tensors = std::vector<torch::Tensor>;

// FTPipeHD's replicas: every slot trains its own weights with its own momenta, and aggregation
// averages both. A slot with a graph in flight keeps the weights of its forward; the average waits
// in `pending` until that batch's update, which is then applied on top of it.
class ReplicatedWeights : public WeightStore {
 public:
  ReplicatedWeights(const Model& model, const TorchStageOptions& options) {
    for (int slot = 0; slot < options.slots; ++slot) {
      Replica replica = build_replica(model, options.units, options.seed);
      if (slot > 0) share_buffers(replica, slots_.front().replica);
      Sgd sgd(options.sgd, replica.weights);
      slots_.push_back({std::move(replica), std::move(sgd), {}});
    }
  }

  Replica& forward_replica(int slot) override { return at(slot).replica; }
  Replica& replica(int slot) override { return at(slot).replica; }

  void update(int slot, double learning_rate) override {
    Slot& s = at(slot);
    if (!s.pending.empty()) copy_weights(s.pending, s.replica);
    s.pending.clear();
    ACCEPTLAB_CHECK(s.replica.graphs == 0);
    s.sgd.step(s.replica.weights, s.replica.weights, learning_rate);
    equal_ = slots_.size() == 1;
  }

  void aggregate() override {
    if (slots_.size() == 1) return;
    const Tensors weights = average(&Slot::weights);
    const Tensors momenta = average(&Slot::momenta);
    for (Slot& slot : slots_) {
      if (slot.replica.graphs > 0) {
        slot.pending = weights;
      } else {
        copy_weights(weights, slot.replica);
        slot.pending.clear();
      }
      slot.sgd.assign(momenta);
    }
    equal_ = true;
  }

  Replica& newest() override {
    ACCEPTLAB_CHECK(equal_);
    for (const Slot& slot : slots_) ACCEPTLAB_CHECK(slot.replica.graphs == 0);
    return slots_.front().replica;
  }
  Tensors& newest_momenta() override { return slots_.front().sgd.momenta(); }
  void newest_changed() override {
    for (std::size_t i = 1; i < slots_.size(); ++i) {
      copy_weights(slots_.front().replica.weights, slots_[i].replica);
      slots_[i].sgd.assign(slots_.front().sgd.momenta());
    }
  }

 private:
  struct Slot {
    Replica replica;
    Sgd sgd;
    Tensors pending;  // an average that waits for the slot's update; empty: none

    const Tensors& weights() const { return pending.empty() ? replica.weights : pending; }
    const Tensors& momenta() const { return sgd.momenta(); }
  };

  Slot& at(int slot) { return slots_[static_cast<std::size_t>(slot)]; }

  // Sums in the order of the slots, so that the result depends on nothing else.
  Tensors average(const Tensors& (Slot::*tensors)() const) const {
    const torch::NoGradGuard no_grad;
    Tensors means;
    for (std::size_t i = 0; i < (slots_.front().*tensors)().size(); ++i) {
      torch::Tensor sum = (slots_.front().*tensors)()[i].clone();
      for (std::size_t s = 1; s < slots_.size(); ++s) sum.add_((slots_[s].*tensors)()[i]);
      means.push_back(sum.div_(static_cast<double>(slots_.size())));
    }
    return means;
  }

  std::vector<Slot> slots_;
  bool equal_ = true;  // no update since the slots were last equal
};

}  // namespace

std::unique_ptr<WeightStore> make_replicated_weights(const Model& model,
                                                     const TorchStageOptions& options) {
  return std::make_unique<ReplicatedWeights>(model, options);
}

}  // namespace acceptlab::torch_stage
