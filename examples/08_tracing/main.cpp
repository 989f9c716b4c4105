// SPDX-License-Identifier: Apache-2.0
//
// Tracing: one order as a tree of spans, from the request that came in to the restart that it made. Given the URL of a collector, such as
// http://127.0.0.1:4318/v1/traces, it exports the spans as well.
#include <alys/actors.hpp>
#include <alys/actors/otlp.hpp>

#include <algorithm>
#include <iostream>
#include <mutex>

using namespace std::chrono_literals;

struct cook { using reply = int; std::string dish; };           // answered with its price
struct order { using reply = int; std::vector<std::string> dishes; };
ALYS_MESSAGE(cook, dish)
ALYS_MESSAGE(order, dishes)

class kitchen final : public alys::actor<kitchen> {
public:
  using messages = alys::accepts<cook>;
  alys::result<int> handle(const cook& c) {
    alys::current_span().set("dish", c.dish); // more about the work in hand
    if (c.dish == "unicorn") return alys::fail(alys::category::resource, "no such animal");
    return 5;
  }
};

class waiter final : public alys::actor<waiter> {
public:
  using messages = alys::accepts<order>;
  using asks = alys::to<kitchen>;
  explicit waiter(alys::ref<kitchen> k) : kitchen_(std::move(k)) {}
  alys::promise<int> handle(const order& o) {
    alys::promise<int> bill;
    serve(o.dishes, 0, 0, bill);
    return bill;
  }

private:
  void serve(const std::vector<std::string>& dishes, std::size_t next, int sum, const alys::promise<int>& bill) {
    if (next == dishes.size()) return void(bill.deliver(sum));
    auto served = ask(kitchen_, cook{dishes[next]}, 1s);
    served.then([=, this](int price) { serve(dishes, next + 1, sum + price, bill); }, [bill](const alys::error& e) { bill.deliver(e); });
  }
  alys::ref<kitchen> kitchen_;
};

// Where the spans go: kept to be printed, and passed on.
class notebook final : public alys::span_sink {
public:
  explicit notebook(std::shared_ptr<alys::span_sink> next) : next_(std::move(next)) {}
  void take(alys::span_data&& ended) override { // on the thread where it ends, which is mostly an actor's
    {
      const std::lock_guard guard(mutex_);
      spans_.push_back(ended);
    }
    if (next_) next_->take(std::move(ended));
  }
  // The spans below one, indented; of all zero: the whole trace.
  void print(const std::array<std::uint8_t, 16>& trace, const std::array<std::uint8_t, 8>& parent, const std::string& indent = {}) {
    const std::lock_guard guard(mutex_);
    std::sort(spans_.begin(), spans_.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    print_below(trace, parent, indent);
  }

private:
  void print_below(const std::array<std::uint8_t, 16>& trace, const std::array<std::uint8_t, 8>& parent, const std::string& indent) {
    for (const alys::span_data& s : spans_) {
      if (s.context.trace_id != trace || s.parent != parent) continue;
      std::cout << indent << s.name;
      if (!s.actor.empty()) std::cout << " by " << s.actor << " in life " << s.incarnation;
      std::cout << ": " << to_string(s.outcome);
      if (s.failure) std::cout << " (" << s.failure.message() << ')';
      for (const auto& a : s.attributes)
        if (a.key == "dish") std::cout << ", " << a.key << " = " << to_string(a.value);
      for (const auto& l : s.links) std::cout << ", linked to " << (l.to.span_id == parent ? "the span above" : "another span");
      std::cout << '\n';
      print_below(trace, s.context.span_id, indent + "  ");
    }
  }
  std::mutex mutex_;
  std::vector<alys::span_data> spans_;
  std::shared_ptr<alys::span_sink> next_;
};

int main(int count, char** given) {
  std::shared_ptr<alys::otlp_exporter> exporter;
  if (count > 1) exporter = std::make_shared<alys::otlp_exporter>(alys::otlp_options{.endpoint = given[1], .service_name = "restaurant"});
  const auto spans = std::make_shared<notebook>(exporter);

  alys::supervisor_spec root{"restaurant"};
  auto pots = root.child<kitchen>("kitchen");
  auto hall = root.child<waiter>("waiter", {}, {}, pots);
  auto system = alys::system::start(root, {.log = alys::log_to_nowhere(), .tracing = {.sink = spans, .ratio = 1.0}});

  // As a server does it: the client's traceparent goes on in our trace.
  const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto request = system.tracer().start("POST /order", {.kind = alys::span_kind::server, .parent = alys::remote_trace{traceparent, {}}});
  {
    const alys::trace_scope inside{request}; // what this thread sends belongs to the request
    const auto bill = system.ask(hall, order{{"soup", "unicorn", "cake"}}, 5s);
    if (bill) request.handled();
    else request.failed(bill.error());
  }
  request.end();
  (void)system.ask(pots, cook{"soup"}, 5s); // another trace; and the kitchen is back when it is answered

  const auto client = alys::parse_traceparent(traceparent).value();
  spans->print(client.trace_id, client.span_id);
  if (exporter) std::cout << (exporter->flush(5s) ? "exported " : "still exporting ") << exporter->counts().exported << " spans\n";
}
