#include "partition/free_search.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "partition/device_types.h"
#include "partition/evaluate.h"
#include "partition/lower_bound.h"

namespace acceptlab::partition {

namespace {

// Cuts with the codec that crosses them: node (cut - 1) * codecs + codec. Two more: the start of
// the model and its end.
struct Nodes {
  int units;
  int codecs;
  int first_codec;

  int inner() const { return (units - 1) * codecs; }
  int start() const { return inner(); }
  int end() const { return inner() + 1; }
  int count() const { return inner() + 2; }
  int cut(int node) const {
    return node < inner() ? node / codecs + 1 : node == start() ? 0 : units;
  }
  int codec(int node) const { return node < inner() ? first_codec + node % codecs : kNoCodec; }
};

// Up to here a further look at all multisets costs milliseconds at most.
constexpr std::size_t kMostForFewestStages = std::size_t{1} << 14;

int words_for(const Nodes& nodes) { return (nodes.count() + 63) / 64; }

// Whether what a link takes is the longer one of what it would take between two of its first and
// two of its second device: then a device alone says which cuts it can send and receive.
bool links_are_separable(const Problem& problem) {
  if (!problem.links.empty()) return false;
  return std::all_of(problem.devices.begin(), problem.devices.end(), [&](const Device& d) {
    return d.latency_us == problem.devices[0].latency_us;
  });
}

template <int kWords>
class FreeSearch {
 public:
  using Bits = std::array<std::uint64_t, kWords>;

  explicit FreeSearch(const Costs& costs)
      : costs_(costs),
        types_(costs.problem()),
        nodes_{costs.units(), costs.end_codec() - costs.first_codec(), costs.first_codec()},
        separable_(links_are_separable(costs.problem())),
        heads_(separable_ ? 1 : types_.count()),
        depths_(costs.memory_counts_stages() ? costs.devices() : 1),
        bytes_((nodes_.count() + 7) / 8),
        reach_(*types_.multisets() * at(heads_)) {}

  Placements run(const Placements& start) {
    best_ = start;
    // Times of stages and links from the bound up to below the best plan: the optimum, or nothing.
    candidates_ = times_between(compute_bound_us(costs_), best_us());
    search_some_sets();
    std::size_t low = 0;
    std::size_t end = below_best();
    // The best plan so far is often the optimum: ask for anything better first.
    std::size_t next = end - 1;
    while (low < end) {
      if (probe(candidates_[next], false)) {
        best_ = trace();
        end = below_best();
      } else {
        low = next + 1;
      }
      next = low + (end - low) / 2;
    }
    if (best_ && *types_.multisets() <= kMostForFewestStages) {
      const bool found = probe(best_us(), true);
      ACCEPTLAB_CHECK(found);
      best_ = trace();
    }
    return best_;
  }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }
  static void add(Bits& bits, int node) { bits[at(node) / 64] |= std::uint64_t{1} << (node & 63); }
  static bool has(const Bits& bits, int node) {
    return (bits[at(node) / 64] >> (node & 63) & 1) != 0;
  }
  static bool unite(Bits& bits, const Bits& more) {
    std::uint64_t any = 0;
    for (int w = 0; w < kWords; ++w) any |= bits[at(w)] |= more[at(w)];
    return any != 0;
  }

  double best_us() const {
    return best_ ? evaluate(costs_, *best_).bottleneck_us : std::numeric_limits<double>::infinity();
  }
  // How many candidates are less than the best plan.
  std::size_t below_best() const {
    return static_cast<std::size_t>(
        std::lower_bound(candidates_.begin(), candidates_.end(), best_us()) - candidates_.begin());
  }

  // Before all sets are looked at: a beam search, which misses plans but asks little. A better plan
  // to begin from saves whole passes over all sets.
  void search_some_sets() {
    std::size_t low = 0;
    std::size_t end = below_best();
    while (low < end) {
      const std::size_t middle = low + (end - low) / 2;
      if (probe_beam(candidates_[middle])) {
        end = below_best();
      } else {
        low = middle + 1;
      }
    }
  }

  // A multiset of devices that do the rest, and where they may begin.
  struct Beam {
    double score = 0.0;
    std::size_t set = 0;
    int type = -1;  // of the first device; -1: none yet
    std::size_t before = 0;
    Bits begins{};
  };

