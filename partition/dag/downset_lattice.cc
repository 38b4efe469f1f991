#include "partition/dag/downset_lattice.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::partition {
namespace {

using Word = std::uint64_t;
constexpr std::size_t kWordBits = 64;

void add(Word* set, int piece) {
  const auto p = static_cast<std::size_t>(piece);
  set[p / kWordBits] |= Word{1} << (p % kWordBits);
}

void remove(Word* set, int piece) {
  const auto p = static_cast<std::size_t>(piece);
  set[p / kWordBits] &= ~(Word{1} << (p % kWordBits));
}

template <typename Function>
void for_each_in(const Word* set, std::size_t words, Function f) {
  for (std::size_t w = 0; w < words; ++w) {
    for (Word rest = set[w]; rest != 0; rest &= rest - 1) {
      f(static_cast<int>(w * kWordBits) + __builtin_ctzll(rest));
    }
  }
}

// A number without pattern for each piece; the sum over a set tells it from others of its size
// (Zobrist hashing). From SplitMix64, so equal graphs are searched equally.
std::vector<Word> piece_hashes(std::size_t pieces) {
  std::vector<Word> hashes;
  Word state = 0;
  for (std::size_t p = 0; p < pieces; ++p) {
    Word z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    hashes.push_back(z ^ (z >> 31));
  }
  return hashes;
}

// The downsets of one size, found by their contents. Only these can be equal, so the sets
// themselves are forgotten two sizes later.
class SizeClass {
 public:
  explicit SizeClass(std::size_t words) : words_(words), slots_(kFewSlots, kNone) {}

  void clear() {
    sets_.clear();
    ready_.clear();
    hashes_.clear();
    slots_.assign(kFewSlots, kNone);
  }

  int size() const { return static_cast<int>(hashes_.size()); }
  const Word* set(int i) const { return &sets_[static_cast<std::size_t>(i) * words_]; }
  // The pieces outside whose producers are all in it.
  const Word* ready(int i) const { return &ready_[static_cast<std::size_t>(i) * words_]; }
  Word* ready(int i) { return &ready_[static_cast<std::size_t>(i) * words_]; }
  Word hash(int i) const { return hashes_[static_cast<std::size_t>(i)]; }

  // The place of `set`, and whether it is new; its ready pieces are empty then.
  std::pair<int, bool> insert(const Word* set, Word hash) {
    std::size_t slot = hash & (slots_.size() - 1);
    for (; slots_[slot] != kNone; slot = (slot + 1) & (slots_.size() - 1)) {
      const int found = slots_[slot];
      if (this->hash(found) == hash && std::equal(set, set + words_, this->set(found))) {
        return {found, false};
      }
    }
    const int place = size();
    slots_[slot] = place;
    sets_.insert(sets_.end(), set, set + words_);
    ready_.resize(sets_.size());
    hashes_.push_back(hash);
    if (hashes_.size() * 2 > slots_.size()) grow();
    return {place, true};
  }

 private:
  static constexpr int kNone = -1;
  static constexpr std::size_t kFewSlots = 64;

  void grow() {
    slots_.assign(slots_.size() * 2, kNone);
    for (int i = 0; i < size(); ++i) {
      std::size_t slot = hash(i) & (slots_.size() - 1);
      while (slots_[slot] != kNone) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i;
    }
  }

  std::size_t words_;
  std::vector<Word> sets_;  // [size][words]
  std::vector<Word> ready_;
  std::vector<Word> hashes_;
  std::vector<int> slots_;  // a power of two of them, at most half in use
};

// [piece][words]: for each, a set of pieces.
std::vector<Word> as_sets(const std::vector<std::vector<int>>& lists, std::size_t words) {
  std::vector<Word> sets(lists.size() * words);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const int piece : lists[i]) add(&sets[i * words], piece);
  }
  return sets;
}

bool is_within(const Word* part, const Word* set, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) {
    if ((part[w] & ~set[w]) != 0) return false;
  }
  return true;
}

}  // namespace

