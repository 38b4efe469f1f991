#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "runtime/base/check.h"

namespace acceptlab {

enum class ErrorKind { kTimeout, kPeerLost, kCorrupt, kUnsupported, kConfig };

// Something that can happen in a correct program: a kind to act on, a message to read.
struct Error {
  ErrorKind kind = ErrorKind::kCorrupt;
  std::string message;
};

// A T or the Error that prevented it. value() on an error is a broken invariant.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  const T& value() const& {
    ACCEPTLAB_CHECK(ok());
    return std::get<T>(state_);
  }
  T&& value() && {
    ACCEPTLAB_CHECK(ok());
    return std::get<T>(std::move(state_));
  }
  const Error& error() const {
    ACCEPTLAB_CHECK(!ok());
    return std::get<Error>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

// Wrong configuration: thrown by loaders, caught once in main. The message names file, line, rule.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace acceptlab
