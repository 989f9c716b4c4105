// SPDX-License-Identifier: Apache-2.0
//
// What the runtime knows of an actor class: its handlers, its hooks and whom it may ask, collected at compile time into one table.
#pragma once

#include <alys/actors/detail/process.hpp>
#include <alys/actors/health.hpp>
#include <alys/actors/promise.hpp>
#include <alys/actors/tracing.hpp>

#include <chrono>
#include <span>
#include <vector>

namespace alys {

class actor_base;

// Friend this to keep handlers and hooks private: `friend alys::access;`
struct access;

namespace detail {

enum class handled_as : std::uint8_t {
  answered,
  refused,
  deferred,
  failed,
  unfinished, // its handler waits
  late,       // it comes to its handler later
};

struct handler_outcome {
  handled_as how = handled_as::answered;
  error failure;
  std::shared_ptr<promise_state> owed; // when deferred
};

[[noreturn]] void throw_bound_twice();

struct handler_entry {
  const message_type* type;
  handler_outcome (*invoke)(actor_base&, data_envelope&);
  bool keeps_message; // takes it by const reference, so that it is whole afterwards
};

// Done when both are empty.
struct hook_outcome {
  error failure;
  std::shared_ptr<promise_state> pending;
};
using hook = hook_outcome (*)(actor_base&);

// What prepare() hands to apply(), kept between the two halves of a reload.
struct prepared_plan {
  virtual ~prepared_plan() = default;
};
struct prepare_outcome {
  error refusal; // none: it can take it
  std::unique_ptr<prepared_plan> plan;
};

// One entry of `asks`: an actor, or a message for whoever accepts it.
struct ask_edge {
  const actor_type& (*actor)() noexcept = nullptr;
  const message_type* message = nullptr;
};

struct actor_type {
  const void* identity = nullptr; // one per actor class: tables with other handlers may stand for the same class
  std::string_view name;
  std::span<const handler_entry> handlers;
  std::span<const ask_edge> asks;
  hook initialize = nullptr;
  hook started = nullptr;
  hook stopping = nullptr;
  hook stopped = nullptr;
  health_report (*health)(actor_base&) = nullptr;
  prepare_outcome (*prepare)(actor_base&, const void* next_config) = nullptr; // null: takes no new configuration
  void (*apply)(actor_base&, prepared_plan&, std::shared_ptr<const void> next_config) noexcept = nullptr;
  bool (*same_config)(const void*, const void*) = nullptr;

  [[nodiscard]] bool same_class(const actor_type& other) const noexcept { return identity == other.identity; }
  [[nodiscard]] const handler_entry* find(const message_type& m) const noexcept {
    for (const handler_entry& h : handlers) {
      if (h.type == &m) return &h;
    }
    return nullptr;
  }
};

class coroutine_turn;

// What runs when an ask ends, in the asker's own turn.
struct continuation {
  virtual ~continuation() = default;
  // The coroutine that waits for the answer, if one does.
  [[nodiscard]] virtual coroutine_turn* resumes() const noexcept { return nullptr; }
  virtual void resolve(reply_envelope& reply) = 0;
  virtual void fail(error e) = 0;
};

// Of a timer: its place among those of its life, and a number that no other one of that life has. 0: none.
struct timer_id {
  std::uint32_t incarnation = 0;
  std::uint32_t place = 0;
  std::uint64_t number = 0;
};

// What the cell does for the object that it hosts.
class actor_host {
public:
  virtual ~actor_host() = default;
  virtual void submit_ask(process_ptr to, data_ptr message, std::chrono::nanoseconds deadline, std::unique_ptr<continuation> then) = 0;
  // Resolves `then` with errc::deadline after `time`.
  virtual void wake_after(std::chrono::nanoseconds time, std::unique_ptr<continuation> then) = 0;
  // Takes a turn that waits, whose handler or hook then ends as unfinished.
  virtual void keep(std::unique_ptr<coroutine_turn> turn) = 0;
  virtual timer_id add_timer(std::chrono::nanoseconds delay, std::chrono::nanoseconds period, data_ptr message) = 0;
  virtual void cancel_timer(const timer_id& id) noexcept = 0;
  virtual void request_finish() noexcept = 0;
  virtual error stash() = 0;
  virtual void unstash_all() noexcept = 0;
  [[nodiscard]] virtual std::chrono::nanoseconds now() const noexcept = 0;
  [[nodiscard]] virtual std::uint32_t incarnation() const noexcept = 0;
  [[nodiscard]] virtual process_ptr self() = 0;
  [[nodiscard]] virtual alys::tracer tracer() const noexcept = 0;
};

// What sleep() gives to co_await.
struct nap {
  actor_host* host;
  std::chrono::nanoseconds time;
};

} // namespace detail
} // namespace alys
