// SPDX-License-Identifier: Apache-2.0
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/fed_engine.hpp>

#include <string>
#include <utility>

namespace alys::domain {
namespace {

// A block without transactions beside a stored one, which every client of the chain finds valid that has the state of their parent.
[[nodiscard]] execution_payload sibling_of(execution_payload block, const execution_payload& parent) {
  block.fee_recipient = {};
  block.state_root = parent.state_root;
  block.receipts_root = empty_trie_root;
  block.logs_bloom = {};
  block.prev_randao = block.block_hash; // which makes it another one
  block.gas_used = {};
  block.extra_data.clear();
  block.transactions.clear();
  block.withdrawals.clear();
  block.block_hash = hash_of(header_of(block));
  return block;
}

[[nodiscard]] bool unknown(payload_status status) { return status == payload_status::syncing || status == payload_status::accepted; }

// Gives the client what it lacks. All but `in_progress` on the client's thread.
class feeder : public std::enable_shared_from_this<feeder> {
public:
  using done = std::function<void(alys::error)>;

  feeder(payload_lookup stored, std::weak_ptr<execution_engine> client, std::shared_ptr<feed_progress> progress)
      : stored_(std::move(stored)), client_(std::move(client)), progress_(std::move(progress)) {}

  // How far it has come with what it gives; none: it gives nothing. Thread-safe.
  [[nodiscard]] alys::error in_progress() const { return progress_->running ? catching_up() : alys::error{}; }

  // Brings the client to this block; `told` is called once.
  void bring(const hash256& block, done told) {
    if (!begin(told)) return;
    next_ = block;
    reach_back(1);
  }

  // Brings a client to this block that finds it valid and stays where it is: the block is an ancestor of the client's head, or the client has
  // lost its state. So its head goes beside the block first, to another block on the same parent. Where it lacks the state for that, it goes
  // beside the last block for which it has it, and to each one after it in the same way.
  void turn_back(const hash256& block, done told) {
    if (!begin(told)) return;
    find_state(block);
  }

private:
  [[nodiscard]] bool begin(done& told) {
    if (progress_->running.exchange(true)) {
      told(catching_up());
      return false;
    }
    told_ = std::move(told);
    ways_.clear();
    progress_->lacking = progress_->given = 0;
    return true;
  }

  void find_state(const hash256& block) {
    step_beside(block, [this](const hash256& parent) { find_state(parent); });
  }

  // Moves the client's head beside this block, then to it, and so on with those after it; `if_unknown` gets its parent, if the client lacks the
  // state for that.
  template <class Then>
  void step_beside(const hash256& block, Then if_unknown) {
    const auto payload = load(block);
    if (!payload) return end(payload.error());
    if (payload->block_number == block_height{0})
      return end(refuse(engine_error::client_refused, "the execution client does not go back to its first block: begin it anew"));
    const auto parent = load(payload->parent_hash);
    if (!parent) return end(parent.error());
    ways_.push_back(block);
    if (++progress_->lacking > most_fed_at_once) tell(catching_up());
    auto beside = sibling_of(*payload, *parent);
    const hash256 there = beside.block_hash;
    give(std::move(beside), [this, there, parent = parent->block_hash, if_unknown](payload_status status) {
      if (unknown(status)) return if_unknown(parent);
      move(there, [this] { return_to_way(); });
    });
  }

  void return_to_way() {
    give_stored(ways_.back(), [this](payload_status) { move(ways_.back(), [this] { next_block(); }); });
  }

  void next_block() {
    ways_.pop_back();
    count_given();
    if (ways_.empty()) return end({});
    const hash256 next = ways_.back();
    ways_.pop_back();
    --progress_->lacking;
    step_beside(next, [this](const hash256&) { end(does_not_know()); });
  }

  template <class Then>
  void move(const hash256& head, Then then) {
    const auto client = client_.lock();
    if (!client) return end(refuse(errc::stopped, "the engine has ended"));
    client->fork_choice_updated({.head = head}, std::nullopt, [me = shared_from_this(), then](const alys::result<forkchoice_verdict>& v) {
      if (!v) return me->end(v.error());
      if (v->status == payload_status::valid) return then();
      me->end(refuse(engine_error::client_refused,
                     "the execution client does not go where it has executed: " + std::string{to_string(v->status)}));
    });
  }

