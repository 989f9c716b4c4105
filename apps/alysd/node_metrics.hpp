// SPDX-License-Identifier: Apache-2.0
//
// What a node exports about itself beside its actors: the chain's progress, the HTTP server's counters, what an execution client
// is given.
#pragma once

#include <alys/actors/otlp.hpp>
#include <alys/domain/api/http_server.hpp>
#include <alys/domain/chain/chain_state.hpp>
#include <alys/domain/engine/fed_engine.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <string>

namespace alysd {

// In Prometheus' text format.
[[nodiscard]] std::string node_metrics(const alys::domain::http_server_counters& http, const alys::domain::chain_store& store,
                                       alys::domain::chain_state state);
// Nothing without one.
[[nodiscard]] std::string client_metrics(const alys::domain::feed_progress* feeding);
[[nodiscard]] std::string tracing_metrics(const alys::otlp_counts& spans);

} // namespace alysd
