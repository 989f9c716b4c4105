// SPDX-License-Identifier: Apache-2.0
#include "engine_under_test.hpp"

#include <alys/domain/engine/execution_header.hpp>
#include <alys/domain/engine/http_engine.hpp>

#include <signal.h>
#include <unistd.h> // getpid

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

namespace alys::test {

using namespace std::chrono_literals;

namespace {

constexpr engine_habits of_ledger{.takes_equal_times = true,
                                  .puts_off = dom::payload_status::syncing,
                                  .remembers_invalid = true,
                                  .fills_at_once = true,
                                  .goes_back = true,
                                  .reads_abandoned = true,
                                  .estimates_unpayable = false,
                                  .keeps_blocks = false,
                                  .has_prague = false};
constexpr engine_habits of_ethereumjs{.takes_equal_times = false,
                                      .puts_off = dom::payload_status::accepted,
                                      .remembers_invalid = false,
                                      .fills_at_once = true,
                                      .goes_back = true,
                                      .reads_abandoned = false,
                                      .estimates_unpayable = true,
                                      .keeps_blocks = true,
                                      .has_prague = true};
constexpr engine_habits of_geth{.takes_equal_times = false,
                                .puts_off = dom::payload_status::syncing,
                                .remembers_invalid = true,
                                .fills_at_once = false,
                                .goes_back = false,
                                .reads_abandoned = false,
                                .estimates_unpayable = false,
                                .keeps_blocks = true,
                                .has_prague = true};

// Empty: not set.
[[nodiscard]] std::string environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody changes it
  return value == nullptr ? "" : value;
}

[[nodiscard]] dom::ledger_options chain_with(const dom::execution_forks& forks) {
  dom::ledger_options options{.chain_id = dom::test::test_chain_id};
  options.genesis.gas_limit = dom::gas{25'000'000}; // which no client has by itself
  options.genesis.base_fee = dom::wei_per_gwei;
  options.genesis.timestamp = engine_under_test::genesis_time;
  options.genesis.forks = forks;
  options.genesis.accounts[dom::test::wallet{1}.who()] = {.balance = dom::wei{1'000'000} * 1'000'000'000 * 1'000'000'000};
  return options;
}

} // namespace

engine_habits engine_under_test::chosen_habits() {
  const std::string name = environment("ALYS_ENGINE");
  if (name.empty()) return of_ledger;
  if (name == "ethereumjs") return of_ethereumjs;
  if (name == "geth") return of_geth;
  throw std::runtime_error("ALYS_ENGINE is " + name + ": ethereumjs or geth, or not set for the embedded ledger");
}

// A process of its own, in a folder of its own.
class engine_under_test::client {
public:
  explicit client(const dom::ledger_options& chain)
      : forks_(chain.genesis.forks),
        first_block_(dom::first_block_hash(chain.genesis).value()),
        process_(dom::execution_client(options_, {chain.chain_id, chain.genesis})) {
    start();
  }
  ~client() { stop(); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void start() {
    ended_ = {};
    process_.watch([this](const alys::error&) { ended_.set_value(); }); // by itself, that is
    if (auto started = process_.start(); !started) throw std::runtime_error(started.error().message());
    runs_ = true;
  }
  void stop() {
    if (!std::exchange(runs_, false)) return;
    if (auto stopped = process_.stop(); !stopped) throw std::runtime_error(stopped.error().message());
  }

  void kill() {
    auto over = ended_.get_future();
    ::kill(only_child(), SIGKILL);
    if (over.wait_for(20s) != std::future_status::ready) throw std::runtime_error("nobody was told that the client was killed");
    stop(); // as a supervisor does after a failure
  }

  [[nodiscard]] dom::client_endpoints ends() const { return dom::endpoints_of(options_); }
  [[nodiscard]] std::shared_ptr<dom::execution_engine> connect() const {
    return dom::connect_engine({.port = options_.engine_port,
                                .rpc_port = options_.rpc_port,
                                .chain_id = dom::test::test_chain_id,
                                .first_block = first_block_,
                                .forks = forks_},
                               dom::engine_secret::load(ends().secret_file).value());
  }

private:
  [[nodiscard]] static pid_t only_child() {
    std::vector<pid_t> children;
    for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
      std::ifstream list(thread.path() / "children");
      for (pid_t child = 0; list >> child;) children.push_back(child);
    }
    if (children.size() != 1)
      throw std::runtime_error("the test has " + std::to_string(children.size()) + " children, not its client alone");
    return children[0];
  }

