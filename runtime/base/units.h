#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

// Quantities are types: a time, a size and a rate cannot be mixed up. All are 64-bit integers.
namespace acceptlab {

using Duration = std::chrono::nanoseconds;

// The time line of the world a runtime lives in. It has no now(): a time comes from a Clock only.
struct WorldClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorldClock, Duration>;
  static constexpr bool is_steady = true;  // NOLINT: the standard's name
};
using TimePoint = WorldClock::time_point;

constexpr double to_milliseconds(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}
constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
constexpr double to_seconds(TimePoint t) { return to_seconds(t.time_since_epoch()); }

// Rounds to the nearest nanosecond. Requires: |seconds| < 9.2e9.
constexpr Duration from_seconds(double seconds) {
  return Duration(static_cast<std::int64_t>(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5)));
}
constexpr Duration from_milliseconds(double ms) { return from_seconds(ms * 1e-3); }

class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr explicit Bytes(std::int64_t count) : count_(count) {}
  constexpr std::int64_t count() const { return count_; }

  constexpr Bytes& operator+=(Bytes o) { return count_ += o.count_, *this; }
  constexpr Bytes& operator-=(Bytes o) { return count_ -= o.count_, *this; }
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return Bytes(a.count_ + b.count_); }
  friend constexpr Bytes operator-(Bytes a, Bytes b) { return Bytes(a.count_ - b.count_); }
  friend constexpr Bytes operator*(Bytes a, std::int64_t n) { return Bytes(a.count_ * n); }
  friend constexpr bool operator==(Bytes a, Bytes b) { return a.count_ == b.count_; }
  friend constexpr bool operator!=(Bytes a, Bytes b) { return a.count_ != b.count_; }
  friend constexpr bool operator<(Bytes a, Bytes b) { return a.count_ < b.count_; }
  friend constexpr bool operator<=(Bytes a, Bytes b) { return a.count_ <= b.count_; }
  friend constexpr bool operator>(Bytes a, Bytes b) { return a.count_ > b.count_; }
  friend constexpr bool operator>=(Bytes a, Bytes b) { return a.count_ >= b.count_; }

 private:
  std::int64_t count_ = 0;
};

class BitsPerSecond {
 public:
  constexpr BitsPerSecond() = default;
  constexpr explicit BitsPerSecond(std::int64_t count) : count_(count) {}
  constexpr std::int64_t count() const { return count_; }

  friend constexpr bool operator==(BitsPerSecond a, BitsPerSecond b) {
    return a.count_ == b.count_;
  }
  friend constexpr bool operator!=(BitsPerSecond a, BitsPerSecond b) {
    return a.count_ != b.count_;
  }
  friend constexpr bool operator<(BitsPerSecond a, BitsPerSecond b) { return a.count_ < b.count_; }
  friend constexpr bool operator<=(BitsPerSecond a, BitsPerSecond b) {
    return a.count_ <= b.count_;
  }
  friend constexpr bool operator>(BitsPerSecond a, BitsPerSecond b) { return a.count_ > b.count_; }

 private:
  std::int64_t count_ = 0;
};

namespace detail {
__extension__ using Int128 = __int128;
}

// The time to send `size` at `rate`, rounded up to a nanosecond; 128 bits inside, because
// bytes * 8 * 10^9 leaves 64 bits at 1.15 GB. Requires: rate > 0.
constexpr Duration operator/(Bytes size, BitsPerSecond rate) {
  const auto bit_ns = static_cast<detail::Int128>(size.count()) * 8 * 1'000'000'000;
  return Duration(static_cast<std::int64_t>((bit_ns + rate.count() - 1) / rate.count()));
}

// What passes in `time` at `rate`, rounded down to a byte.
constexpr Bytes operator*(BitsPerSecond rate, Duration time) {
  const auto bit_ns = static_cast<detail::Int128>(rate.count()) * time.count();
  return Bytes(static_cast<std::int64_t>(bit_ns / 8 / 1'000'000'000));
}

constexpr double to_megabits_per_second(BitsPerSecond rate) {
  return static_cast<double>(rate.count()) * 1e-6;
}
constexpr BitsPerSecond from_megabits_per_second(double mbit_s) {
  return BitsPerSecond(static_cast<std::int64_t>(mbit_s * 1e6 + 0.5));  // NOLINT: constexpr
}

namespace literals {
using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
constexpr Bytes operator""_B(unsigned long long n) { return Bytes(static_cast<std::int64_t>(n)); }
constexpr Bytes operator""_KiB(unsigned long long n) {
  return Bytes(static_cast<std::int64_t>(n) * 1024);
}
constexpr Bytes operator""_MiB(unsigned long long n) {
  return Bytes(static_cast<std::int64_t>(n) * 1024 * 1024);
}
constexpr BitsPerSecond operator""_kbps(unsigned long long n) {
  return BitsPerSecond(static_cast<std::int64_t>(n) * 1'000);
}
constexpr BitsPerSecond operator""_Mbps(unsigned long long n) {
  return BitsPerSecond(static_cast<std::int64_t>(n) * 1'000'000);
}
constexpr BitsPerSecond operator""_Gbps(unsigned long long n) {
  return BitsPerSecond(static_cast<std::int64_t>(n) * 1'000'000'000);
}
}  // namespace literals

}  // namespace acceptlab