  // Remembers so many more blocks on the way back, and asks the client about the last of them.
  void reach_back(std::size_t count) {
    for (; count > 0; --count) {
      const auto payload = load(next_);
      if (!payload) return end(payload.error());
      if (payload->block_number == block_height{0}) return ways_.empty() ? end({}) : feed(); // which every client of this chain has
      ways_.push_back(next_);
      ++progress_->lacking;
      next_ = payload->parent_hash;
    }
    give_stored(ways_.back(), [this](payload_status status) {
      if (unknown(status)) return reach_back(ways_.size());
      ways_.pop_back();
      --progress_->lacking;
      feed();
    });
  }

  void feed() {
    if (ways_.empty()) return end({});
    if (progress_->lacking > most_fed_at_once) tell(catching_up());
    give_stored(ways_.back(), [this](payload_status status) {
      if (unknown(status)) return find_lost_state();
      ways_.pop_back();
      count_given();
      feed();
    });
  }

  // It found the block before valid, and cannot execute this one on it: it keeps blocks whose state it has lost.
  void find_lost_state() {
    const hash256 block = ways_.back();
    ways_.pop_back();
    --progress_->lacking;
    find_state(block);
  }

  [[nodiscard]] alys::result<execution_payload> load(const hash256& block) const {
    auto payload = stored_(block);
    if (!payload) return payload.error();
    if (!*payload) return refuse(engine_error::unknown_block, "block " + to_hex(block) + " is not stored");
    return **std::move(payload);
  }

  template <class Then>
  void give_stored(const hash256& block, Then then) {
    auto payload = load(block);
    if (!payload) return end(payload.error());
    give(*std::move(payload), std::move(then));
  }

  template <class Then>
  void give(execution_payload payload, Then then) {
    const auto client = client_.lock();
    if (!client) return end(refuse(errc::stopped, "the engine has ended"));
    const auto number = payload.block_number;
    client->new_payload(std::move(payload), [me = shared_from_this(), number, then](const alys::result<payload_verdict>& verdict) {
      if (!verdict) return me->end(verdict.error());
      if (verdict->status == payload_status::invalid) {
        return me->end(refuse(engine_error::wrong_chain, "the execution client finds block " + std::to_string(number.value()) +
                                                             " of this chain invalid: " + verdict->validation_error));
      }
      then(verdict->status);
    });
  }

  void count_given() {
    ++progress_->given;
    ++progress_->given_ever;
  }

  [[nodiscard]] static alys::error does_not_know() {
    return refuse(engine_error::client_refused, "the execution client does not know what it was given just now");
  }

  [[nodiscard]] alys::error catching_up() const {
    return refuse(engine_error::catching_up, "the execution client is given what it lacks: " + std::to_string(progress_->given) + " of " +
                                                 std::to_string(progress_->lacking) + " blocks");
  }

  void tell(const alys::error& how) {
    if (const auto told = std::exchange(told_, nullptr)) told(how);
  }

  void end(const alys::error& how) {
    progress_->running = false;
    tell(how);
  }

  payload_lookup stored_;
  std::weak_ptr<execution_engine> client_;
  const std::shared_ptr<feed_progress> progress_;
  done told_;
  std::vector<hash256> ways_; // yet to be given, the newest first
  hash256 next_;
};

class fed_engine final : public execution_engine {
public:
  fed_engine(payload_lookup stored, std::shared_ptr<execution_engine> client, std::shared_ptr<feed_progress> progress)
      : client_(std::move(client)), feeder_(std::make_shared<feeder>(std::move(stored), client_, std::move(progress))) {}

  void fork_choice_updated(const forkchoice_state& state, std::optional<payload_attributes> attributes,
                           answer<forkchoice_verdict> done) override {
    if (!up_to_date(done)) return;
    const bool builds = attributes.has_value();
    const auto ask = [client = std::weak_ptr{client_}, state, attributes = std::move(attributes)](answer<forkchoice_verdict> to) {
      if (const auto there = client.lock()) return there->fork_choice_updated(state, attributes, std::move(to));
      to(refuse(errc::stopped, "the engine has ended"));
    };
    ask([feeder = feeder_, head = state.head, builds, ask, done = std::move(done)](alys::result<forkchoice_verdict> verdict) {
      const auto again = [ask, done](const alys::error& trouble) { trouble ? done(trouble) : ask(done); };
      if (verdict && unknown(verdict->status)) return feeder->bring(head, again);
      if (builds && stays(verdict)) {
        return feeder->turn_back(head, [ask, done](const alys::error& trouble) {
          if (trouble) return done(trouble);
          ask([done](alys::result<forkchoice_verdict> now) { stays(now) ? done(does_not_go_back()) : done(std::move(now)); });
        });
      }
      done(std::move(verdict));
    });
  }