  // Two programs at once have different ones, below those that the system gives to whoever asks for any.
  [[nodiscard]] static std::uint16_t port(int which) { return static_cast<std::uint16_t>(16'384 + ::getpid() % 8'000 * 2 + which); }

  const dom::execution_forks forks_;
  const dom::hash256 first_block_; // as the node computes it
  temporary_folder folder_;
  dom::client_options options_{.kind = environment("ALYS_ENGINE") == "geth" ? dom::client_kind::geth : dom::client_kind::ethereumjs,
                               .program = environment("ALYS_ENGINE_PROGRAM"),
                               .folder = folder_.path(),
                               .rpc_port = port(0),
                               .engine_port = port(1)};
  alys::component process_;
  std::promise<void> ended_;
  bool runs_ = false;
};

engine_under_test::engine_under_test(const dom::execution_forks& forks) : habits_(chosen_habits()), chain_(chain_with(forks)) {
  if (!environment("ALYS_ENGINE").empty()) client_ = std::make_unique<client>(chain_);
  connect();
  auto block = genesis().value();
  states_.add(block.state_changes);
  first_ = std::move(block.payload);
  if (move({.head = first_.block_hash}).value().status != dom::payload_status::valid)
    throw std::runtime_error("the engine does not take its own first block");
}

engine_under_test::~engine_under_test() = default;

void engine_under_test::connect() {
  if (client_) engine_ = client_->connect();
  else engine_ = std::make_shared<dom::embedded_ledger>(chain_, states_);
}

void engine_under_test::restart() {
  if (!client_) return connect();
  client_->stop();
  client_->start();
  wait_for_answers();
}

void engine_under_test::kill() {
  if (!client_) return connect();
  client_->kill();
  if (!dom::client_is_away(fees().error())) throw std::logic_error("a client that was killed answers");
  client_->start();
  wait_for_answers();
}

// Troubles have opened the breaker, which lets nobody through for a moment.
void engine_under_test::wait_for_answers() {
  for (const auto until = std::chrono::steady_clock::now() + 30s; dom::client_is_away(fees().error());) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the client does not answer: " + fees().error().message());
    std::this_thread::sleep_for(1ms);
  }
}

result<dom::genesis_payload> engine_under_test::genesis() {
  return answer_of<dom::genesis_payload>([&](auto done) { engine_->genesis(std::move(done)); });
}

result<dom::forkchoice_verdict> engine_under_test::move(const dom::forkchoice_state& to, std::optional<dom::payload_attributes> with) {
  return answer_of<dom::forkchoice_verdict>([&](auto done) { engine_->fork_choice_updated(to, std::move(with), std::move(done)); });
}

result<dom::execution_payload> engine_under_test::fetch(const dom::payload_id& id) {
  return answer_of<dom::execution_payload>([&](auto done) { engine_->get_payload(id, std::move(done)); });
}

result<std::vector<dom::payload_body>> engine_under_test::bodies(dom::block_height first, std::size_t most) {
  return answer_of<std::vector<dom::payload_body>>([&](auto done) { engine_->payload_bodies(first, most, std::move(done)); });
}

result<dom::payload_verdict> engine_under_test::check(const dom::execution_payload& p) {
  auto verdict = answer_of<dom::payload_verdict>([&](auto done) { engine_->new_payload(p, std::move(done)); });
  if (verdict) states_.add(verdict->state_changes);
  return verdict;
}

result<dom::hash256> engine_under_test::submit(const dom::transaction_ptr& tx) {
  return answer_of<dom::hash256>([&](auto done) { engine_->submit_transaction(tx->raw, std::move(done)); });
}

result<dom::transaction_ptr> engine_under_test::waiting(const dom::hash256& hash) {
  return answer_of<dom::transaction_ptr>([&](auto done) { engine_->pending_transaction(hash, std::move(done)); });
}

result<std::vector<dom::hash256>> engine_under_test::restore(std::vector<dom::bytes> raw) {
  return answer_of<std::vector<dom::hash256>>([&](auto done) { engine_->restore_transactions(std::move(raw), std::move(done)); });
}

