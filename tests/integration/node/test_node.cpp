// SPDX-License-Identifier: Apache-2.0
#include "test_node.hpp"

#include <alys/domain/chain/genesis.hpp>
#include <alys/domain/engine/embedded_ledger.hpp>
#include <alys/domain/storage/leveldb_store.hpp>

#include <algorithm>

namespace alys::test {

namespace {

class no_http final : public dom::http_service {
public:
  [[nodiscard]] result<void> start(dom::http_handler) override { return {}; }
  void stop(std::chrono::milliseconds) noexcept override {}
};

class no_control final : public dom::node_control {
public:
  [[nodiscard]] bool alive() const override { return true; }
  [[nodiscard]] dom::node_readiness readiness() const override { return {true, {}}; }
  [[nodiscard]] std::string tree() const override { return "null"; }
  [[nodiscard]] std::string metrics() const override { return {}; }
  [[nodiscard]] result<void> reload_config() override { return refuse(errc::not_running); }
  [[nodiscard]] std::string ask_edges() const override { return "[]"; }
  [[nodiscard]] std::string reloads() const override { return "null"; }
  [[nodiscard]] result<void> inject_fault(const std::string&, dom::injected_failure) override { return refuse(errc::not_running); }
  [[nodiscard]] result<void> inject_chaos(std::uint64_t, const std::optional<std::vector<dom::json_value>>&) override {
    return refuse(errc::not_running);
  }
  void stop_chaos() override {}
  [[nodiscard]] std::string chaos() const override { return "null"; }
};

} // namespace

void news::imported(const dom::imported_block& block) noexcept {
  {
    const std::lock_guard guard(mutex_);
    blocks_.push_back(block);
  }
  changed_.notify_all();
}

void news::state_changed(dom::chain_state state) noexcept {
  const std::lock_guard guard(mutex_);
  states_.push_back(state);
}

std::vector<dom::chain_state> news::states() const {
  const std::lock_guard guard(mutex_);
  return states_;
}

void news::lifecycle_changed(std::string_view, const lifecycle_event&) { changed_.notify_all(); }

void news::failure_decided(const failure& what, action then) {
  {
    const std::lock_guard guard(mutex_);
    decisions_.push_back(what.path + ": " + std::string{to_string(then)});
  }
  changed_.notify_all();
}

bool news::wait_until(const std::function<bool()>& condition, std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10ms); // what a condition looks at may change without news
  }
  return true;
}

std::vector<dom::imported_block> news::blocks() const {
  const std::lock_guard guard(mutex_);
  return blocks_;
}

std::vector<std::string> news::decisions() const {
  const std::lock_guard guard(mutex_);
  return decisions_;
}

node_parts::node_parts(const std::filesystem::path& folder, const node_setup& setup)
    : spec(std::make_shared<const dom::chain_spec>(setup.spec)),
      store(setup.around_store(dom::leveldb_store::open(folder, {.keep_states = setup.keep_states}).value())),
      engine(setup.around_engine(std::make_shared<dom::embedded_ledger>(
          dom::ledger_options{.chain_id = spec->chain_id, .genesis = dom::execution_genesis_of(*spec)}, *store))) {
  const dom::authority_index me{0};
  ports_.calls = setup.calls;
  ports_.store = store;
  ports_.engine = engine;
  ports_.states = {{.check_period = setup.check_period}, setup.checked};
  ports_.aura_settings = {
      .slot_duration = spec->slot_duration, .max_drift = spec->max_drift, .authorities = spec->authorities.size(), .index = me.value};
  ports_.aura.key = setup.author ? std::make_shared<const dom::secret_key>(dom::dev_authority_key(me)) : nullptr;
  ports_.aura.wall_clock = setup.wall_clock;
  ports_.aura.stored_vote = [from = store]() -> result<std::optional<dom::vote_lock>> {
    const auto progress = from->progress();
    if (!progress) return progress.error();
    return *progress ? (*progress)->vote : std::nullopt;
  };
  ports_.chain = {spec, store, heard, setup.wall_clock, me};
  ports_.chain_settings = {.build_time = setup.build_time, .most_open_commits = setup.open_commits, .fee_recipient = dom::dev_account};
  ports_.api = {setup.http ? setup.http : std::make_shared<no_http>(), std::make_shared<no_control>(), {}};
}

alys::system live_node::start() {
  return alys::system::start(alysd::declare_tree(parts_.ports()),
                             {.health_period = 100ms, .log = log_to_nowhere(), .observers = {parts_.heard}});
}

std::uint64_t live_node::stored_height() const {
  const auto progress = parts_.store->progress();
  return progress && *progress ? (*progress)->head.height.value() : 0;
}

dom::transaction_ptr dev_transfer(std::uint64_t nonce, const dom::test::transfer& t) {
  dom::transaction tx = dom::test::wallet::unsigned_transfer(nonce, t);
  tx.chain_id = dom::dev_chain_id;
  return dom::sign_transaction(std::move(tx), dom::dev_account_key).value();
}

std::vector<std::size_t> times_included(const dom::chain_store& store, const std::vector<dom::transaction_ptr>& transactions) {
  std::vector<std::size_t> times(transactions.size());
  for (dom::block_height at{0};; ++at) {
    const auto found = store.block_by_height(at).value();
    if (!found) return times;
    for (const dom::bytes& raw : found->block.payload.transactions) {
      const auto which = std::ranges::find_if(transactions, [&](const auto& tx) { return tx->raw == raw; });
      if (which != transactions.end()) ++times[static_cast<std::size_t>(which - transactions.begin())];
    }
  }
}

} // namespace alys::test
