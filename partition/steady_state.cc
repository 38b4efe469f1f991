#include "partition/steady_state.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/howard_cycle_ratio.hpp>
#include <cstddef>

namespace acceptlab::partition {

namespace {

// The pipeline as a timed event graph (Baccelli et al., Synchronization and Linearity, 2.5): a node
// is a piece of work that every mini-batch needs, an edge says that one begins when another has
// ended, `batches` mini-batches earlier. In the long run a mini-batch takes the largest ratio of
// time to batches of a cycle. The n-th backward pass of a stage is counted as that of the
// mini-batch whose forward pass comes just before it, so that no edge counts batches backwards.
struct Edge {
  double us = 0.0;  // of the node that it leaves, and the latency on the way
  int batches = 0;
};
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS,
                                    boost::property<boost::vertex_index_t, std::size_t>, Edge>;
using Node = std::size_t;

// Work of one kind on one stage or one way of a link: one mini-batch after another.
Node add_work(Graph& graph, double us) {
  const Node node = boost::add_vertex(graph);
  boost::add_edge(node, node, Edge{us, 1}, graph);
  return node;
}

}  // namespace

double steady_state_us(const Costs& costs, const std::vector<Placement>& stages,
                       const Evaluation& times) {
  const std::size_t last = stages.size() - 1;
  Graph graph;
  Node forward = 0;   // of the stage before
  Node backward = 0;  // likewise
  for (std::size_t s = 0; s <= last; ++s) {
    const StageTimes& stage = times.stages[s];
    const Node begin = add_work(graph, s == last ? stage.busy_us : stage.forward_us);
    const double begin_us = s == last ? stage.busy_us : stage.forward_us;
    Node end = begin;  // the last stage runs both in one
    if (s < last) {
      end = add_work(graph, stage.backward_us);
      boost::add_edge(begin, end, Edge{begin_us, 0}, graph);
      boost::add_edge(end, begin, Edge{stage.backward_us, 1}, graph);
    }
    const double end_us = s == last ? stage.busy_us : stage.backward_us;
    if (s > 0) {
      const StageTimes& before = times.stages[s - 1];
      const Costs::LinkPair link = costs.link_pair(stages[s - 1].device, stages[s].device);
      const double there_us = times.links[s - 1].forward_us - link.latency_there_us;
      const double back_us = times.links[s - 1].backward_us - link.latency_back_us;
      const Node there = add_work(graph, there_us);
      const Node back = add_work(graph, back_us);
      boost::add_edge(forward, there, Edge{before.forward_us, 0}, graph);
      boost::add_edge(there, begin, Edge{there_us + link.latency_there_us, 0}, graph);
      boost::add_edge(end, back, Edge{end_us, 0}, graph);
      boost::add_edge(back, backward, Edge{back_us + link.latency_back_us, 1}, graph);
    }
    forward = begin;
    backward = end;
  }
  return boost::maximum_cycle_ratio(graph, boost::get(boost::vertex_index, graph),
                                    boost::get(&Edge::us, graph),
                                    boost::get(&Edge::batches, graph));
}

}  // namespace acceptlab::partition
