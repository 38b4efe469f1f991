#include "app/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace acceptlab::app {

namespace {
constexpr int kBarWidth = 24;
constexpr int kPlainLines = 50;
}  // namespace

Progress::Progress(std::string what, int total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (terminal_ && drawn_) std::fputc('\n', stderr);
}

void Progress::update(int done, const std::string& note) {
  if (first_done_ < 0) {
    first_done_ = done;
    start_ = std::chrono::steady_clock::now();
  }
  if (!terminal_) {
    const int line = total_ <= kPlainLines ? done : kPlainLines * done / total_;
    if (line == latest_line_) return;
    latest_line_ = line;
  }
  draw(done, note);
  drawn_ = true;
}

std::string Progress::time_left(int done) const {
  if (done >= total_) return "done";
  if (done <= first_done_) return "time left unknown";
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  const int seconds =
      static_cast<int>(spent.count() / (done - first_done_) * (total_ - done) + 0.5);
  char text[48];
  std::snprintf(text, sizeof text, "%d:%02d left", seconds / 60, seconds % 60);
  return text;
}

void Progress::draw(int done, const std::string& note) {
  const std::string left = time_left(done);
  if (!terminal_) {
    std::fprintf(stderr, "%d/%d %s, %s: %s\n", done, total_, what_.c_str(), left.c_str(),
                 note.c_str());
    return;
  }
  const int filled = total_ > 0 ? std::min(kBarWidth, kBarWidth * done / total_) : kBarWidth;
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(kBarWidth - filled), '.');
  std::fprintf(stderr, "\r\033[K[%s] %d/%d %s, %s  %s", bar.c_str(), done, total_, what_.c_str(),
               left.c_str(), note.c_str());
  std::fflush(stderr);
}

}  // namespace acceptlab::app