  void new_payload(execution_payload payload, answer<payload_verdict> done) override {
    if (!up_to_date(done)) return;
    const auto ask = [client = std::weak_ptr{client_}, payload](answer<payload_verdict> to) {
      if (const auto there = client.lock()) return there->new_payload(payload, std::move(to));
      to(refuse(errc::stopped, "the engine has ended"));
    };
    ask([feeder = feeder_, parent = payload.parent_hash, ask, done = std::move(done)](alys::result<payload_verdict> verdict) {
      if (!verdict || !unknown(verdict->status)) return done(std::move(verdict));
      feeder->bring(parent, [ask, done](const alys::error& trouble) { trouble ? done(trouble) : ask(done); });
    });
  }

  void chain_id(answer<std::uint64_t> done) override { client_->chain_id(std::move(done)); }
  void genesis(answer<genesis_payload> done) override { client_->genesis(std::move(done)); }
  void get_payload(const payload_id& id, answer<execution_payload> done) override { client_->get_payload(id, std::move(done)); }
  void payload_bodies(block_height first, std::size_t most, answer<std::vector<payload_body>> done) override {
    client_->payload_bodies(first, most, std::move(done));
  }
  void state_committed(const hash256& block) override { client_->state_committed(block); }
  void restore_transactions(std::vector<bytes> raw, answer<std::vector<hash256>> done) override {
    client_->restore_transactions(std::move(raw), std::move(done));
  }
  void take_dropped_transactions(answer<std::vector<hash256>> done) override { client_->take_dropped_transactions(std::move(done)); }
  void pending_transaction(const hash256& hash, answer<transaction_ptr> done) override {
    client_->pending_transaction(hash, std::move(done));
  }
  void pool_status(answer<pool_counts> done) override { client_->pool_status(std::move(done)); }

  // What follows is about the state of a head that the client does not have yet.
  void submit_transaction(bytes raw, answer<hash256> done) override {
    if (up_to_date(done)) client_->submit_transaction(std::move(raw), std::move(done));
  }
  void account_at(const address& who, const block_selector& block, answer<account_status> done) override {
    if (up_to_date(done)) client_->account_at(who, block, std::move(done));
  }
  void code_at(const address& who, const block_selector& block, answer<bytes> done) override {
    if (up_to_date(done)) client_->code_at(who, block, std::move(done));
  }
  void storage_at(const address& who, const hash256& key, const block_selector& block, answer<hash256> done) override {
    if (up_to_date(done)) client_->storage_at(who, key, block, std::move(done));
  }
  void call(call_request request, const block_selector& block, answer<bytes> done) override {
    if (up_to_date(done)) client_->call(std::move(request), block, std::move(done));
  }
  void quote_fees(answer<fee_quote> done) override {
    if (up_to_date(done)) client_->quote_fees(std::move(done));
  }
  void estimate_gas(call_request call, answer<gas> done) override {
    if (up_to_date(done)) client_->estimate_gas(std::move(call), std::move(done));
  }

private:
  // What VALID means where a payload was wished for and none is made.
  [[nodiscard]] static bool stays(const alys::result<forkchoice_verdict>& verdict) {
    return verdict && verdict->status == payload_status::valid && !verdict->payload;
  }
  [[nodiscard]] static alys::error does_not_go_back() {
    return refuse(
        engine_error::client_refused,
        "the execution client does not go back to the head, behind what it knows as final: move its folder away, and it begins anew");
  }

  // Else says how far the client is.
  template <class T>
  [[nodiscard]] bool up_to_date(const answer<T>& done) const {
    const auto busy = feeder_->in_progress();
    if (busy) done(busy);
    return !busy;
  }

  std::shared_ptr<execution_engine> client_;
  std::shared_ptr<feeder> feeder_; // does not keep the client, whose answers keep it
};

} // namespace

std::shared_ptr<execution_engine> feed_from(payload_lookup stored, std::shared_ptr<execution_engine> client,
                                            std::shared_ptr<feed_progress> progress) {
  return std::make_shared<fed_engine>(std::move(stored), std::move(client), std::move(progress));
}

} // namespace alys::domain
