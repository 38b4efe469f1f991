#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace acceptlab::partition {

// A set of small numbers as bits.
class CutSet {
 public:
  explicit CutSet(int size) : words_(static_cast<std::size_t>(size + 63) / 64) {}

  void clear() { words_.assign(words_.size(), 0); }
  void add(int i) { words_[word(i)] |= bit(i); }
  bool has(int i) const { return (words_[word(i)] & bit(i)) != 0; }

  // Adds first..last, both included; nothing where last < first.
  void add_range(int first, int last) {
    if (last < first) return;
    const std::uint64_t from = ~std::uint64_t{0} << (first & 63);
    const std::uint64_t to = ~std::uint64_t{0} >> (63 - (last & 63));
    if (word(first) == word(last)) {
      words_[word(first)] |= from & to;
      return;
    }
    words_[word(first)] |= from;
    for (std::size_t w = word(first) + 1; w < word(last); ++w) words_[w] = ~std::uint64_t{0};
    words_[word(last)] |= to;
  }

  // Adds what `other` has from `from` on. Requires: sets of one size.
  void add_all(const CutSet& other, int from) {
    std::uint64_t mask = ~std::uint64_t{0} << (from & 63);
    for (std::size_t w = word(from); w < words_.size(); ++w) {
      words_[w] |= other.words_[w] & mask;
      mask = ~std::uint64_t{0};
    }
  }
  // Adds what both have from `from` on. Requires: sets of one size.
  void add_common(const CutSet& a, const CutSet& b, int from) {
    std::uint64_t mask = ~std::uint64_t{0} << (from & 63);
    for (std::size_t w = word(from); w < words_.size(); ++w) {
      words_[w] |= a.words_[w] & b.words_[w] & mask;
      mask = ~std::uint64_t{0};
    }
  }
  void remove(int i) { words_[word(i)] &= ~bit(i); }

  // The first number >= `from` that is in the set, or is not; `end` where there is none before it.
  int next(int from, int end) const { return find(from, end, 0); }
  int next_missing(int from, int end) const { return find(from, end, ~std::uint64_t{0}); }

 private:
  static std::size_t word(int i) { return static_cast<std::size_t>(i) >> 6; }
  static std::uint64_t bit(int i) { return std::uint64_t{1} << (i & 63); }

  int find(int from, int end, std::uint64_t flip) const {
    if (from >= end) return end;
    std::size_t w = word(from);
    std::uint64_t bits = (words_[w] ^ flip) & (~std::uint64_t{0} << (from & 63));
    while (bits == 0) {
      if (++w == words_.size() || static_cast<int>(w * 64) >= end) return end;
      bits = words_[w] ^ flip;
    }
    const int found = static_cast<int>(w * 64) + __builtin_ctzll(bits);
    return found < end ? found : end;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace acceptlab::partition
