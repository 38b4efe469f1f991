#pragma once

#include <algorithm>
#include <vector>

#include "partition/device_types.h"
#include "partition/node_set.h"

namespace acceptlab::partition {

// Whether what a link takes is the longer one of what it would take between two of its first and
// two of its second device: then a device alone says which cuts it can send and receive.
inline bool links_are_separable(const Problem& problem) {
  if (!problem.links.empty()) return false;
  return std::all_of(problem.devices.begin(), problem.devices.end(), [&](const Device& d) {
    return d.latency_us == problem.devices[0].latency_us;
  });
}

// For search over sets of devices: at which nodes stages and links within a time may begin.
template <int kWords>
class StageTable {
 public:
  using Set = NodeSet<kWords>;

  StageTable(const Costs& costs, const DeviceTypes& types)
      : costs_(costs),
        types_(types),
        nodes_(costs),
        separable_(links_are_separable(costs.problem())),
        depths_(costs.memory_counts_stages() ? costs.devices() : 1),
        bytes_((nodes_.count() + 7) / 8),
        possible_(at(types.count() * depths_ * nodes_.count())),
        table_(at(types.count() * depths_ * bytes_) * 256),
        allowed_(at(types.count() * types.count())) {
    for (int type = 0; type < types_.count(); ++type) {
      for (int depth = 1; depth <= depths_; ++depth) find_possible(type, depth);
    }
  }

  const Nodes& nodes() const { return nodes_; }
  bool separable() const { return separable_; }
  // Up to which number of stages behind memory matters; 1 where it never does.
  int depths() const { return depths_; }

  // Admits just the stages and links that take no longer than lambda.
  void limit_to(double lambda) {
    for (int type = 0; type < types_.count(); ++type) tabulate(type, lambda);
    if (!separable_) tabulate_links(lambda);
  }

  // Nodes at which a device of the type may begin a stage that ends at one of `ends`, with `depth`
  // stages from it to the last.
  Set begins(int type, int depth, const Set& ends) const {
    return begins(tables(type, depth), ends);
  }
  // The same where many questions are about one type and depth: table = tables(type, depth).
  Set begins(const Set* table, const Set& ends) const {
    Set result;
    for (int byte = 0; byte < bytes_; ++byte, table += 256) result |= table[ends.byte(byte)];
    return result;
  }
  const Set* tables(int type, int depth) const {
    return &table_[at((type * depths_ + depth - 1) * bytes_) * 256];
  }
  bool begins_at(int from, int type, int depth, int to) const {
    Set end;
    end.add(to);
    return begins(type, depth, end).has(from);
  }

  // Nodes that the link from a device of the type to one of type `head` may take; where links are
  // separable, begins() knows.
  const Set& allowed(int type, int head) const {
    return allowed_[at(type * types_.count() + head)];
  }

  // Every time of a stage or a link in [low, high), once each.
  std::vector<double> times_between(double low, double high) const {
    std::vector<double> times;
    const auto offer = [&](double us) {
      if (us >= low && us < high) times.push_back(us);
    };
    for (int type = 0; type < types_.count(); ++type) {
      for (int to = 0; to < nodes_.count(); ++to) {
        for (int from = 0; from < nodes_.count(); ++from) {
          if (nodes_.is_stage(from, to)) offer(stage_us(type, from, to));
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

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

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

  Set& possible(int type, int depth, int to) {
    return possible_[at((type * depths_ + depth - 1) * nodes_.count() + to)];
  }

  // Whatever the times.
  void find_possible(int type, int depth) {
    for (int to = 0; to < nodes_.count(); ++to) {
      for (int from = 0; from < nodes_.count(); ++from) {
        if (nodes_.is_stage(from, to) && may_begin_at(type, from) &&
            costs_.fits(types_.device(type), nodes_.cut(from), nodes_.cut(to), depth)) {
          possible(type, depth, to).add(from);
        }
      }
    }
  }

  void tabulate(int type, double lambda) {
    const Set passes = passes_of(type, lambda);
    for (int to = 0; to < nodes_.count(); ++to) {
      Set fast;
      for (int from = 0; passes.has(to) && from < nodes_.count(); ++from) {
        if (nodes_.is_stage(from, to) && stage_us(type, from, to) <= lambda) fast.add(from);
      }
      fast &= passes;
      for (int depth = 1; depth <= depths_; ++depth) add_end(type, depth, to, fast);
    }
  }

  // Where links are separable: what the device can send and receive in time.
  Set passes_of(int type, double lambda) const {
    Set passes;
    for (int node = 0; node < nodes_.count(); ++node) {
      if (!separable_ || node >= nodes_.inner() || link_us(type, type, node) <= lambda) {
        passes.add(node);
      }
    }
    return passes;
  }

  // To each eight end nodes there is a table: the union of their begins for each of the 256 subsets
  // of them. Adds a node, after those with smaller numbers.
  void add_end(int type, int depth, int to, Set begins) {
    begins &= possible(type, depth, to);
    Set* table = &table_[at((type * depths_ + depth - 1) * bytes_ + to / 8) * 256];
    const unsigned first = 1U << (to % 8);
    for (unsigned v = 0; v < first; ++v) {
      table[first + v] = table[v];
      table[first + v] |= begins;
    }
  }

  void tabulate_links(double lambda) {
    for (int type = 0; type < types_.count(); ++type) {
      for (int head = 0; head < types_.count(); ++head) {
        Set& allowed = allowed_[at(type * types_.count() + head)];
        allowed = {};
        allowed.add(nodes_.end());  // behind the last device there is no link
        if (head == type && types_.size(type) == 1) continue;
        for (int node = 0; node < nodes_.inner(); ++node) {
          if (link_us(type, head, node) <= lambda) allowed.add(node);
        }
      }
    }
  }

  const Costs& costs_;
  const DeviceTypes& types_;
  const Nodes nodes_;
  const bool separable_;
  const int depths_;
  const int bytes_;
  std::vector<Set> possible_;  // [type][depth][end node]
  std::vector<Set> table_;     // [type][depth][byte of the end nodes][256]
  std::vector<Set> allowed_;   // [type][head] where links are not separable
};

}  // namespace acceptlab::partition
