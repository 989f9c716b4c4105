// SPDX-License-Identifier: Apache-2.0
//
// An execution engine that answers as a test wants: well, not at all, later, or with trouble.
#pragma once

#include <alys/actors/fault.hpp>
#include <alys/domain/engine/execution_engine.hpp>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace alys::test {

namespace dom = alys::domain;

enum class mood {
  well,
  silent,  // never answers
  late,    // answers when the test lets it
  refuses, // with engine_error::unknown_payload
  fails,   // with a failure
  away,    // refuses with fault::connection_refused
  syncing,
};

// The mood is set per call. For tests on one thread.
class unreliable_engine final : public dom::execution_engine {
public:
  explicit unreliable_engine(std::shared_ptr<dom::execution_engine> inner) : inner_(std::move(inner)) {}

  mood building = mood::well;    // fork_choice_updated with attributes
  mood finishing = mood::well;   // get_payload
  mood moving = mood::well;      // the same without
  mood checking = mood::well;    // new_payload
  mood pooling = mood::well;     // submit_transaction
  mood looking = mood::well;     // genesis
  mood remembering = mood::well; // payload_bodies
  mood reading = mood::well;     // account_at; stays as it is when all others are set

  void be(mood now) { building = finishing = moving = checking = pooling = looking = remembering = now; }

  // The blocks that it tells of in payload_bodies; none: what the inner one tells.
  std::map<dom::block_height, dom::payload_body> has;
  std::size_t told = 0; // answers to that

  // Told of every fork_choice_updated with attributes, with its head, and of every get_payload, without one.
  std::function<void(std::optional<dom::hash256>)> builds = [](auto) {};

  // Lets all late answers go.
  void answer_now() {
    for (const auto& each : std::exchange(late_, {})) each();
  }
  [[nodiscard]] std::size_t held() const noexcept { return late_.size(); }
  // Once its node has ended: the answers that it owes lead back to itself.
  void owe_nothing() noexcept {
    late_.clear();
    forgotten_.clear();
  }

  void chain_id(dom::answer<std::uint64_t> done) override { inner_->chain_id(std::move(done)); }
  void genesis(dom::answer<dom::genesis_payload> done) override {
    bend(looking, std::move(done), [&](auto to) { inner_->genesis(std::move(to)); });
  }
  void fork_choice_updated(const dom::forkchoice_state& state, std::optional<dom::payload_attributes> attributes,
                           dom::answer<dom::forkchoice_verdict> done) override {
    if (attributes) builds(state.head);
    const mood now = attributes ? building : moving;
    if (now == mood::syncing) return done(dom::forkchoice_verdict{});
    bend(now, std::move(done), [&](auto to) { inner_->fork_choice_updated(state, std::move(attributes), std::move(to)); });
  }
  void get_payload(const dom::payload_id& id, dom::answer<dom::execution_payload> done) override {
    const mood now = finishing;
    builds(std::nullopt);
    bend(now, std::move(done), [&](auto to) { inner_->get_payload(id, std::move(to)); });
  }
  void payload_bodies(dom::block_height first, std::size_t most, dom::answer<std::vector<dom::payload_body>> done) override {
    ++told;
    if (has.empty() && remembering == mood::well) return inner_->payload_bodies(first, most, std::move(done));
    bend(remembering, std::move(done), [&](auto to) {
      std::vector<dom::payload_body> some;
      for (auto at = first; some.size() < most && has.contains(at); at = at + 1) some.push_back(has.at(at));
      to(std::move(some));
    });
  }
  void new_payload(dom::execution_payload payload, dom::answer<dom::payload_verdict> done) override {
    if (checking == mood::syncing) return done(dom::payload_verdict{});
    bend(checking, std::move(done), [&](auto to) { inner_->new_payload(std::move(payload), std::move(to)); });
  }
  void state_committed(const dom::hash256& block) override { inner_->state_committed(block); }
  void submit_transaction(dom::bytes raw, dom::answer<dom::hash256> done) override {
    bend(pooling, std::move(done), [&](auto to) { inner_->submit_transaction(std::move(raw), std::move(to)); });
  }
  void restore_transactions(std::vector<dom::bytes> raw, dom::answer<std::vector<dom::hash256>> done) override {
    inner_->restore_transactions(std::move(raw), std::move(done));
  }
  void take_dropped_transactions(dom::answer<std::vector<dom::hash256>> done) override {
    inner_->take_dropped_transactions(std::move(done));
  }
  void pending_transaction(const dom::hash256& hash, dom::answer<dom::transaction_ptr> done) override {
    inner_->pending_transaction(hash, std::move(done));
  }
  void pool_status(dom::answer<dom::pool_counts> done) override { inner_->pool_status(std::move(done)); }
  void code_at(const dom::address& who, const dom::block_selector& block, dom::answer<dom::bytes> done) override {
    inner_->code_at(who, block, std::move(done));
  }
  void storage_at(const dom::address& who, const dom::hash256& key, const dom::block_selector& block,
                  dom::answer<dom::hash256> done) override {
    inner_->storage_at(who, key, block, std::move(done));
  }
  void call(dom::call_request request, const dom::block_selector& block, dom::answer<dom::bytes> done) override {
    inner_->call(std::move(request), block, std::move(done));
  }
  void account_at(const dom::address& who, const dom::block_selector& block, dom::answer<dom::account_status> done) override {
    bend(reading, std::move(done), [&](auto to) { inner_->account_at(who, block, std::move(to)); });
  }
  void quote_fees(dom::answer<dom::fee_quote> done) override { inner_->quote_fees(std::move(done)); }
  void estimate_gas(dom::call_request call, dom::answer<dom::gas> done) override { inner_->estimate_gas(std::move(call), std::move(done)); }

private:
  template <class T, class Call>
  void bend(mood now, dom::answer<T> done, Call&& make) {
    switch (now) {
      case mood::silent: forgotten_.push_back([done] {}); return; // kept, so that no promise breaks
      case mood::late: make(dom::answer<T>{[this, done](result<T> r) { late_.push_back([done, r] { done(r); }); }}); return;
      case mood::refuses: return done(refuse(dom::engine_error::unknown_payload, "as the test wants it"));
      case mood::away: return done(refuse(fault::connection_refused, "nobody listens there"));
      case mood::fails: return done(fail(category::external, "as the test wants it"));
      case mood::well:
      case mood::syncing: make(std::move(done)); return;
    }
  }

  std::shared_ptr<dom::execution_engine> inner_;
  std::vector<std::function<void()>> late_;
  std::vector<std::function<void()>> forgotten_;
};

} // namespace alys::test
