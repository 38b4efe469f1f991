#include "runtime/device/socket_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zmq.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace acceptlab::device {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// Only keeps a broken test from hanging: nothing is measured by it.
constexpr Duration kPatience = std::chrono::seconds(60);

Payload bytes(const std::string& text) { return Payload::of({text.begin(), text.end()}); }

std::string text_of(const Payload& payload) {
  return payload.has_bytes() ? std::string(payload.bytes().begin(), payload.bytes().end()) : "";
}

// A device's sockets and what they logged.
struct Device {
  explicit Device(const std::string& device_name, bool encrypted = true,
                  Bytes largest = Bytes(1'000'000))
      : name(device_name) {
    LinkOptions options;
    options.listen = "tcp://127.0.0.1:*";
    if (encrypted) options.keys = keys;
    options.largest_message = largest;
    open(options);
  }
  // One that was started again: at the same place, with the same key.
  explicit Device(const Peer& before, const KeyPair& its_keys) : name(before.name), keys(its_keys) {
    LinkOptions options;
    options.listen = before.endpoint;
    options.keys = keys;
    open(options);
  }
  Peer peer() const { return {name, links->endpoint(), keys.public_key}; }
  void send(const std::string& to, const std::string& head, const std::string& body = "") {
    links->send(to, MessageKind::kControl, TimePoint{}, bytes(head),
                body.empty() ? Payload() : bytes(body));
  }
  // The next message, while `other` also hands over what waits.
  std::optional<Arrived> next(Device& other) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (auto arrived = links->receive()) return arrived;
      other.links->wait(Duration(0), -1);
      links->wait(std::chrono::milliseconds(10), -1);
    }
    return std::nullopt;
  }

  void open(LinkOptions options) {
    options.name = name;
    links = std::make_unique<SocketLinks>(options,
                                          [this](const std::string& line) { log.push_back(line); });
  }

  const std::string name;
  const KeyPair keys = make_key_pair();
  std::vector<std::string> log;
  std::unique_ptr<SocketLinks> links;
};

void introduce(Device& a, Device& b) {
  a.links->connect(b.peer());
  b.links->connect(a.peer());
}

class EitherWay : public ::testing::TestWithParam<bool> {};

TEST_P(EitherWay, CarriesMessagesInOrderUnderTheSendersName) {
  Device a("a", GetParam());
  Device b("b", GetParam());
  introduce(a, b);
  for (int i = 0; i < 300; ++i)
    a.send("b", std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
  for (int i = 0; i < 300; ++i) {
    const auto arrived = b.next(a);
    ASSERT_TRUE(arrived) << i;
    EXPECT_EQ(arrived->from, "a");
    EXPECT_EQ(text_of(arrived->head), std::to_string(i));
    EXPECT_EQ(arrived->body.size(), Bytes(i));
    EXPECT_EQ(arrived->envelope.sequence, static_cast<std::uint64_t>(i));
  }
  EXPECT_TRUE(b.links->take_lost().empty());
  EXPECT_TRUE(b.log.empty());
}

INSTANTIATE_TEST_SUITE_P(Keys, EitherWay, ::testing::Bool());

TEST(SocketLinks, RefusesADeviceWhoseKeyItDoesNotKnow) {
  Device central("central");
  Device friendly("friendly");
  Device stranger("friendly");  // the name alone gains nothing
  introduce(central, friendly);
  stranger.links->connect(central.peer());
  stranger.send("central", "let me in");
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (central.links->refused() == 0 && std::chrono::steady_clock::now() < end) {
    stranger.links->wait(std::chrono::milliseconds(10), -1);
  }
  EXPECT_GE(central.links->refused(), 1);
  friendly.send("central", "hello");
  const auto arrived = central.next(friendly);
  ASSERT_TRUE(arrived);
  EXPECT_EQ(text_of(arrived->head), "hello");
}

TEST(SocketLinks, MarksMessagesOfOtherSessions) {
  Device a("a");
  Device b("b");
  introduce(a, b);
  a.links->enter_session(7);
  a.send("b", "hello");
  const auto hello = b.next(a);
  ASSERT_TRUE(hello);
  EXPECT_TRUE(hello->is_stray);
  b.links->enter_session(7, &*hello);
  a.send("b", "next");
  const auto next = b.next(a);
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->is_stray);
  EXPECT_TRUE(b.links->take_lost().empty());
}

TEST(SocketLinks, TakesADeviceForLostOfWhichMessagesAreMissing) {
  Device a("a");
  Device b("b");
  introduce(a, b);
  a.send("b", "0");
  ASSERT_TRUE(b.next(a));
  a.links->enter_session(0);  // counts anew: what follows looks repeated
  a.send("b", "again 0");
  a.send("b", "1");
  const auto one = b.next(a);
  ASSERT_TRUE(one);
  EXPECT_EQ(text_of(one->head), "1");
  EXPECT_THAT(b.log, Contains(HasSubstr("it has been here before")));
  b.links->enter_session(0);  // expects 0 while 2 is next
  a.send("b", "2");
  ASSERT_TRUE(b.next(a));
  EXPECT_THAT(b.links->take_lost(), Contains("a"));
  EXPECT_THAT(b.log, Contains(HasSubstr("2 messages of device 'a' are missing")));
}

TEST(SocketLinks, LetsAPeerThatWasStartedAgainCountAnewOnce) {
  Device a("a");
  Device b("b");
  introduce(a, b);
  a.send("b", "0");
  a.send("b", "1");
  ASSERT_TRUE(b.next(a));
  ASSERT_TRUE(b.next(a));
  b.links->expect_anew("a");
  a.links->enter_session(0);
  for (const char* text : {"0 again", "1 again"}) {
    a.send("b", text);
    const auto arrived = b.next(a);
    ASSERT_TRUE(arrived);
    EXPECT_EQ(text_of(arrived->head), text);
  }
  EXPECT_TRUE(b.links->take_lost().empty());
  a.links->enter_session(0);
  a.send("b", "0 once more");
  a.send("b", "1 once more");
  a.send("b", "2");
  const auto two = b.next(a);
  ASSERT_TRUE(two);
  EXPECT_EQ(text_of(two->head), "2");
}

