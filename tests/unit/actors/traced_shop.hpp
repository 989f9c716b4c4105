// SPDX-License-Identifier: Apache-2.0
//
// Actors whose work is traced, and a sink that keeps their spans for the test to look at.
#pragma once

#include <alys/testkit.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace std::chrono_literals;

namespace tracing_test {

enum class denied : std::uint8_t { none, unknown_item };
ALYS_ERRORS(denied, unknown_item)

struct look_up {
  using reply = int;
  int key = 0;
};
struct price {
  using reply = int;
  int key = 0;
};
struct later {
  using reply = int;
  std::chrono::milliseconds wait{0};
};
struct note {
  int number = 0;
};
struct remind {
  std::chrono::milliseconds wait{0};
};
struct again {};
struct ticking {
  std::chrono::milliseconds period{0};
};
struct tick {};
struct alone {};
struct outgoing {
  using reply = std::string;
};
ALYS_MESSAGE(look_up, key)
ALYS_MESSAGE(price, key)
ALYS_MESSAGE(later, wait)
ALYS_MESSAGE(note, number)
ALYS_MESSAGE(remind, wait)
ALYS_MESSAGE(again)
ALYS_MESSAGE(ticking, period)
ALYS_MESSAGE(tick)
ALYS_MESSAGE(alone)
ALYS_MESSAGE(outgoing)

// Keeps what it gets, for the test to look at.
class spans final : public alys::span_sink {
public:
  void take(alys::span_data&& ended) override {
    const std::lock_guard guard(mutex_);
    all_.push_back(std::move(ended));
  }
  [[nodiscard]] std::vector<alys::span_data> all() const {
    const std::lock_guard guard(mutex_);
    return all_;
  }
  [[nodiscard]] std::vector<alys::span_data> named(std::string_view name) const {
    std::vector<alys::span_data> found;
    for (const auto& s : all())
      if (s.name.ends_with(name)) found.push_back(s);
    return found;
  }
  // The only one with that name.
  [[nodiscard]] alys::span_data one(std::string_view name) const {
    const auto found = named(name);
    if (found.size() != 1) FAIL(found.size() << " spans are named " << name);
    return found.front();
  }
  void clear() {
    const std::lock_guard guard(mutex_);
    all_.clear();
  }

private:
  mutable std::mutex mutex_;
  std::vector<alys::span_data> all_;
};

inline bool child_of(const alys::span_data& child, const alys::span_data& parent) {
  return child.context.trace_id == parent.context.trace_id && child.parent == parent.context.span_id &&
         child.context.span_id != parent.context.span_id;
}
inline bool first(const alys::span_data& s) { return s.parent == decltype(s.parent){}; }

class store final : public alys::actor<store> {
public:
  using messages = alys::accepts<look_up, note>;
  alys::result<int> handle(const look_up& l) {
    if (l.key < 0) return alys::fail(alys::category::network, "the shelf broke");
    if (l.key == 0) return alys::refuse(denied::unknown_item, "zero");
    return l.key;
  }
  void handle(const note&) {}
};

class shop final : public alys::actor<shop> {
public:
  using messages = alys::accepts<price, later, note, remind, again, ticking, tick, alone, outgoing>;
  using asks = alys::to<store>;
  explicit shop(alys::ref<store> s) : store_(std::move(s)) {}

  alys::promise<int> handle(const price& p) {
    alys::promise<int> answer;
    auto found = ask(store_, look_up{p.key}, 1s);
    found.then([this, answer](alys::result<int> r) {
      alys::current_span().event("looked up", {{"found", r.has_value()}});
      send(store_, note{1});
      answer.deliver(std::move(r));
    });
    return answer;
  }
  alys::promise<int> handle(const later& l) {
    owed_ = alys::promise<int>{};
    after(l.wait, note{2});
    return owed_;
  }
  void handle(const note&) { owed_.deliver(7); }
  void handle(const remind& r) { after(r.wait, again{}); }
  void handle(const again&) {
    if (++times_ < 3) after(1s, again{});
  }
  void handle(const ticking& t) { every(t.period, tick{}); }
  void handle(const tick&) {}
  void handle(const alone&) {
    {
      const alys::trace_scope apart{alys::new_trace{}};
      send(store_, note{3});
    }
    send(store_, note{4});
  }
  std::string handle(const outgoing&) {
    const auto fields = alys::outgoing_trace();
    return fields.traceparent + ' ' + fields.tracestate;
  }

private:
  alys::ref<store> store_;
  alys::promise<int> owed_;
  int times_ = 0;
};

class asker final : public alys::actor<asker> {
public:
  using messages = alys::accepts<again>;
  using asks = alys::to<store>;
  explicit asker(alys::ref<store> s) : store_(std::move(s)) {}
  void handle(const again&) {
    auto found = ask(store_, look_up{1}, 1s);
    found.then([](alys::result<int>) { throw std::runtime_error("as planned"); });
  }

private:
  alys::ref<store> store_;
};

struct traced_shop {
  std::shared_ptr<spans> seen = std::make_shared<spans>();
  alys::testkit::bench t;
  alys::ref<store> inside;
  alys::ref<shop> front;

  explicit traced_shop(double ratio = 1.0, bool on = true)
      : t(alys::testkit::bench_options{.seed = 7, .tracing = {.sink = on ? seen : nullptr, .ratio = ratio}}),
        inside(t.child<store>()),
        front(t.child<shop>({}, {}, inside)) {
    (void)t.system();
    seen->clear(); // of the start
  }
  [[nodiscard]] alys::tracer tracer() { return t.system().tracer(); }
};

} // namespace tracing_test
