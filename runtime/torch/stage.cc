#include "runtime/torch/stage.h"

#include <torch/torch.h>

#include <map>
#include <string>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/torch/cpu_timer.h"
#include "runtime/torch/stage_io.h"
#include "runtime/torch/tensor_bytes.h"
#include "runtime/torch/unit_tensors.h"
#include "runtime/torch/weight_store.h"

namespace acceptlab::torch_stage {
namespace {

// What the backward of a micro-batch starts from and ends at.
struct Graph {
  int slot = 0;
  torch::Tensor input;   // a leaf; has a gradient after backward except in the first stage
  torch::Tensor output;  // activations, or on the last stage the weighted loss
};

class TorchStageImpl : public TorchStage {
 public:
  TorchStageImpl(const TorchStageOptions& options, Model model)
      : options_(options),
        model_(std::move(model)),
        first_(options.units.begin == 0),
        last_(options.units.end == model_.unit_count()),
        io_(options_, model_),
        weights_(options.policy == WeightPolicy::kStash
                     ? make_stashed_weights(model_, options)
                     : make_replicated_weights(model_, options)) {}

  OpResult perform(const Op& op) override {
    try {
      return dispatch(op);
    } catch (const c10::Error& error) {
      io_.fail(op.key, error.what_without_backtrace());
    }
  }

  std::vector<UnitState> state() const override;
  void load(const std::vector<UnitState>& units, std::int64_t version) override;

 private:
  OpResult dispatch(const Op& op);
  OpResult forward(const Op& op);
  OpResult forward_backward(const Op& op);
  OpResult backward(const Op& op);
  OpResult update(const Op& op);
  OpResult aggregate();
  OpResult evaluate(const Op& op);

  // Forward with a graph, which enters graphs_. Fills in costs and, on the last stage, the score.
  Graph& begin_graph(const Op& op, CpuTimer& timer, OpResult& result);
  // Backward of the graph of op.key from `gradient` (undefined: from the loss), which then leaves
  // graphs_. Fills in costs and, except on the first stage, the output.
  void end_graph(const Op& op, const torch::Tensor& gradient, CpuTimer& timer, OpResult& result);

  std::vector<std::vector<NamedTensor>> named_tensors() const;

