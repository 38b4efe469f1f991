#include "partition/dag/pipedream_profile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acceptlab::partition {
namespace {

constexpr std::string_view kSeparator = " -- ";

// What a line breaks; the reader adds where it is.
using Broken = std::optional<std::string>;

// Short enough for a message.
std::string quoted(std::string_view text) {
  return "'" + std::string(text.substr(0, 40)) + (text.size() > 40 ? "...'" : "'");
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

template <typename Number>
bool parse_whole(std::string_view text, Number* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

// A decimal number that is finite and not negative.
Broken parse_amount(std::string_view field, std::string_view text, double* value) {
  if (!parse_whole(text, value) || !std::isfinite(*value)) {
    return "a number expected for " + std::string(field) + " (" + quoted(text) + ")";
  }
  if (*value < 0.0) return std::string(field) + " is negative (" + quoted(text) + ")";
  return std::nullopt;
}

// The decimal point is moved in the text: 0.073 ms are 73 us, and not 72.99999999999999.
Broken parse_milliseconds(std::string_view field, std::string_view text, double* us) {
  if (auto broken = parse_amount(field, text, us)) return broken;
  if (text.find_first_of("eE") != std::string_view::npos) {
    *us *= 1e3;
    if (std::isfinite(*us)) return std::nullopt;
    return std::string(field) + " is too large (" + quoted(text) + ")";
  }
  return parse_amount(field, std::string(text) + "e3", us);
}

// A number, or the sum of a list: [1.0; 2.0].
Broken parse_sizes(std::string_view field, std::string_view text, double* bytes) {
  if (text.empty() || text.front() != '[') return parse_amount(field, text, bytes);
  if (text.back() != ']') return "a list that ends in ] expected (" + quoted(text) + ")";
  text = text.substr(1, text.size() - 2);
  *bytes = 0.0;
  while (true) {
    const std::size_t end = text.find("; ");
    double size = 0.0;
    if (auto broken = parse_amount(field, text.substr(0, end), &size)) return broken;
    *bytes += size;
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 2);
  }
}

Broken parse_node_id(std::string_view text, int* id) {
  constexpr std::string_view kPrefix = "node";
  if (!starts_with(text, kPrefix) || !parse_whole(text.substr(kPrefix.size()), id) || *id < 0) {
    return "node and its number expected (" + quoted(text) + ")";
  }
  return std::nullopt;
}

// forward_compute_time=1.0, backward_compute_time=2.0, activation_size=3.0, parameter_size=4.0
Broken parse_measures(std::string_view text, ModelNode* node) {
  struct Field {
    std::string_view key;
    Broken (*parse)(std::string_view, std::string_view, double*);
    double* value;
  };
  const std::array<Field, 4> fields = {
      Field{"forward_compute_time", parse_milliseconds, &node->forward_us},
      Field{"backward_compute_time", parse_milliseconds, &node->backward_us},
      Field{"activation_size", parse_sizes, &node->activation_bytes},
      Field{"parameter_size", parse_amount, &node->parameter_bytes}};
  for (const Field& field : fields) {
    if (!starts_with(text, std::string(field.key) + "=")) {
      return std::string(field.key) + "=... expected (" + quoted(text) + ")";
    }
    text.remove_prefix(field.key.size() + 1);
    const bool is_last = &field == &fields.back();
    const std::size_t end = is_last ? text.size() : text.find(", ");
    if (end == std::string_view::npos) {
      return "another field expected after " + std::string(field.key) + " (" + quoted(text) + ")";
    }
    if (auto broken = field.parse(field.key, text.substr(0, end), field.value)) return broken;
    text.remove_prefix(is_last ? end : end + 2);
  }
  return std::nullopt;
}

// node4 -- NAME -- MEASURES; the name may hold anything, the separator too.
Broken parse_node(std::string_view line, ModelNode* node) {
  const std::size_t first = line.find(kSeparator);
  const std::size_t last = line.rfind(kSeparator);
  if (first == std::string_view::npos || last < first + kSeparator.size()) {
    return "'nodeN -- NAME -- MEASURES' expected (" + quoted(line) + ")";
  }
  if (auto broken = parse_node_id(line.substr(0, first), &node->id)) return broken;
  const std::size_t name = first + kSeparator.size();
  node->name = std::string(line.substr(name, last - name));
  return parse_measures(line.substr(last + kSeparator.size()), node);
}

// node4 -- node5, the tab before it removed.
Broken parse_edge(std::string_view line, ModelEdge* edge) {
  const std::size_t middle = line.find(kSeparator);
  if (middle == std::string_view::npos) {
    return "'nodeN -- nodeM' expected after the tab (" + quoted(line) + ")";
  }
  if (auto broken = parse_node_id(line.substr(0, middle), &edge->producer)) return broken;
  return parse_node_id(line.substr(middle + kSeparator.size()), &edge->consumer);
}

Broken check_characters(std::string_view line) {
  const auto printable = [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; };
  const auto other = std::find_if_not(line.begin(), line.end(), printable);
  if (other == line.end()) return std::nullopt;
  return "plain ASCII text expected (byte " +
         std::to_string(static_cast<unsigned>(static_cast<unsigned char>(*other))) + ")";
}

// A file as it is read, line by line.
class Profile {
 public:
  // Returns what the line breaks.
  Broken add(std::string_view line) {
    ++line_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (auto broken = check_characters(line)) return broken;
    if (line.empty()) return std::nullopt;
    return line.front() == '\t' ? add_edge(line.substr(1)) : add_node(line);
  }

  // Of the line added last; of the edge, after find_unknown_node() found one.
  int line() const { return line_; }

  // Edges may stand before their nodes, so that is looked at in the end.
  Broken find_unknown_node() {
    for (std::size_t e = 0; e < graph_.edges.size(); ++e) {
      for (const int id : {graph_.edges[e].producer, graph_.edges[e].consumer}) {
        if (line_of_node_.count(id) != 0) continue;
        line_ = line_of_edge_[e];
        return "the file has no such node (node" + std::to_string(id) + ")";
      }
    }
    return std::nullopt;
  }

  ModelGraph without_dropped_nodes() && {
    std::set<int> consumed;
    for (const ModelEdge& edge : graph_.edges) consumed.insert(edge.producer);
    std::set<int> dropped;
    for (const ModelNode& node : graph_.nodes) {
      const bool unused_element =
          starts_with(node.name, "__getitem__") && consumed.count(node.id) == 0;
      if (unused_element || starts_with(node.name, "Input")) dropped.insert(node.id);
    }
    const auto drop = [&](int id) { return dropped.count(id) != 0; };
    auto& nodes = graph_.nodes;
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                               [&](const ModelNode& node) { return drop(node.id); }),
                nodes.end());
    auto& edges = graph_.edges;
    edges.erase(
        std::remove_if(edges.begin(), edges.end(),
                       [&](const ModelEdge& e) { return drop(e.producer) || drop(e.consumer); }),
        edges.end());
    return std::move(graph_);
  }

