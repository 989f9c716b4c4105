// SPDX-License-Identifier: Apache-2.0
//
// A node in virtual time: the same tree on the test's own thread, with a clock on the wall that the test sets.
#pragma once

#include "support/temporary_folder.hpp"
#include "test_node.hpp"
#include "unreliable_engine.hpp"

#include <alys/testkit.hpp>

namespace alys::test {

class virtual_node {
public:
  // Begins at the start of this slot.
  static constexpr dom::slot first_slot{850'000'000};

  // `prepare` has the engine before its node does.
  explicit virtual_node(
      node_setup setup = {.spec = dom::dev_spec(2s)}, std::function<void(unreliable_engine&)> prepare = [](auto&) {})
      : parts_(folder_.path(), in_this_time(std::move(setup), std::move(prepare))) {
    auto tree = alysd::declare_tree(parts_.ports());
    time_ = std::make_unique<testkit::bench>(std::move(tree), testkit::bench_options{.health_period = 1s, .observers = {parts_.heard}});
    time_->start();
    blocks_ = time_->system().find<dom::chain_actor>("/root/chain/chain").value();
  }

  ~virtual_node() {
    time_.reset();
    engine_->owe_nothing();
  }
  virtual_node(const virtual_node&) = delete;
  virtual_node& operator=(const virtual_node&) = delete;

  [[nodiscard]] testkit::bench& time() noexcept { return *time_; }
  [[nodiscard]] unreliable_engine& engine() noexcept { return *engine_; }
  [[nodiscard]] const dom::chain_store& store() const noexcept { return *parts_.store; }
  [[nodiscard]] news& heard() noexcept { return *parts_.heard; }
  [[nodiscard]] const ref<dom::chain_actor>& chain() const noexcept { return blocks_; }

  [[nodiscard]] dom::unix_milliseconds wall_clock() const {
    const auto passed = time_ ? time_->now() : 0ns;
    const auto shown = first_ + std::chrono::duration_cast<std::chrono::milliseconds>(passed) + set_by_;
    return dom::unix_milliseconds{static_cast<std::uint64_t>(shown.count())};
  }
  // Sets the clock on the wall; a negative time sets it back.
  void set_clock(std::chrono::milliseconds by) noexcept { set_by_ += by; }

  void pass(std::chrono::milliseconds time) { time_->advance(time); }
  // The slots of the chain of the head, counted from the first one; without genesis.
  [[nodiscard]] std::vector<std::uint64_t> slots() const {
    std::vector<std::uint64_t> all;
    for (dom::block_height at{1};; ++at) {
      const auto found = store().block_by_height(at).value();
      if (!found) return all;
      all.push_back(found->block.header.slot - first_slot);
    }
  }
  [[nodiscard]] health_report health(const std::string& path) { return alys::find(time_->tree(), path)->health; }
  [[nodiscard]] result<dom::hash256> submit(const dom::transaction_ptr& tx) {
    return time_->ask(blocks_, dom::submit_raw_transaction{tx->raw});
  }

private:
  [[nodiscard]] node_setup in_this_time(node_setup setup, std::function<void(unreliable_engine&)> prepare) {
    first_ = std::chrono::milliseconds{static_cast<std::int64_t>(dom::clock_of(setup.spec).start_of(first_slot).value())};
    setup.wall_clock = [this] { return wall_clock(); };
    setup.around_engine = [this, prepare = std::move(prepare)](auto inner) {
      engine_ = std::make_shared<unreliable_engine>(std::move(inner));
      prepare(*engine_);
      return engine_;
    };
    return setup;
  }

  temporary_folder folder_;
  std::chrono::milliseconds first_{};
  std::chrono::milliseconds set_by_{};
  std::shared_ptr<unreliable_engine> engine_;
  node_parts parts_;
  std::unique_ptr<testkit::bench> time_;
  ref<dom::chain_actor> blocks_;
};

} // namespace alys::test