result<std::vector<dom::hash256>> engine_under_test::take_dropped() {
  return answer_of<std::vector<dom::hash256>>([&](auto done) { engine_->take_dropped_transactions(std::move(done)); });
}

result<dom::pool_counts> engine_under_test::pool() {
  return answer_of<dom::pool_counts>([&](auto done) { engine_->pool_status(std::move(done)); });
}

result<dom::account_status> engine_under_test::account(const dom::address& who, const dom::block_selector& at) {
  return answer_of<dom::account_status>([&](auto done) { engine_->account_at(who, at, std::move(done)); });
}

result<dom::bytes> engine_under_test::code(const dom::address& who, const dom::block_selector& at) {
  return answer_of<dom::bytes>([&](auto done) { engine_->code_at(who, at, std::move(done)); });
}

result<dom::fee_quote> engine_under_test::fees() {
  return answer_of<dom::fee_quote>([&](auto done) { engine_->quote_fees(std::move(done)); });
}

result<dom::gas> engine_under_test::gas_for(const dom::call_request& what) {
  return answer_of<dom::gas>([&](auto done) { engine_->estimate_gas(what, std::move(done)); });
}

dom::client_endpoints engine_under_test::ends() const {
  if (!client_) throw std::logic_error("the embedded ledger is in this process");
  return client_->ends();
}

dom::payload_attributes engine_under_test::after(const dom::execution_payload& parent, std::uint64_t seconds) {
  return {.timestamp = parent.timestamp + seconds, .prev_randao = {}, .fee_recipient = dom::test::somebody, .withdrawals = {}};
}

dom::execution_payload engine_under_test::made_elsewhere(std::size_t transactions) const {
  dom::test::memory_source states;
  dom::embedded_ledger other{chain_, states};
  const auto genesis = answer_of<dom::genesis_payload>([&](auto done) { other.genesis(std::move(done)); }).value();
  states.add(genesis.state_changes);
  const auto move = [&](std::optional<dom::payload_attributes> with) {
    return answer_of<dom::forkchoice_verdict>(
               [&](auto done) { other.fork_choice_updated({.head = genesis.payload.block_hash}, std::move(with), std::move(done)); })
        .value();
  };
  (void)move({});
  for (std::uint64_t nonce = 0; nonce < transactions; ++nonce)
    (void)answer_of<dom::hash256>([&](auto done) {
      other.submit_transaction(dom::test::wallet{1}.send(nonce)->raw, std::move(done));
    }).value();
  const auto id = move(after(genesis.payload)).payload.value();
  return answer_of<dom::execution_payload>([&](auto done) { other.get_payload(id, std::move(done)); }).value();
}

dom::execution_payload engine_under_test::build(const dom::execution_payload& parent, const dom::payload_attributes& with) {
  return fetch(move({.head = parent.block_hash}, with).value().payload.value()).value();
}

dom::execution_payload engine_under_test::build_with(std::size_t transactions, const dom::execution_payload& parent) {
  auto with = after(parent);
  for (const auto until = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < until;) {
    auto made = build(parent, with);
    if (made.transactions.size() == transactions) return made;
    ++with.prev_randao.data()[with.prev_randao.data()[0] == 0xff ? 1 : 0]; // another payload
  }
  throw std::runtime_error("the engine builds no payload of " + std::to_string(transactions) + " transactions");
}

void engine_under_test::adopt(const dom::execution_payload& p) {
  const auto verdict = check(p).value();
  if (verdict.status != dom::payload_status::valid)
    throw std::runtime_error("the engine refuses a good payload: " + std::string{to_string(verdict.status)} + ' ' +
                             verdict.validation_error);
  if (move({.head = p.block_hash}).value().status != dom::payload_status::valid)
    throw std::runtime_error("the engine does not take a payload that it called valid");
}

dom::execution_payload engine_under_test::extend(const dom::execution_payload& parent, std::uint64_t seconds) {
  auto made = build(parent, after(parent, seconds));
  adopt(made);
  return made;
}

dom::execution_payload rehashed(dom::execution_payload p) {
  p.block_hash = hash_of(header_of(p));
  return p;
}

} // namespace alys::test
