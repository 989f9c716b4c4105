// SPDX-License-Identifier: Apache-2.0
//
// The ways in: paths, and the calls of a JSON-RPC request. What each query needs of other actors is in api_queries.cpp.
#include <alys/domain/api/api_actor.hpp>
#include <alys/domain/api/http_routes.hpp>
#include <alys/domain/api/rpc_methods.hpp>

namespace alys::domain {

namespace {

[[nodiscard]] http_response text(unsigned status, std::string body) { return {status, "text/plain; charset=utf-8", std::move(body)}; }

[[nodiscard]] http_response liveness_of(const node_control& node) {
  return node.alive() ? text(200, "alive\n") : text(503, "not alive: no thread is free for any work\n");
}

[[nodiscard]] http_response readiness_of(const node_control& node) {
  const node_readiness found = node.readiness();
  const std::string why = found.why.empty() ? std::string{} : ": " + found.why;
  return text(found.ready ? 200 : 503, (found.ready ? "ready" : "not ready") + why + "\n");
}

[[nodiscard]] rpc_error why_not(const error& e) {
  if (client_is_away(e)) return {rpc_code::unavailable, "the execution client is away: " + e.text()};
  return to_rpc_error(e);
}

// One request with all its calls; answers when the last of them has its result.
struct open_request {
  rpc_exchange exchange;
  http_respond respond;

  void settle(std::size_t call, const result<std::string>& outcome) {
    if (outcome) exchange.answer(call, *outcome);
    else exchange.refuse(call, why_not(outcome.error()));
    respond_if_complete();
  }
  void respond_if_complete() {
    if (!exchange.complete()) return;
    std::string body = exchange.text();
    const unsigned status = body.empty() ? 204 : 200;
    respond({status, "application/json", std::move(body)});
  }
};

// Which calls the span in hand is about.
void note_calls(const std::vector<rpc_call>& calls) {
  const span here = current_span();
  if (!here.recording()) return;
  here.set("rpc.system", "jsonrpc");
  here.set("rpc.method", calls.front().method);
  if (calls.size() > 1) here.set("rpc.batch_size", calls.size());
}

// The span of a request, from its arrival until its answer goes out.
[[nodiscard]] span begin_span(const tracer& tracer, const http_request& request) {
  const bool known = request.method == "GET" || request.method == "HEAD" || request.method == "POST";
  span begun = tracer.start(known ? request.method : "HTTP",
                            {.kind = span_kind::server, .parent = remote_trace{request.traceparent, request.tracestate}});
  begun.set("http.request.method", request.method);
  begun.set("url.path", request.target.substr(0, request.target.find('?')));
  return begun;
}

[[nodiscard]] http_respond ending(const span& of, http_respond respond) {
  if (!of.recording()) return respond;
  return [of, respond = std::move(respond)](http_response response) {
    of.set("http.response.status_code", response.status);
    if (response.status >= 500) of.failed(fail(category::unknown, "HTTP status " + std::to_string(response.status)));
    else of.handled();
    of.end();
    respond(std::move(response));
  };
}

} // namespace

void api_config::validate(problem_list& problems) const {
  if (answer_within <= std::chrono::milliseconds::zero()) problems.push_back({"answer_within", "must be more than 0"});
}

// Liveness and readiness are answered on the server's own thread: a node whose actors have no thread left must still be able to say so.
result<void> api_actor::initialize() {
  return ports_.http->start(
      [me = self(), tracer = tracer(), control = ports_.control, names = config().host_names](http_request request, http_respond respond) {
        const span whole = begin_span(tracer, request);
        const trace_scope inside{whole};
        const http_respond answer = ending(whole, std::move(respond));
        const auto routed = route(request, names);
        const auto* to = std::get_if<http_route>(&routed);
        if (to != nullptr && *to == http_route::liveness) return answer(liveness_of(*control));
        if (to != nullptr && *to == http_route::readiness) return answer(readiness_of(*control));
        send(me, http_call{std::move(request), answer});
      });
}

void api_actor::handle(http_call&& m) {
  auto routed = route(m.request, config().host_names);
  if (auto* refusal = std::get_if<http_response>(&routed)) return m.respond(std::move(*refusal));
  switch (std::get<http_route>(routed)) {
    case http_route::json_rpc: return answer_rpc(std::move(m));
    case http_route::liveness: return m.respond(liveness_of(*ports_.control));
    case http_route::readiness: return m.respond(readiness_of(*ports_.control));
    case http_route::metrics: return m.respond({200, "text/plain; version=0.0.4; charset=utf-8", ports_.control->metrics()});
  }
}

void api_actor::answer_rpc(http_call&& call) {
  auto open = std::make_shared<open_request>(open_request{rpc_exchange::open(call.request.body), std::move(call.respond)});
  if (open->exchange.calls().empty()) return open->respond_if_complete();
  const rpc_access access = config().dev_faults ? rpc_access::development : rpc_access::everybody;
  const std::vector<rpc_call> calls = open->exchange.calls();
  note_calls(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto query = decode_call(calls[i], access);
    if (!query) open->settle(i, query.error());
    else std::visit([&](const auto& q) { carry_out(q, [open, i](const json_text& outcome) { open->settle(i, outcome); }); }, *query);
  }
}

} // namespace alys::domain
