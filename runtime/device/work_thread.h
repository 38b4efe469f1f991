#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace acceptlab::device {

// A thread that does one piece of work after the other, and hands what follows each back to the
// thread that owns this object. The owner waits on a file descriptor, beside its sockets.
class WorkThread {
 public:
  WorkThread();
  // Waits for the piece of work that is under way; drops the rest.
  ~WorkThread();
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  // `then` runs in the owner's run_finished() after `work` has been done.
  void post(std::function<void()> work, std::function<void()> then);
  // Does `work` on the thread and waits for it; rethrows what it throws. Pieces posted before are
  // done first; what follows them still waits for run_finished().
  void run(const std::function<void()>& work);

  // Readable while finished pieces wait for run_finished().
  int finished_fd() const { return finished_fd_; }
  // Runs what follows each finished piece, in order; rethrows what a piece threw instead. Returns
  // whether there was any.
  bool run_finished();
  // Waits for all pieces posted so far; neither what follows them nor what they threw is heard of.
  void drop_finished();

 private:
  struct Piece {
    std::function<void()> work;
    std::function<void()> then;
    std::exception_ptr thrown;
  };

  void serve();

  const int finished_fd_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::condition_variable idle_;
  std::deque<Piece> waiting_;
  std::deque<Piece> finished_;
  bool working_ = false;
  bool closing_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace acceptlab::device
