// SPDX-License-Identifier: Apache-2.0
//
// A whole node without its terminal and its network: alysd's tree of actors over a real ledger and a real LevelDB, with a hand on what is
// outside of it.
#pragma once

#include "support/domain/wallet.hpp"

#include <alys/domain/chain/dev_spec.hpp>
#include <alysd/tree.hpp>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;
using namespace std::chrono_literals;

// What a test can have otherwise.
struct node_setup {
  dom::chain_spec spec = dom::dev_spec(100ms);
  bool author = true;              // holds the key of authority 0; else it only follows the chain
  std::uint64_t open_commits = 16; // executed blocks that may wait for the store
  std::chrono::milliseconds build_time{0};
  std::chrono::milliseconds check_period{0}; // 0: the state is not looked at
  dom::state_check_listener checked{};
  std::uint64_t keep_states = 0; // 0: all
  std::function<dom::unix_milliseconds()> wall_clock = [] { return dom::to_unix(std::chrono::system_clock::now()); };
  std::function<std::shared_ptr<dom::chain_store>(std::shared_ptr<dom::chain_store>)> around_store = [](auto store) { return store; };
  std::function<std::shared_ptr<dom::execution_engine>(std::shared_ptr<dom::execution_engine>)> around_engine = [](auto engine) {
    return engine;
  };
  dom::call_observer calls{};                // nobody listens unless a test does
  std::shared_ptr<dom::http_service> http{}; // null: nobody calls over the network
};

// Wakes a waiting test whenever something happened in a node.
class news final : public dom::chain_listener, public alys::observer {
public:
  void imported(const dom::imported_block& block) noexcept override;
  void state_changed(dom::chain_state state) noexcept override;
  void lifecycle_changed(std::string_view path, const lifecycle_event& step) override;
  void failure_decided(const failure& what, action then) override;

  // Looks again after every piece of news, and now and then without. False if it did not come to it.
  [[nodiscard]] bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds within);
  [[nodiscard]] std::vector<dom::imported_block> blocks() const;
  [[nodiscard]] std::vector<dom::chain_state> states() const;
  // "/root/chain/engine: restart"
  [[nodiscard]] std::vector<std::string> decisions() const;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<dom::imported_block> blocks_;
  std::vector<dom::chain_state> states_;
  std::vector<std::string> decisions_;
};

// What a tree needs, over the chain in a folder. Failures to open are the test's: they throw bad_result.
struct node_parts {
  node_parts(const std::filesystem::path& folder, const node_setup& setup);
  [[nodiscard]] alysd::node_ports ports() const { return ports_; }

  std::shared_ptr<const dom::chain_spec> spec;
  std::shared_ptr<dom::chain_store> store;
  std::shared_ptr<dom::execution_engine> engine;
  std::shared_ptr<news> heard = std::make_shared<news>();

private:
  alysd::node_ports ports_;
};

// A running node on real threads. Ends with its test, in order.
class live_node {
public:
  explicit live_node(const std::filesystem::path& folder, const node_setup& setup = {}) : parts_(folder, setup), system_(start()) {}

  [[nodiscard]] alys::system& system() noexcept { return system_; }
  [[nodiscard]] const dom::chain_store& store() const noexcept { return *parts_.store; }
  [[nodiscard]] news& heard() noexcept { return *parts_.heard; }

  template <class A, class M>
  [[nodiscard]] auto ask(const std::string& path, M message) {
    return system_.ask(system_.find<A>(path).value(), std::move(message), 20s);
  }

  [[nodiscard]] result<dom::block_ref> import(dom::block one) {
    return ask<dom::chain_actor>("/root/chain/chain", dom::import_block{std::move(one)});
  }
  [[nodiscard]] result<dom::chain_head> find_head() { return ask<dom::chain_actor>("/root/chain/chain", dom::find_head{}); }
  [[nodiscard]] dom::chain_head head() { return find_head().value(); }
  [[nodiscard]] result<dom::hash256> submit(const dom::transaction_ptr& tx) {
    return ask<dom::chain_actor>("/root/chain/chain", dom::submit_raw_transaction{tx->raw});
  }
  [[nodiscard]] dom::account_status account(const dom::address& who) {
    return ask<dom::chain_actor>("/root/chain/chain", dom::find_account{who, dom::block_tag::latest}).value();
  }
  [[nodiscard]] bool waits_in_pool(const dom::hash256& transaction) {
    return ask<dom::chain_actor>("/root/chain/chain", dom::find_pending_transaction{transaction}).value() != nullptr;
  }
  [[nodiscard]] alys::tree_node at(const std::string& path) const { return *alys::find(system_.tree(), path); }

  [[nodiscard]] bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds within = 30s) {
    return parts_.heard->wait_until(condition, within);
  }
  [[nodiscard]] bool reaches(dom::block_height height) {
    return wait_until([&] { return stored_height() >= height.value(); });
  }
  // Of the head on disk; 0 before the first block.
  [[nodiscard]] std::uint64_t stored_height() const;

private:
  [[nodiscard]] alys::system start();

  node_parts parts_;
  alys::system system_;
};

// A signed transfer of the development chain's funded account.
[[nodiscard]] dom::transaction_ptr dev_transfer(std::uint64_t nonce, const dom::test::transfer& t = {});

// How often each of these transactions is in a block of the chain of the head.
[[nodiscard]] std::vector<std::size_t> times_included(const dom::chain_store& store, const std::vector<dom::transaction_ptr>& transactions);

} // namespace alys::test
