#include "app/testbed/command_stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace acceptlab::testbed {

namespace {

app::Program program_of(std::vector<std::string> words, int input,
                        const std::filesystem::path& log) {
  app::Program program;
  program.words = std::move(words);
  program.input = input;
  program.log = log;
  program.own_process_group = true;
  return program;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

// A socket rather than a pipe: writing to a program that has ended is then an error and no signal.
CommandStream::Channel::Channel() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error(std::string("socketpair: ") + std::strerror(errno));
  }
  program_end = ends[0];
  own_end = ends[1];
}

CommandStream::CommandStream(std::vector<std::string> words, const std::filesystem::path& log)
    : log_(log), process_(program_of(std::move(words), channel_.program_end, log)) {
  close(channel_.program_end);
}

CommandStream::~CommandStream() {
  close(channel_.own_end);
  process_.wait();
}

void CommandStream::say(const std::string& lines) {
  const ssize_t sent = send(channel_.own_end, lines.data(), lines.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(lines.size()) && !process_.poll()) return;
  throw std::runtime_error("a command before '" + lines + "' failed: " + text_of(log_));
}

}  // namespace acceptlab::testbed