  // Keeps, for each number of devices, the multisets that leave the least work to the speed of the
  // devices that are left. True, with the plan in best_, where one of them does everything.
  bool probe_beam(double lambda) {
    tabulate(lambda);
    std::vector<Beam> beams(1);
    add(beams[0].begins, nodes_.end());
    std::size_t level = 0;  // where the multisets of as many devices begin
    for (int devices = 1; devices <= costs_.devices(); ++devices) {
      const std::size_t level_end = beams.size();
      std::vector<Beam> longer;
      for (std::size_t b = level; b < level_end; ++b) {
        for (int type = 0; type < types_.count(); ++type) {
          if (types_.used(beams[b].set, type) == types_.size(type)) continue;
          const Beam beam = put_in_front(beams[b], b, type, devices);
          if (beam.begins == Bits{}) continue;
          longer.push_back(beam);
          if (has(beam.begins, nodes_.start())) {
            beams.push_back(beam);
            best_ = trace(beams);
            return true;
          }
        }
      }
      keep_best(longer);
      level = level_end;
      beams.insert(beams.end(), longer.begin(), longer.end());
    }
    return false;
  }

  Beam put_in_front(const Beam& behind, std::size_t index, int type, int devices) const {
    Bits ends = behind.begins;
    if (!separable_ && behind.type >= 0) {
      const Bits& allowed = allowed_[link_index(type, behind.type)];
      for (int w = 0; w < kWords; ++w) ends[at(w)] &= allowed[at(w)];
    }
    Beam beam;
    beam.set = types_.with(behind.set, type);
    beam.type = type;
    beam.before = index;
    beam.begins = begins(type, depths_ > 1 ? devices : 1, ends);
    int node = 0;
    while (node < nodes_.inner() && !has(beam.begins, node)) ++node;
    double speed = 0.0;  // of what is left
    for (int t = 0; t < types_.count(); ++t) {
      const int left = types_.size(t) - types_.used(beam.set, t);
      const double whole = costs_.compute_us(types_.device(t), 0, costs_.units());
      speed += left / std::max(whole, 1e-300);
    }
    const int cut = nodes_.cut(node);
    const double work = costs_.compute_us(0, 0, std::max(cut, 1));
    beam.score = speed > 0.0 ? work / speed : std::numeric_limits<double>::infinity();
    return beam;
  }

  void keep_best(std::vector<Beam>& beams) const {
    std::sort(beams.begin(), beams.end(), [](const Beam& a, const Beam& b) {
      return std::tie(a.score, a.set, a.type) < std::tie(b.score, b.set, b.type);
    });
    // One for each multiset: what else begins there differs little.
    beams.erase(std::unique(beams.begin(), beams.end(),
                            [](const Beam& a, const Beam& b) { return a.set == b.set; }),
                beams.end());
    const std::size_t width = *types_.multisets() > kMostForFewestStages ? 64 : 12;
    if (beams.size() > width) beams.resize(width);
  }

  // The plan of the last beam.
  std::vector<Placement> trace(const std::vector<Beam>& beams) const {
    std::vector<Placement> stages;
    std::vector<int> used(at(types_.count()));
    int from = nodes_.start();
    for (const Beam* beam = &beams.back(); beam->type >= 0; beam = &beams[beam->before]) {
      const Beam& behind = beams[beam->before];
      const int depth = depths_ > 1 ? types_.used(beam->set) : 1;
      const bool is_last = behind.type < 0;
      int to = nodes_.count() - 1;
      for (; to >= 0; --to) {
        if (!has(behind.begins, to)) continue;
        if (!separable_ && !is_last && !has(allowed_[link_index(beam->type, behind.type)], to)) {
          continue;
        }
        Bits one{};
        add(one, to);
        if (has(begins(beam->type, depth, one), from)) break;
      }
      ACCEPTLAB_CHECK(to >= 0);
      stages.push_back({types_.device(beam->type, used[at(beam->type)]++), nodes_.cut(from),
                        nodes_.cut(to) - 1, nodes_.codec(to)});
      from = to;
    }
    return stages;
  }

