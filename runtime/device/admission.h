#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace acceptlab::device {

// Says which connections the sockets of a ZeroMQ context take: those whose key is admitted; where
// sockets have no keys, all that give a name. Answers the library's requests
// (rfc.zeromq.org/spec/27) on a thread of its own, so that strangers cost the owner nothing.
// Thread-safe. To be made before any socket of the context is bound.
class Admission {
 public:
  // `context`: of the ZeroMQ library; outlives this object. `believing`: names need no key.
  Admission(void* context, bool believing);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // From now on. Where a key was admitted under another name, the new name holds.
  void admit_key(const std::string& name, const std::string& public_key);
  // Connections refused so far.
  std::int64_t refused() const;

 private:
  void serve();
  // The name of who asks; empty: refused.
  std::string name_of(const std::string& mechanism, const std::string& credential);

  void* const context_;
  const bool believing_;
  void* const control_;  // a message there ends the thread
  void* const handler_;  // the thread's, once it runs
  mutable std::mutex mutex_;
  std::map<std::string, std::string> names_by_key_;
  std::int64_t refused_ = 0;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace acceptlab::device