// Goes through the downsets size by size, adding to each every piece that is ready.
class LatticeBuilder {
 public:
  explicit LatticeBuilder(const PieceGraph& graph)
      : graph_(graph),
        words_((graph.pieces.size() + kWordBits - 1) / kWordBits),
        hashes_(piece_hashes(graph.pieces.size())),
        now_(words_),
        next_(words_),
        set_(words_) {
    std::vector<std::vector<int>> producers;
    for (const auto& piece : graph.pieces) producers.push_back(piece.producers);
    producers_ = as_sets(producers, words_);
    std::vector<std::vector<int>> consumers;
    outputs_.resize(graph.pieces.size());
    inputs_.resize(graph.pieces.size());
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      const auto& tensor = graph.tensors[t];
      consumers.push_back(tensor.consumers);
      outputs_[static_cast<std::size_t>(tensor.producer)].push_back(t);
      for (const int piece : tensor.consumers) {
        inputs_[static_cast<std::size_t>(piece)].push_back(t);
      }
    }
    consumers_ = as_sets(consumers, words_);
  }

  std::optional<DownsetLattice> build(std::size_t limit) {
    ACCEPTLAB_CHECK(limit <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    if (!start(limit)) return std::nullopt;
    for (int first = 0; next_.size() > 0;) {
      std::swap(now_, next_);
      next_.clear();
      const int first_next = lattice_.count();
      for (int i = 0; i < now_.size(); ++i) {
        if (!expand(i, first + i, first_next, limit)) return std::nullopt;
      }
      first = first_next;
    }
    return std::move(lattice_);
  }

 private:
  bool start(std::size_t limit) {
    if (limit == 0) return false;
    const int place = next_.insert(set_.data(), 0).first;
    for (int p = 0; p < graph_.piece_count(); ++p) {
      if (graph_.pieces[static_cast<std::size_t>(p)].producers.empty()) add(next_.ready(place), p);
    }
    append({}, 0.0, 0.0);
    lattice_.first_edge_.push_back(0);
    return true;
  }

  void append(DownsetLattice::Step step, double time_us, double cut_bytes) {
    lattice_.reached_by_.push_back(step);
    lattice_.time_us_.push_back(time_us);
    lattice_.cut_bytes_.push_back(cut_bytes);
  }

  // Adds the edges up from number `downset`, the i-th of its size, and what is new above it.
  // False where that is more than the limit.
  bool expand(int i, int downset, int first_next, std::size_t limit) {
    bool fits = true;
    std::copy_n(now_.set(i), words_, set_.begin());
    for_each_in(now_.ready(i), words_, [&](int piece) {
      if (!fits) return;
      add(set_.data(), piece);
      const Word hash = now_.hash(i) + hashes_[static_cast<std::size_t>(piece)];
      const auto [place, is_new] = next_.insert(set_.data(), hash);
      if (is_new) {
        fits = static_cast<std::size_t>(lattice_.count()) < limit;
        find_ready(i, piece, place);
        append({downset, piece}, time_with(downset, piece), cut_with(downset, piece));
      }
      lattice_.above_.push_back(first_next + place);
      remove(set_.data(), piece);
    });
    lattice_.first_edge_.push_back(lattice_.above_.size());
    return fits;
  }

  // set_: the downset with the piece.
  void find_ready(int below, int piece, int place) {
    Word* const ready = next_.ready(place);
    std::copy_n(now_.ready(below), words_, ready);
    remove(ready, piece);
    for (const int consumer : graph_.pieces[static_cast<std::size_t>(piece)].consumers) {
      const Word* const needed = &producers_[static_cast<std::size_t>(consumer) * words_];
      if (is_within(needed, set_.data(), words_)) add(ready, consumer);
    }
  }

  double time_with(int below, int piece) const {
    return lattice_.time_us(below) + graph_.pieces[static_cast<std::size_t>(piece)].time_us;
  }

  // set_: the downset with the piece.
  double cut_with(int below, int piece) const {
    double bytes = lattice_.cut_bytes(below);
    for (const std::size_t t : inputs_[static_cast<std::size_t>(piece)]) {
      if (is_within(&consumers_[t * words_], set_.data(), words_)) {
        bytes -= graph_.tensors[t].bytes;
      }
    }
    for (const std::size_t t : outputs_[static_cast<std::size_t>(piece)]) {
      bytes += graph_.tensors[t].bytes;
    }
    return bytes;
  }

  const PieceGraph& graph_;
  const std::size_t words_;
  const std::vector<Word> hashes_;
  std::vector<Word> producers_;                    // [piece][words]
  std::vector<Word> consumers_;                    // [tensor][words]
  std::vector<std::vector<std::size_t>> outputs_;  // [piece], of tensors
  std::vector<std::vector<std::size_t>> inputs_;
  DownsetLattice lattice_;
  SizeClass now_;
  SizeClass next_;
  std::vector<Word> set_;
};

std::optional<DownsetLattice> DownsetLattice::of(const PieceGraph& graph, std::size_t limit) {
  return LatticeBuilder(graph).build(limit);
}

std::vector<int> DownsetLattice::pieces(int downset) const {
  std::vector<int> result;
  for (int d = downset; d != 0; d = reached_by_[static_cast<std::size_t>(d)].below) {
    result.push_back(reached_by_[static_cast<std::size_t>(d)].piece);
  }
  return result;
}

}  // namespace acceptlab::partition
