#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/torch/stage.h"

namespace acceptlab::torch_stage {

// A mini-batch of random pictures with random classes.
struct Batch {
  int samples = 0;
  std::vector<std::uint8_t> images;
  std::vector<std::uint8_t> labels;

  Payload image_payload(int begin, int count) const;
  Payload label_payload(int begin, int count) const;
};
Batch random_batch(const InputFormat& format, int samples, int classes, int index);
std::vector<Batch> random_batches(const InputFormat& format, int samples, int classes, int count);

// Sizes of the micro-batches of each mini-batch.
using MicroSizes = std::vector<int>;

// Options of a stage that trains all of `model` on raw samples of the model's own size.
TorchStageOptions whole_model(const ModelOptions& model, int slots = 1);

// Stages of one model in a row, called by hand. `cuts` are the first units of stages 1, 2, ...
class Pipeline {
 public:
  // The last stage has `last_slots` slots, each one before it one more if `growing_slots`.
  Pipeline(TorchStageOptions options, const std::vector<int>& cuts, int last_slots = 1,
           bool growing_slots = false);

  // One mini-batch after GPipe: all forwards, all backwards, one update. Returns the score.
  Score train_synchronously(const Batch& batch, const MicroSizes& micros, double learning_rate,
                            int index);
  // Strict 1F1B over all batches; `after_update` (if any) may perform more operations on a stage.
  using AfterUpdate = std::function<void(int stage, int updates, TorchStage&)>;
  void train_1f1b(const std::vector<Batch>& batches, double learning_rate,
                  const AfterUpdate& after_update = {});
  Score evaluate(const Batch& batch);

  std::vector<UnitState> state() const;
  void load(const std::vector<UnitState>& units);
  int stage_count() const { return static_cast<int>(stages_.size()); }
  TorchStage& stage(int s) { return *stages_[static_cast<std::size_t>(s)].compute; }
  const std::vector<UnitRange>& ranges() const { return ranges_; }
  int slots(int s) const { return stages_[static_cast<std::size_t>(s)].slots; }

 private:
  struct Stage {
    std::unique_ptr<TorchStage> compute;
    int slots = 1;
    std::int64_t updates = 0;
    // Of the 1F1B run under way.
    int forwards = 0;
    int backwards = 0;
    std::vector<Payload> inputs;     // those that have arrived
    std::vector<Payload> gradients;  // likewise
  };
  Stage& at(int s) { return stages_[static_cast<std::size_t>(s)]; }
  bool is_last(int s) const { return s + 1 == stage_count(); }
  bool advance(int s, const std::vector<Batch>& batches, double learning_rate,
               const AfterUpdate& after_update);
  void forward_one(int s, const Batch& batch);
  void backward_one(int s, const Batch& batch, double learning_rate,
                    const AfterUpdate& after_update);
  void pass_back(int s, OpResult result);

  std::vector<Stage> stages_;
  std::vector<UnitRange> ranges_;
};

// Every tensor of the two states is equal bit for bit, apart from the sign of zeros.
void expect_same_state(const std::vector<UnitState>& a, const std::vector<UnitState>& b);

}  // namespace acceptlab::torch_stage
