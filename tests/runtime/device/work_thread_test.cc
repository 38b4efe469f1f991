#include "runtime/device/work_thread.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace acceptlab::device {
namespace {

// Until something has finished; the generous limit only keeps a broken test from hanging.
bool wait_finished(const WorkThread& work) {
  pollfd item{work.finished_fd(), POLLIN, 0};
  return poll(&item, 1, 60'000) == 1;
}

TEST(WorkThread, DoesPiecesInOrderAndHandsThemBackToItsOwner) {
  WorkThread work;
  std::vector<int> done;
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 5; ++i) {
    work.post([] {},
              [&, i] {
                done.push_back(i);
                threads.push_back(std::this_thread::get_id());
              });
  }
  while (done.size() < 5) {
    ASSERT_TRUE(wait_finished(work));
    work.run_finished();
  }
  EXPECT_EQ(done, (std::vector<int>{0, 1, 2, 3, 4}));
  for (const std::thread::id id : threads) EXPECT_EQ(id, std::this_thread::get_id());
}

TEST(WorkThread, RethrowsWhereTheOwnerLooks) {
  WorkThread work;
  bool followed = false;
  work.post([] { throw std::runtime_error("broken"); }, [&] { followed = true; });
  ASSERT_TRUE(wait_finished(work));
  EXPECT_THROW(work.run_finished(), std::runtime_error);
  EXPECT_FALSE(followed);
}

TEST(WorkThread, RunWaitsAndRethrows) {
  WorkThread work;
  std::thread::id id;
  work.run([&] { id = std::this_thread::get_id(); });
  EXPECT_NE(id, std::this_thread::get_id());
  EXPECT_THROW(work.run([] { throw std::logic_error("no"); }), std::logic_error);
}

TEST(WorkThread, DropsWhatFollowsPiecesOnceTheyAreDone) {
  WorkThread work;
  int done = 0;
  bool followed = false;
  for (int i = 0; i < 100; ++i) work.post([&] { ++done; }, [&] { followed = true; });
  work.post([] { throw std::runtime_error("broken"); }, [&] { followed = true; });
  work.drop_finished();
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(work.run_finished());
  EXPECT_FALSE(followed);
}

TEST(WorkThread, SaysWhetherAnythingHadFinished) {
  WorkThread work;
  EXPECT_FALSE(work.run_finished());
  work.run([] {});
  ASSERT_TRUE(wait_finished(work));
  EXPECT_TRUE(work.run_finished());
  EXPECT_FALSE(work.run_finished());
}

}  // namespace
}  // namespace acceptlab::device