 private:
  Broken add_node(std::string_view line) {
    ModelNode node;
    if (auto broken = parse_node(line, &node)) return broken;
    const auto [before, is_new] = line_of_node_.emplace(node.id, line_);
    if (!is_new) {
      return "node" + std::to_string(node.id) + " is there already (line " +
             std::to_string(before->second) + ")";
    }
    graph_.nodes.push_back(std::move(node));
    return std::nullopt;
  }

  Broken add_edge(std::string_view line) {
    ModelEdge edge;
    if (auto broken = parse_edge(line, &edge)) return broken;
    graph_.edges.push_back(edge);
    line_of_edge_.push_back(line_);
    return std::nullopt;
  }

  ModelGraph graph_;
  std::unordered_map<int, int> line_of_node_;
  std::vector<int> line_of_edge_;
  int line_ = 0;
};

}  // namespace

Result<ModelGraph> read_pipedream_profile(const std::string& path) {
  const auto error = [&](const std::string& what) {
    return Error{ErrorKind::kConfig, path + what};
  };
  std::ifstream in(path, std::ios::binary);
  if (!in) return error(": cannot be opened");
  Profile profile;
  const auto error_at_line = [&](const std::string& rule) {
    return error(":" + std::to_string(profile.line()) + ": " + rule);
  };
  std::string line;
  while (std::getline(in, line)) {
    if (auto broken = profile.add(line)) return error_at_line(*broken);
  }
  if (in.bad()) return error(": cannot be read");
  if (auto broken = profile.find_unknown_node()) return error_at_line(*broken);
  ModelGraph graph = std::move(profile).without_dropped_nodes();
  if (auto wrong = check(graph)) return error(": " + wrong->message);
  return graph;
}

}  // namespace acceptlab::partition
