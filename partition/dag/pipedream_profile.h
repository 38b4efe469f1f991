#pragma once

#include <string>

#include "partition/dag/model_graph.h"
#include "runtime/base/result.h"

namespace acceptlab::partition {

// Reads a layer profile in the format of PipeDream's graph.txt, a line for each node and edge:
//
//   node4 -- Linear(9, 5) -- forward_compute_time=0.073, backward_compute_time=6.949,
//     activation_size=[64.0; 8.0], parameter_size=180.000      (one line in the file)
//   <tab>node4 -- node5
//
// Its milliseconds become microseconds, a list of sizes its sum. Left out are the nodes `Input*`,
// which are the loading of data, and `__getitem__*` without consumer: an element of a tuple that
// nobody takes.
//
// Returns: a graph that check() accepts, nodes in the order of the file; or a kConfig error
// "FILE:LINE: rule (values)".
Result<ModelGraph> read_pipedream_profile(const std::string& path);

}  // namespace acceptlab::partition
