// SPDX-License-Identifier: Apache-2.0
//
// What a foreign slot hosts: something that is no actor of ours, lives on threads that are not ours, and says in its own time what came of
// what it was told.
#pragma once

#include <alys/actors/decision.hpp>
#include <alys/actors/detail/envelope.hpp>
#include <alys/actors/health.hpp>
#include <alys/actors/tree.hpp>

#include <typeindex>

namespace alys::detail {

class runtime;
class scheduled;

enum class news_kind : std::uint8_t {
  started,      // it runs
  start_failed, // it does not, and nothing of it is left
  failed,       // it runs, and is in trouble
  ended,        // nothing of it runs any more: by itself, or as it was told
  health,       // how it is
};

struct foreign_news final : envelope {
  foreign_news(news_kind k, std::uint32_t of_life) noexcept : envelope(envelope_kind::event), what(k), life(of_life) {}
  news_kind what;
  std::uint32_t life;
  error cause; // why; with `ended` none for an end in order
  failure_source source = failure_source::hook;
  health_report report;
};

// The way from one life of a hosted thing to its slot. Copies are the same way. Any thread.
class news_line {
public:
  news_line() = default;
  news_line(std::weak_ptr<scheduled> slot, std::uint32_t life) noexcept : slot_(std::move(slot)), life_(life) {}
  void started() const noexcept { tell(news_kind::started, {}, failure_source::hook, {}); }
  void start_failed(error why) const noexcept { tell(news_kind::start_failed, std::move(why), failure_source::hook, {}); }
  void failed(error why, failure_source source) const noexcept { tell(news_kind::failed, std::move(why), source, {}); }
  void ended(error why) const noexcept { tell(news_kind::ended, std::move(why), failure_source::exit, {}); }
  void health(health_report found) const noexcept { tell(news_kind::health, {}, failure_source::health, std::move(found)); }

private:
  void tell(news_kind what, error why, failure_source source, health_report report) const noexcept;
  std::weak_ptr<scheduled> slot_;
  std::uint32_t life_ = 0;
};

// What a declaration says of it, and what a reload compares. What a function has captured cannot be compared: hence the version.
struct hosted_plan {
  virtual ~hosted_plan() = default;
  std::type_index handle = typeid(void);       // how others reach it: another one is another kind of child
  std::vector<std::type_index> functions = {}; // by their types
  std::string version = {};
};

// One for all lives of a slot, which come one after another. All but describe() in the slot's turn.
class guest {
public:
  virtual ~guest() = default;
  [[nodiscard]] virtual std::shared_ptr<const hosted_plan> plan() const noexcept = 0;
  // Between two lives: the next ones go by this. It is of the same kind.
  virtual void take(std::shared_ptr<const hosted_plan> next) noexcept = 0;
  // For the tree view: "caf actor".
  [[nodiscard]] virtual std::string type() const = 0;
  // Begins a life: `started` or `start_failed` follows. What it throws is a failed start.
  virtual void start(runtime& world, const news_line& slot) = 0;
  // Asks what has started to end: `ended` follows.
  virtual void stop() noexcept = 0;
  // Its start took too long: makes it come back, where that can be.
  virtual void give_up_start() noexcept {}
  // Its end took too long: ends it with force, where that can be.
  virtual void kill() noexcept = 0;
  // Asks what runs how it is: `health`, or `failed`, may follow.
  virtual void check() noexcept {}
  // What only it knows; any thread.
  virtual void describe(tree_node& into) const = 0;
  // What it is at while it starts and while it ends, in words.
  [[nodiscard]] virtual std::string_view starting() const noexcept = 0;
  [[nodiscard]] virtual std::string_view ending() const noexcept = 0;
};

} // namespace alys::detail