  // Every time of a stage or a link in [low, high), once each.
  std::vector<double> times_between(double low, double high) const {
    std::vector<double> times;
    const auto offer = [&](double us) {
      if (us >= low && us < high) times.push_back(us);
    };
    for (int type = 0; type < types_.count(); ++type) {
      for (int from = 0; from < nodes_.count(); ++from) {
        for (int to = 0; to < nodes_.count(); ++to) {
          if (is_stage(from, to)) offer(stage_us(type, from, to));
        }
      }
      for (int head = 0; head < types_.count(); ++head) {
        if (head == type && types_.size(type) == 1) continue;
        for (int node = 0; node < nodes_.inner(); ++node) offer(link_us(type, head, node));
      }
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    return times;
  }

  bool is_stage(int from, int to) const {
    return from != nodes_.end() && to != nodes_.start() && nodes_.cut(from) < nodes_.cut(to);
  }
  double stage_us(int type, int from, int to) const {
    return costs_.stage_us(types_.device(type), nodes_.cut(from), nodes_.cut(to),
                           nodes_.codec(from), nodes_.codec(to));
  }
  double link_us(int type, int head, int node) const {
    return costs_.link_us(types_.device(type), types_.device(head), nodes_.cut(node),
                          nodes_.codec(node));
  }

  // The device that holds the data comes first, and only it.
  bool may_begin_at(int type, int from) const {
    if (!costs_.problem().first_device_is_fixed) return true;
    return (types_.device(type) == 0) == (from == nodes_.start());
  }

  // For each type and depth, what a stage that ends at a node may begin at; then for each eight of
  // these nodes the union for each of the 256 subsets of them.
  void tabulate(double lambda) {
    table_.assign(at(types_.count() * depths_ * bytes_) * 256, Bits{});
    for (int type = 0; type < types_.count(); ++type) {
      passes_ = {};
      for (int node = 0; node < nodes_.count(); ++node) {
        if (!separable_ || node >= nodes_.inner() || link_us(type, type, node) <= lambda) {
          add(passes_, node);
        }
      }
      for (int depth = 1; depth <= depths_; ++depth) tabulate(type, depth, lambda);
    }
    if (!separable_) tabulate_links(lambda);
  }

  void tabulate(int type, int depth, double lambda) {
    for (int byte = 0; byte < bytes_; ++byte) {
      Bits* table = &table_[table_index(type, depth, byte)];
      for (int bit = 0; bit < 8 && 8 * byte + bit < nodes_.count(); ++bit) {
        const Bits begins = begins_of(type, depth, 8 * byte + bit, lambda);
        const unsigned first = 1U << bit;
        for (unsigned v = first; v < 2 * first; ++v) {
          table[v] = table[v - first];
          unite(table[v], begins);
        }
      }
    }
  }

  Bits begins_of(int type, int depth, int to, double lambda) const {
    Bits begins{};
    if (!has(passes_, to)) return begins;
    for (int from = 0; from < nodes_.count(); ++from) {
      if (!is_stage(from, to) || !has(passes_, from) || !may_begin_at(type, from)) continue;
      if (!costs_.fits(types_.device(type), nodes_.cut(from), nodes_.cut(to), depth)) continue;
      if (stage_us(type, from, to) <= lambda) add(begins, from);
    }
    return begins;
  }

  void tabulate_links(double lambda) {
    allowed_.assign(at(types_.count() * types_.count()), Bits{});
    for (int type = 0; type < types_.count(); ++type) {
      for (int head = 0; head < types_.count(); ++head) {
        if (head == type && types_.size(type) == 1) continue;
        for (int node = 0; node < nodes_.inner(); ++node) {
          if (link_us(type, head, node) <= lambda) add(allowed_[link_index(type, head)], node);
        }
      }
    }
  }

  std::size_t link_index(int type, int head) const { return at(type * types_.count() + head); }
  std::size_t table_index(int type, int depth, int byte) const {
    return at((type * depths_ + depth - 1) * bytes_ + byte) * 256;
  }

  // Nodes at which a device of the type may begin in front of devices that may begin at `behind`.
  Bits begins(int type, int depth, const Bits& behind) const {
    Bits result{};
    const Bits* table = &table_[table_index(type, depth, 0)];
    for (int byte = 0; byte < bytes_; ++byte, table += 256) {
      unite(result, table[behind[at(byte) / 8] >> (byte % 8 * 8) & 255]);
    }
    return result;
  }

  // Whether there is a plan within lambda. With `all`, looks at every multiset, to find the plan of
  // the fewest stages.
  bool probe(double lambda, bool all) {
    tabulate(lambda);
    found_ = 0;
    Bits end{};
    add(end, nodes_.end());
    std::vector<int> used(at(types_.count()));  // of the multiset at hand
    int devices = 0;
    int fewest = 0;
    for (std::size_t set = 1; set < *types_.multisets(); ++set) {
      devices += add_one(used);
      Bits* reach = &reach_[set * at(heads_)];
      std::fill(reach, reach + heads_, Bits{});
      const int depth = depths_ > 1 ? devices : 1;
      for (int type = 0; type < types_.count(); ++type) {
        if (used[at(type)] == 0) continue;
        const Bits behind = devices == 1 ? end : behind_of(types_.without(set, type), type);
        if (behind == Bits{}) continue;
        unite(reach[separable_ ? 0 : type], begins(type, depth, behind));
      }
      if (!reaches_start(reach) || (found_ != 0 && devices >= fewest)) continue;
      found_ = set;
      fewest = devices;
      if (!all) return true;
    }
    return found_ != 0;
  }

  // Counts to the next multiset; returns by how many devices it is larger.
  int add_one(std::vector<int>& used) const {
    int change = 0;
    for (int type = 0;; ++type) {
      if (used[at(type)] < types_.size(type)) {
        ++used[at(type)];
        return change + 1;
      }
      change -= used[at(type)];
      used[at(type)] = 0;
    }
  }

  bool reaches_start(const Bits* reach) const {
    return std::any_of(reach, reach + heads_,
                       [&](const Bits& bits) { return has(bits, nodes_.start()); });
  }

  Bits behind_of(std::size_t rest, int type) const {
    if (separable_) return reach_[rest];
    Bits behind{};
    for (int head = 0; head < heads_; ++head) {
      const Bits& begin = reach_[rest * at(heads_) + at(head)];
      const Bits& allowed = allowed_[link_index(type, head)];
      for (int w = 0; w < kWords; ++w) behind[at(w)] |= begin[at(w)] & allowed[at(w)];
    }
    return behind;
  }

  // A plan from the sets of the last probe.
  std::vector<Placement> trace() const {
    std::vector<Placement> stages;
    std::size_t set = found_;
    int from = nodes_.start();
    int type_before = -1;
    while (set != 0) {
      const Step step = step_from(set, from, type_before);
      const int member = types_.size(step.type) - types_.used(set, step.type);
      stages.push_back({types_.device(step.type, member), nodes_.cut(from), nodes_.cut(step.to) - 1,
                        nodes_.codec(step.to)});
      set = types_.without(set, step.type);
      from = step.to;
      type_before = step.type;
    }
    return stages;
  }

  struct Step {
    int type;
    int to;
  };
  Step step_from(std::size_t set, int from, int type_before) const {
    const int depth = depths_ > 1 ? types_.used(set) : 1;
    Bits end{};
    add(end, nodes_.end());
    for (int type = 0; type < types_.count(); ++type) {
      if (types_.used(set, type) == 0) continue;
      if (type_before >= 0 && !separable_ && !has(allowed_[link_index(type_before, type)], from)) {
        continue;
      }
      const std::size_t rest = types_.without(set, type);
      const Bits behind = rest == 0 ? end : behind_of(rest, type);
      for (int to = nodes_.count() - 1; to >= 0; --to) {
        if (!has(behind, to)) continue;
        Bits one{};
        add(one, to);
        if (has(begins(type, depth, one), from)) return {type, to};
      }
    }
    ACCEPTLAB_CHECK(false);
    return {};
  }

  const Costs& costs_;
  const DeviceTypes types_;
  const Nodes nodes_;
  const bool separable_;
  const int heads_;
  const int depths_;
  const int bytes_;
  Bits passes_{};
  std::vector<Bits> table_;    // [type][depth][byte of the end nodes][256]
  std::vector<Bits> allowed_;  // [type][head] where links are not separable
  std::vector<Bits> reach_;    // [multiset][head]
  std::size_t found_ = 0;
  Placements best_;
  std::vector<double> candidates_;
};

Nodes nodes_of(const Costs& costs) {
  return {costs.units(), costs.end_codec() - costs.first_codec(), costs.first_codec()};
}

}  // namespace

std::optional<std::size_t> free_search_words(const Costs& costs) {
  const DeviceTypes types(costs.problem());
  const int words = words_for(nodes_of(costs));
  const int heads = links_are_separable(costs.problem()) ? 1 : types.count();
  const auto per_set = static_cast<std::size_t>(words) * static_cast<std::size_t>(heads);
  if (words > 8 || !types.multisets()) return std::nullopt;
  if (*types.multisets() > (std::size_t{1} << 62) / per_set) return std::nullopt;
  return *types.multisets() * per_set;
}

Placements search_free_order(const Costs& costs, const Placements& start) {
  ACCEPTLAB_CHECK(!costs.problem().quality_budget);
  const int words = words_for(nodes_of(costs));
  if (words <= 1) return FreeSearch<1>(costs).run(start);
  if (words <= 2) return FreeSearch<2>(costs).run(start);
  if (words <= 4) return FreeSearch<4>(costs).run(start);
  ACCEPTLAB_CHECK(words <= 8);
  return FreeSearch<8>(costs).run(start);
}

}  // namespace acceptlab::partition
