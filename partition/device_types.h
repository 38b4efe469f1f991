#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "partition/problem.h"

namespace acceptlab::partition {

// Devices that are alike in all that counts, so that which of them is used does not matter; and
// numbers for the multisets of types that a part of a pipeline uses.
class DeviceTypes {
 public:
  explicit DeviceTypes(const Problem& problem);

  int count() const { return static_cast<int>(members_.size()); }
  int size(int type) const { return static_cast<int>(members_[at(type)].size()); }
  // A device of the type.
  int device(int type, int member = 0) const { return members_[at(type)][at(member)]; }

  // How many multisets there are; nothing where more than 2^62.
  std::optional<std::size_t> multisets() const { return multisets_; }
  // Devices of the type in multiset `set`. The empty multiset is 0.
  int used(std::size_t set, int type) const {
    return static_cast<int>(set / stride_[at(type)] % (members_[at(type)].size() + 1));
  }
  int used(std::size_t set) const;
  // The same for every multiset. Requires: multisets() is small.
  std::vector<std::uint16_t> sizes() const;
  // The multiset with one device of the type less. Requires: used(set, type) > 0.
  std::size_t without(std::size_t set, int type) const { return set - stride_[at(type)]; }
  std::size_t with(std::size_t set, int type) const { return set + stride_[at(type)]; }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  std::vector<std::vector<int>> members_;
  std::vector<std::size_t> stride_;
  std::optional<std::size_t> multisets_;
};

}  // namespace acceptlab::partition
