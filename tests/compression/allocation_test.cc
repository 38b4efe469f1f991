#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/compression/codec_fixtures.h"

// Encoding into a span and decoding allocate nothing once they have seen a tensor of a size, but
// where the plain version stands in for a kernel. This program counts every call of operator new.
namespace {
std::atomic<long> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace acceptlab::compression {
namespace {

TEST(AllocationTest, TheCounterCounts) {
  const long before = allocations;
  std::vector<float> values(100);
  EXPECT_EQ(allocations, before + 1);
}

struct Link {
  Encoder encoder;
  Decoder decoder;
  Message room;
  std::vector<float> decoded;

  explicit Link(const CodecSpec& spec, std::size_t most)
      : encoder(spec, 1), room(encoder.bound(most)), decoded(most) {}

  bool send(Span<const float> values, std::uint64_t message) {
    const auto size = encoder.encode(values, Shape::vector(values.size()), {1, message},
                                     Span<std::uint8_t>(room));
    return size.ok() &&
           decoder.decode({room.data(), size.value()}, {decoded.data(), values.size()}).ok();
  }
};

TEST(AllocationTest, NothingIsAllocatedForTensorsOfASizeSeenBefore) {
  const std::vector<float> act = activations(20000);
  const std::vector<float> other = activations(20000, 2);
  for (const std::string& name : all_codec_names()) {
    Link link(spec_of(name), act.size());
    ASSERT_TRUE(link.send(Span<const float>(act), 0));
    ASSERT_TRUE(link.send(Span<const float>(other), 1));
    const long before = allocations;
    for (std::uint64_t message = 2; message < 5; ++message) {
      ASSERT_TRUE(link.send(Span<const float>(message % 2 == 0 ? act : other), message));
      ASSERT_TRUE(link.send({act.data(), 777}, message));
      ASSERT_TRUE(link.send({}, message));
    }
    EXPECT_EQ(allocations, before) << name;
  }
}

TEST(AllocationTest, NorWhereValuesAreReplaced) {
  std::vector<float> values = activations(5000);
  values[17] = NAN;
  for (const char* name : {"suq4", "mbq4-zeros", "fp16"}) {
    Link link(spec_of(name), values.size());
    link.encoder.set_non_finite(NonFinite::kReplace);
    ASSERT_TRUE(link.send(Span<const float>(values), 0));
    const long before = allocations;
    ASSERT_TRUE(link.send(Span<const float>(values), 1));
    EXPECT_EQ(allocations, before) << name;
  }
}

}  // namespace
}  // namespace acceptlab::compression