  const TorchStageOptions options_;
  const Model model_;
  const bool first_;
  const bool last_;
  const StageIo io_;
  const std::unique_ptr<WeightStore> weights_;
  std::map<BatchKey, Graph> graphs_;  // forwards whose backward is still to come
  std::int64_t version_ = 0;          // updates performed
};

OpResult TorchStageImpl::dispatch(const Op& op) {
  ACCEPTLAB_CHECK(op.slot >= 0 && op.slot < options_.slots);
  switch (op.kind) {
    case OpKind::kForward:
      return forward(op);
    case OpKind::kForwardBackward:
      return forward_backward(op);
    case OpKind::kBackward:
      return backward(op);
    case OpKind::kUpdate:
      return update(op);
    case OpKind::kAggregate:
      return aggregate();
    case OpKind::kEvaluate:
      return evaluate(op);
    case OpKind::kExport:
    case OpKind::kAdopt:
      break;  // the device's (device.h): the stage itself does not change
  }
  ACCEPTLAB_CHECK(false);
  return {};
}

OpResult TorchStageImpl::forward(const Op& op) {
  CpuTimer timer;
  OpResult result;
  const Graph& graph = begin_graph(op, timer, result);
  if (last_) return result;
  result.output = io_.encode_activation(graph.output, op);
  result.cost.encode += timer.lap();
  return result;
}

OpResult TorchStageImpl::forward_backward(const Op& op) {
  ACCEPTLAB_CHECK(last_);
  CpuTimer timer;
  OpResult result;
  begin_graph(op, timer, result);
  end_graph(op, torch::Tensor(), timer, result);
  return result;
}

OpResult TorchStageImpl::backward(const Op& op) {
  CpuTimer timer;
  OpResult result;
  const auto found = graphs_.find(op.key);
  ACCEPTLAB_CHECK(found != graphs_.end() && found->second.slot == op.slot);
  torch::Tensor gradient;
  if (!last_) gradient = io_.decode_output_gradient(op, found->second.output);
  result.cost.decode += timer.lap();
  end_graph(op, gradient, timer, result);
  return result;
}

OpResult TorchStageImpl::update(const Op& op) {
  CpuTimer timer;
  OpResult result;
  weights_->update(op.slot, op.learning_rate);
  ++version_;
  result.cost.update = timer.lap();
  return result;
}

OpResult TorchStageImpl::aggregate() {
  CpuTimer timer;
  OpResult result;
  weights_->aggregate();
  result.cost.update = timer.lap();
  return result;
}

OpResult TorchStageImpl::evaluate(const Op& op) {
  const torch::NoGradGuard no_grad;
  CpuTimer timer;
  OpResult result;
  const torch::Tensor input = io_.decode_input(op, nullptr);
  result.cost.decode = timer.lap();
  Replica& replica = weights_->newest();
  replica.set_training(false);
  const torch::Tensor output = replica.forward(input);
  replica.set_training(true);
  if (last_) result.score = io_.score(op, output).score;
  result.cost.forward = timer.lap();
  if (!last_) result.output = Payload::of(tensor_bytes(output));
  result.cost.encode = timer.lap();
  return result;
}

Graph& TorchStageImpl::begin_graph(const Op& op, CpuTimer& timer, OpResult& result) {
  ACCEPTLAB_CHECK(op.version == version_);
  ACCEPTLAB_CHECK(op.samples > 0 && op.samples <= op.mini_batch_samples);
  torch::Tensor input = io_.decode_input(op, io_.codecs(op.input_codec).input_activation);
  if (!first_) input.set_requires_grad(true);
  result.cost.decode += timer.lap();
  Replica& replica = weights_->forward_replica(op.slot);
  result.cost.update += timer.lap();  // fetching the newest weights is part of keeping versions
  torch::Tensor output = replica.forward(input);
  if (last_) {
    const StageIo::Scored scored = io_.score(op, output);
    result.score = scored.score;
    // Micro-batches' losses add up to the mean over the mini-batch.
    output = op.samples == op.mini_batch_samples
                 ? scored.mean_loss
                 : scored.mean_loss * (static_cast<double>(op.samples) / op.mini_batch_samples);
  }
  const auto [entry, inserted] = graphs_.emplace(op.key, Graph{op.slot, input, output});
  ACCEPTLAB_CHECK(inserted);
  ++replica.graphs;
  result.cost.forward += timer.lap();
  return entry->second;
}

void TorchStageImpl::end_graph(const Op& op, const torch::Tensor& gradient, CpuTimer& timer,
                               OpResult& result) {
  const auto node = graphs_.extract(op.key);
  ACCEPTLAB_CHECK(!node.empty());
  Graph& graph = node.mapped();
  graph.output.backward(gradient);
  graph.output = torch::Tensor();  // frees what the graph kept, within the measured time
  --weights_->replica(graph.slot).graphs;
  result.cost.backward += timer.lap();
  if (first_) return;
  result.output = io_.encode_gradient(graph.input.grad(), op);
  result.cost.encode += timer.lap();
}

std::vector<std::vector<NamedTensor>> TorchStageImpl::named_tensors() const {
  std::vector<std::vector<NamedTensor>> tensors;
  std::size_t next_momentum = 0;
  for (const torch::nn::Sequential& unit : weights_->newest().units) {
    tensors.push_back(tensors_of(unit, weights_->newest_momenta(), next_momentum));
  }
  return tensors;
}

std::vector<UnitState> TorchStageImpl::state() const {
  std::vector<UnitState> states;
  int index = options_.units.begin;
  for (const std::vector<NamedTensor>& tensors : named_tensors()) {
    states.push_back(save_unit(index, model_.units[static_cast<std::size_t>(index)].name, tensors));
    ++index;
  }
  return states;
}

void TorchStageImpl::load(const std::vector<UnitState>& units, std::int64_t version) {
  ACCEPTLAB_CHECK(graphs_.empty());
  const std::vector<std::vector<NamedTensor>> tensors = named_tensors();
  for (int index = options_.units.begin; index < options_.units.end; ++index) {
    const std::string& name = model_.units[static_cast<std::size_t>(index)].name;
    const UnitState* saved = nullptr;
    for (const UnitState& unit : units) {
      if (unit.index == index && unit.name == name) saved = &unit;
    }
    if (saved == nullptr) {
      throw ConfigError("the saved state lacks unit " + std::to_string(index + 1) + " (" + name +
                        ") of model " + model_.options.name);
    }
    load_unit(*saved, tensors[static_cast<std::size_t>(index - options_.units.begin)]);
  }
  weights_->newest_changed();
  version_ = version;
}

}  // namespace

TensorId tensor_id(int stage, Direction direction, const BatchKey& key, std::uint32_t cut_term) {
  constexpr int kLimit = 1 << 16;
  ACCEPTLAB_CHECK(key.epoch >= 0 && key.epoch < kLimit && key.micro >= 0 && key.micro < kLimit);
  TensorId id;
  id.stream = std::uint64_t{cut_term} << 32 |
              (2 * static_cast<std::uint64_t>(stage) + static_cast<std::uint64_t>(direction));
  id.message = static_cast<std::uint64_t>(key.epoch) << 48 |
               static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.batch)) << 16 |
               static_cast<std::uint64_t>(key.micro);
  id.epoch = key.epoch;
  return id;
}

EncodedTensor encoded_tensor(TensorId id) {
  EncodedTensor tensor;
  tensor.stage = static_cast<int>((id.stream & 0xffff'ffff) / 2);
  tensor.cut_term = static_cast<std::uint32_t>(id.stream >> 32);
  tensor.direction = static_cast<Direction>(id.stream % 2);
  tensor.key.epoch = id.epoch;
  tensor.key.batch = static_cast<std::int32_t>(static_cast<std::uint32_t>(id.message >> 16));
  tensor.key.micro = static_cast<std::int32_t>(id.message & 0xffff);
  return tensor;
}

std::unique_ptr<TorchStage> make_torch_stage(const TorchStageOptions& options) {
  Model model = make_model(options.model);
  const UnitRange units = options.units;
  if (units.begin < 0 || units.begin >= units.end || units.end > model.unit_count()) {
    throw ConfigError("units " + to_string(units) + " are not a part of model " +
                      options.model.name + ", which has units 1.." +
                      std::to_string(model.unit_count()));
  }
  if (options.slots < 1) throw ConfigError("a stage needs at least one slot");
  if (units.begin == 0) check_input_format(options.input, model.input);
  return std::make_unique<TorchStageImpl>(options, std::move(model));
}

}  // namespace acceptlab::torch_stage
