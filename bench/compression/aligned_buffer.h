#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include "runtime/base/span.h"

namespace acceptlab::codec_bench {

// Memory for a tensor or a message: starts at a cache line, as allocators of tensors make it, and
// all its pages are there.
template <typename T>
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), kLine))), size_(size) {
    std::memset(data_.get(), 0, size * sizeof(T));
  }

  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  Span<T> span() const { return {data_.get(), size_}; }
  // Grows to at least `size`; what it held is lost where it grows.
  void reserve(std::size_t size) {
    if (size > size_) *this = AlignedBuffer(size);
  }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Delete {
    void operator()(T* data) const { ::operator delete(data, kLine); }
  };
  std::unique_ptr<T, Delete> data_;
  std::size_t size_;
};

}  // namespace acceptlab::codec_bench
