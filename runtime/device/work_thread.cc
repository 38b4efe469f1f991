#include "runtime/device/work_thread.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <memory>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::device {

namespace {

int make_eventfd() {
  const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  ACCEPTLAB_CHECK(fd >= 0);
  return fd;
}

}  // namespace

WorkThread::WorkThread() : finished_fd_(make_eventfd()), thread_([this] { serve(); }) {}

WorkThread::~WorkThread() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  posted_.notify_all();
  thread_.join();
  close(finished_fd_);
}

void WorkThread::post(std::function<void()> work, std::function<void()> then) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back({std::move(work), std::move(then), nullptr});
  }
  posted_.notify_one();
}

void WorkThread::run(const std::function<void()>& work) {
  const auto done = std::make_shared<std::promise<void>>();
  std::future<void> result = done->get_future();
  post(
      [done, &work] {
        try {
          work();
          done->set_value();
        } catch (...) {
          done->set_exception(std::current_exception());
        }
      },
      [] {});
  result.get();
}

bool WorkThread::run_finished() {
  std::uint64_t count = 0;
  // Nothing to read where nothing has finished since; either way the queue says what there is.
  if (read(finished_fd_, &count, sizeof count) < 0) count = 0;
  std::deque<Piece> finished;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    finished.swap(finished_);
  }
  for (const Piece& piece : finished) {
    if (piece.thrown) std::rethrow_exception(piece.thrown);
    piece.then();
  }
  return !finished.empty();
}

void WorkThread::drop_finished() {
  std::unique_lock<std::mutex> lock(mutex_);
  idle_.wait(lock, [this] { return waiting_.empty() && !working_; });
  finished_.clear();
}

void WorkThread::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    posted_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (closing_) return;
    Piece piece = std::move(waiting_.front());
    waiting_.pop_front();
    working_ = true;
    lock.unlock();
    try {
      piece.work();
    } catch (...) {
      piece.thrown = std::current_exception();
    }
    piece.work = nullptr;  // what it holds goes where it was used
    lock.lock();
    finished_.push_back(std::move(piece));
    working_ = false;
    idle_.notify_all();
    const std::uint64_t one = 1;
    ACCEPTLAB_CHECK(write(finished_fd_, &one, sizeof one) == sizeof one);
  }
}

}  // namespace acceptlab::device
