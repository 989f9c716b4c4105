// SPDX-License-Identifier: Apache-2.0
//
// What an execution client answers: any body is a value of its kind or refused in words, and a payload that was read is written as it came.
#include "require.hpp"

#include <alys/domain/engine/engine_api.hpp>
#include <alys/domain/engine/engine_error.hpp>

#include <cstdint>

using namespace alys::domain;

namespace {

// Whether it came to a value; if not, the client gets the blame and the log the reason.
template <class T>
bool read_or_refused(const alys::result<T>& value) {
  if (value) return true;
  fuzz::require(value == engine_error::invalid_answer || value == engine_error::unsupported_fork,
                "an answer that is none is the client's fault");
  fuzz::require(!value.error().text().empty(), "in words");
  return false;
}

void require_written_as_read(const execution_payload& payload) {
  const auto written = read_json(new_payload_params(payload));
  fuzz::require(written.has_value(), "params are JSON");
  const json_value wrapped{
      json_value::object{{"executionPayload", written->as_array()->front()}, {"executionRequests", json_value{json_value::array{}}}}};
  fuzz::require(read_built_payload(wrapped, payload.fork) == payload, "a payload is written as it was read");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = read_rpc_answer(text_of(bytes_view{data, size}));
  if (!answer) {
    fuzz::require(answer.error().refused(), "whatever a client says is no failure of the node");
    return 0;
  }
  const auto status = read_payload_status(*answer);
  if (read_or_refused(status) && status->status == payload_status::invalid) fuzz::require(status->receipts.empty(), "nothing was executed");
  read_or_refused(read_forkchoice_answer(*answer));
  for (const execution_fork fork : all_execution_forks) {
    if (const auto payload = read_built_payload(*answer, fork); read_or_refused(payload)) require_written_as_read(*payload);
  }
  read_or_refused(read_client_block(*answer));
  read_or_refused(read_payload_bodies(*answer));
  read_or_refused(read_capabilities(*answer));
  read_or_refused(read_word(*answer));
  if (const auto outcomes = read_outcomes(*answer); read_or_refused(outcomes)) {
    for (const execution_outcome& each : *outcomes) {
      for (const log_entry& log : each.logs) fuzz::require(log.topics.size() <= log_entry::most_topics, "a log has four topics at most");
    }
  }
  return 0;
}
