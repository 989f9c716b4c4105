// SPDX-License-Identifier: Apache-2.0
//
// What a node exports about itself beside its actors: the chain's progress and the HTTP server's counters.
#pragma once

#include <alys/actors/otlp.hpp>
#include <alys/domain/api/http_server.hpp>
#include <alys/domain/chain/chain_state.hpp>
#include <alys/domain/storage/chain_store.hpp>

#include <string>

namespace alysd {

// In Prometheus' text format.
[[nodiscard]] std::string node_metrics(const alys::domain::http_server_counters& http, const alys::domain::chain_store& store,
                                       alys::domain::chain_state state);
[[nodiscard]] std::string tracing_metrics(const alys::otlp_counts& spans);

} // namespace alysd
