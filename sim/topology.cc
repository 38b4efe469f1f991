#include "sim/topology.h"

#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::sim {
namespace {

std::string name(const LinkSpec& link) {
  return "link " + std::to_string(link.a.value) + " - " + std::to_string(link.b.value) + ": ";
}

void check_direction(const LinkSpec& link, const DirectionSpec& direction) {
  ACCEPTLAB_CHECK(direction.bandwidth != nullptr);
  if (direction.delay < Duration(0)) throw ConfigError(name(link) + "the delay is negative");
  if (!(direction.loss >= 0.0 && direction.loss < 1.0)) {
    throw ConfigError(name(link) + "the loss must be in [0, 1)");
  }
  if (direction.queue_packets < 0) throw ConfigError(name(link) + "the queue is negative");
}

struct Edge {
  DeviceId neighbour;
  DirectionIndex direction;
  bool operator<(const Edge& other) const { return neighbour < other.neighbour; }
};

// Links counted from each device to `to`; -1 where there is no way.
std::vector<int> distances(const std::vector<std::set<Edge>>& edges, int to) {
  std::vector<int> distance(edges.size(), -1);
  std::deque<int> frontier{to};
  distance[to] = 0;
  while (!frontier.empty()) {
    const int device = frontier.front();
    frontier.pop_front();
    for (const Edge& edge : edges[device]) {
      if (distance[edge.neighbour.value] >= 0) continue;
      distance[edge.neighbour.value] = distance[device] + 1;
      frontier.push_back(edge.neighbour.value);
    }
  }
  return distance;
}

}  // namespace

void check_links(const std::vector<LinkSpec>& links, int device_count) {
  std::set<std::pair<int, int>> pairs;
  for (const LinkSpec& link : links) {
    for (const DeviceId device : {link.a, link.b}) {
      if (device.value < 0 || device.value >= device_count) {
        throw ConfigError(name(link) + "there are devices 0 to " +
                          std::to_string(device_count - 1) + " only");
      }
    }
    if (link.a == link.b) throw ConfigError(name(link) + "both ends are one device");
    if (!pairs.insert(std::minmax({link.a.value, link.b.value})).second) {
      throw ConfigError(name(link) + "the pair already has a link");
    }
    check_direction(link, link.a_to_b);
    check_direction(link, link.b_to_a);
  }
}

RouteTable::RouteTable(const std::vector<LinkSpec>& links, int device_count)
    : first_hop_(device_count, std::vector<DirectionIndex>(device_count, kNone)) {
  std::vector<std::set<Edge>> edges(device_count);
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto direction = static_cast<DirectionIndex>(2 * i);
    edges[links[i].a.value].insert({links[i].b, direction});
    edges[links[i].b.value].insert({links[i].a, direction + 1});
    end_.push_back(links[i].b);
    end_.push_back(links[i].a);
  }
  for (int to = 0; to < device_count; ++to) {
    const std::vector<int> distance = distances(edges, to);
    for (int at = 0; at < device_count; ++at) {
      for (const Edge& edge : edges[at]) {
        if (distance[at] <= 0 || distance[edge.neighbour.value] != distance[at] - 1) continue;
        first_hop_[at][to] = edge.direction;
        break;
      }
    }
  }
}

DirectionIndex RouteTable::first_hop(DeviceId at, DeviceId to) const {
  return first_hop_[at.value][to.value];
}

std::vector<DirectionIndex> RouteTable::path(DeviceId from, DeviceId to) const {
  std::vector<DirectionIndex> directions;
  for (DeviceId at = from; at != to; at = end_[directions.back()]) {
    const DirectionIndex hop = first_hop(at, to);
    if (hop == kNone) {
      throw ConfigError("no way from device " + std::to_string(from.value) + " to device " +
                        std::to_string(to.value) + " over the links");
    }
    directions.push_back(hop);
  }
  return directions;
}

}  // namespace acceptlab::sim
