#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "partition/costs.h"

namespace acceptlab::partition {

// Cuts with the codec that crosses them, numbered: (cut - 1) * codecs + codec. Two more: the start
// of the model and its end.
class Nodes {
 public:
  explicit Nodes(const Costs& costs) {
    for (int cut = 1; cut < costs.units(); ++cut) {
      for (int codec = costs.first_codec(); codec < costs.end_codec(); ++codec) {
        nodes_.push_back({cut, codec});
      }
    }
    nodes_.push_back({0, kNoCodec});
    nodes_.push_back({costs.units(), kNoCodec});
  }

  int inner() const { return count() - 2; }
  int start() const { return count() - 2; }
  int end() const { return count() - 1; }
  int count() const { return static_cast<int>(nodes_.size()); }
  int words() const { return (count() + 63) / 64; }
  int cut(int node) const { return nodes_[static_cast<std::size_t>(node)].cut; }
  int codec(int node) const { return nodes_[static_cast<std::size_t>(node)].codec; }

  // Whether a stage may begin at the one and end at the other.
  bool is_stage(int from, int to) const { return from != end() && cut(from) < cut(to); }

 private:
  struct Node {
    int cut;
    int codec;
  };
  std::vector<Node> nodes_;
};

// A set of nodes as bits.
template <int kWords>
class NodeSet {
 public:
  void add(int node) { words_[word(node)] |= bit(node); }
  bool has(int node) const { return (words_[word(node)] & bit(node)) != 0; }
  NodeSet& operator|=(const NodeSet& other) {
    for (std::size_t w = 0; w < kWords; ++w) words_[w] |= other.words_[w];
    return *this;
  }
  NodeSet& operator&=(const NodeSet& other) {
    for (std::size_t w = 0; w < kWords; ++w) words_[w] &= other.words_[w];
    return *this;
  }
  // Nodes 8 * index and the seven behind it, as bits.
  std::size_t byte(int index) const {
    return words_[static_cast<std::size_t>(index) / 8] >> (index % 8 * 8) & 255;
  }

 private:
  static std::size_t word(int node) { return static_cast<std::size_t>(node) / 64; }
  static std::uint64_t bit(int node) { return std::uint64_t{1} << (node & 63); }

  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace acceptlab::partition