TEST(SocketLinks, WhoJoinsASessionLateTakesItsPeersAsTheyCount) {
  Device central("central");
  Device other("other");
  Device late("late");
  introduce(central, late);
  introduce(other, late);
  central.links->enter_session(7);
  other.links->enter_session(7);
  std::optional<Arrived> invitation;
  for (int i = 0; i < 3; ++i) {
    central.send("late", "message");
    other.send("late", "message");
    for (int each = 0; each < 2; ++each) {
      const auto arrived = late.next(i % 2 == 0 ? central : other);
      ASSERT_TRUE(arrived);
      EXPECT_TRUE(arrived->is_stray);
      if (arrived->from == "central") invitation = arrived;
    }
  }
  ASSERT_TRUE(invitation);
  late.links->enter_session(7, &*invitation);
  other.send("late", "its fourth");
  const auto fourth = late.next(other);
  ASSERT_TRUE(fourth);
  EXPECT_FALSE(fourth->is_stray);
  EXPECT_TRUE(late.links->take_lost().empty());
}

TEST(SocketLinks, TellsWhenAConnectionBreaks) {
  Device a("a");
  auto b = std::make_unique<Device>("b");
  introduce(a, *b);
  a.send("b", "hello");
  ASSERT_TRUE(b->next(a));
  b.reset();
  std::vector<std::string> lost;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (lost.empty() && std::chrono::steady_clock::now() < end) {
    a.links->wait(std::chrono::milliseconds(10), -1);
    lost = a.links->take_lost();
  }
  EXPECT_THAT(lost, Contains("b"));
}

// A socket that was replaced gives what it has two seconds to leave. What happens to its connection
// meanwhile is nobody's business any more.
TEST(SocketLinks, ReachesAPeerAgainWhoseFormerConnectionBreaksAfterItWasReplaced) {
  Device a("a");
  auto b = std::make_unique<Device>("b");
  introduce(a, *b);
  const Peer before = b->peer();
  const KeyPair keys = b->keys;
  // More than the connection takes, as b reads but the first.
  for (int i = 0; i < 200; ++i) a.send("b", "to the former b", std::string(500'000, 'x'));
  ASSERT_TRUE(b->next(a));
  a.links->connect(before);
  b.reset();
  Device again(before, keys);
  introduce(a, again);
  a.links->enter_session(7);
  a.send("b", "to the new b");
  std::optional<Arrived> arrived;
  do {
    arrived = again.next(a);
    ASSERT_TRUE(arrived);
  } while (arrived->envelope.session != 7);
  again.links->enter_session(7, &*arrived);
  again.send("a", "welcome");
  const auto answer = a.next(again);
  ASSERT_TRUE(answer);
  EXPECT_EQ(text_of(answer->head), "welcome");
}

TEST(SocketLinks, CutsOffWhoeverSendsMoreThanMayBe) {
  Device small("small", true, Bytes(1000));
  Device big("big");
  introduce(small, big);
  big.send("small", "fits", std::string(900, 'x'));
  ASSERT_TRUE(small.next(big));
  big.send("small", "does not fit", std::string(2000, 'x'));
  std::vector<std::string> lost;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (lost.empty() && std::chrono::steady_clock::now() < end) {
    small.links->wait(std::chrono::milliseconds(1), -1);
    EXPECT_FALSE(small.links->receive());
    big.links->wait(std::chrono::milliseconds(10), -1);
    lost = big.links->take_lost();
  }
  EXPECT_THAT(lost, Contains("small"));
}

TEST(SocketLinks, DropsMalformedMessagesAndGoesOn) {
  Device b("b", false);
  void* context = zmq_ctx_new();
  void* raw = zmq_socket(context, ZMQ_PUSH);
  zmq_setsockopt(raw, ZMQ_PLAIN_USERNAME, "a", 1);
  zmq_setsockopt(raw, ZMQ_PLAIN_PASSWORD, "-", 1);
  ASSERT_EQ(zmq_connect(raw, b.links->endpoint().c_str()), 0);
  const EnvelopeBytes envelope = encode_envelope({MessageKind::kFrame, 0, 0, TimePoint{}});
  zmq_send(raw, "garbage", 7, 0);
  zmq_send(raw, "", 0, 0);
  for (const int flags : {ZMQ_SNDMORE, ZMQ_SNDMORE, 0})
    zmq_send(raw, envelope.data(), envelope.size(), flags);
  zmq_send(raw, envelope.data(), envelope.size(), 0);
  std::optional<Arrived> arrived = b.next(b);
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->from, "a");
  EXPECT_EQ(b.log.size(), 3U);
  zmq_close(raw);
  zmq_ctx_term(context);
}

TEST(SocketLinks, SaysWhereItCannotListen) {
  LinkOptions options;
  options.name = "a";
  options.listen = "tcp://no.such.interface:1";
  EXPECT_THROW(SocketLinks(options, [](const std::string&) {}), ConfigError);
}

TEST(Keys, ComeInPairs) {
  const KeyPair pair = make_key_pair();
  EXPECT_TRUE(is_key(pair.public_key));
  EXPECT_EQ(public_key_of(pair.secret_key), pair.public_key);
  EXPECT_FALSE(is_key("short"));
  EXPECT_FALSE(is_key(std::string(40, ' ')));
}

}  // namespace
}  // namespace acceptlab::device
